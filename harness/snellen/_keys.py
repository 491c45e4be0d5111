"""Sets and maps of 64-bit keys in some twenty bytes an entry, for what grows with every case of a run."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator

__all__ = ["FingerprintSet", "KeyMap", "KeySet", "key_of", "key_of_fingerprint"]

# Where a table is fuller than two thirds, looking for what is not there takes more than four steps on average.
_FULL_NUMERATOR, _FULL_DENOMINATOR = 2, 3
_FIRST_SIZE = 16
_HEX_DIGITS = 16

# Slots of a map's table hold the number of an entry plus one in four bytes: there are no more entries than that.
_SLOT = "I"


def key_of(text: str | bytes) -> int:
    """The 64-bit key of any text: of a million different texts two share a key once in 37 million times.

    Whoever uses keys decides what two texts with one key come to; it must never be a wrong answer.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def key_of_fingerprint(fingerprint: str) -> int:
    """The key of a hex SHA-256: its first 16 digits, which are as random as any digest of them."""
    return int(fingerprint[:_HEX_DIGITS], 16)


class KeySet:
    """A set of keys, 12 to 18 bytes each. Threads that share one bring their own lock."""

    __slots__ = ("_count", "_has_zero", "_table")

    def __init__(self) -> None:
        """Begins empty."""
        self._table = _zeros("Q", _FIRST_SIZE)
        self._count = 0
        self._has_zero = False  # a zero in the table is a free slot

    def __len__(self) -> int:
        return self._count + self._has_zero

    def __contains__(self, key: int) -> bool:
        """Whether the key was added."""
        table = self._table
        size = len(table)
        slot = key % size
        while found := table[slot]:
            if found == key:
                return True
            slot += 1
            if slot == size:
                slot = 0
        return key == 0 and self._has_zero

    def __iter__(self) -> Iterator[int]:
        """The keys, in no order."""
        if self._has_zero:
            yield 0
        yield from filter(None, self._table)

    def add(self, key: int) -> bool:
        """Takes the key in; true when it is new.

        Args:
            key: 0 to 2**64 - 1.
        """
        if key == 0:
            is_new, self._has_zero = not self._has_zero, True
            return is_new
        if not _put(self._table, key):
            return False
        self._count += 1
        if self._count * _FULL_DENOMINATOR > len(self._table) * _FULL_NUMERATOR:
            self._grow()
        return True

    def _grow(self) -> None:
        table = _zeros("Q", _next_size(len(self._table)))
        for key in filter(None, self._table):
            _put(table, key)
        self._table = table


def _put(table: array[int], key: int) -> bool:
    """Writes the key into its slot; false when it is there already."""
    size = len(table)
    slot = key % size
    while found := table[slot]:
        if found == key:
            return False
        slot += 1
        if slot == size:
            slot = 0
    table[slot] = key
    return True


class FingerprintSet:
    """A set of fingerprints of which only the keys are held."""

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        """Begins empty."""
        self._keys = KeySet()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, fingerprint: object) -> bool:
        """Whether the fingerprint was added."""
        return isinstance(fingerprint, str) and key_of_fingerprint(fingerprint) in self._keys

    def add(self, fingerprint: str) -> bool:
        """Takes the fingerprint in; true when it is new."""
        return self._keys.add(key_of_fingerprint(fingerprint))


class KeyMap:
    """A map from keys to numbers, 22 to 26 bytes an entry, in the order of adding. Threads bring their own lock."""

    __slots__ = ("_keys", "_table", "_values")

    def __init__(self) -> None:
        """Begins empty."""
        self._keys = array("Q")
        self._values = array("Q")
        self._table = _zeros(_SLOT, _FIRST_SIZE)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: int) -> bool:
        """Whether the key has a number."""
        return self._table[self._slot(key)] != 0

    def __iter__(self) -> Iterator[int]:
        """The keys, in the order in which they were first set."""
        return iter(self._keys)

    def items(self) -> Iterator[tuple[int, int]]:
        """Keys with their numbers, in the order in which they were first set."""
        return zip(self._keys, self._values, strict=True)

    def get(self, key: int) -> int | None:
        """The key's number, None when it has none."""
        number = self._table[self._slot(key)]
        return self._values[number - 1] if number else None

    def __setitem__(self, key: int, value: int) -> None:
        """Gives the key a number, in the place of the one it has.

        Args:
            key: 0 to 2**64 - 1.
            value: Likewise.
        """
        slot = self._slot(key)
        number = self._table[slot]
        if number:
            self._values[number - 1] = value
        else:
            self._append(key, value, slot)

    def setdefault(self, key: int, value: int) -> int:
        """The key's number, which becomes `value` when it has none."""
        slot = self._slot(key)
        number = self._table[slot]
        if number:
            return self._values[number - 1]
        self._append(key, value, slot)
        return value

    def _append(self, key: int, value: int, slot: int) -> None:
        self._values.append(value)  # first, for it may be refused: then nothing has changed
        try:
            self._keys.append(key)
        except BaseException:
            self._values.pop()
            raise
        count = self._table[slot] = len(self._keys)
        if count * _FULL_DENOMINATOR > len(self._table) * _FULL_NUMERATOR:
            self._grow()

    def _slot(self, key: int) -> int:
        """The slot that holds the key's entry, or the free one where it would go."""
        table, keys = self._table, self._keys
        size = len(table)
        slot = key % size
        while (number := table[slot]) and keys[number - 1] != key:
            slot += 1
            if slot == size:
                slot = 0
        return slot

    def _grow(self) -> None:
        size = _next_size(len(self._table))
        table = _zeros(_SLOT, size)
        for number, key in enumerate(self._keys, 1):
            slot = key % size
            while table[slot]:
                slot += 1
                if slot == size:
                    slot = 0
            table[slot] = number
        self._table = table


def _zeros(typecode: str, size: int) -> array[int]:
    return array(typecode, bytes(size * array(typecode).itemsize))


def _next_size(size: int) -> int:
    """Half as large again, and odd, so that keys with equal low bits part."""
    return size * 3 // 2 | 1
