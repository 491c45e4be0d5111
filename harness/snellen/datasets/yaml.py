"""YAML as data: text stays the text that was written, and every value knows its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from snellen.case import Source
from snellen.datasets.findings import kind_of
from snellen.datasets.keys import CASE_KEYS
from snellen.datasets.raw import RawRow
from snellen.datasets.textfile import bad_byte, open_regular, refuse_foreign
from snellen.datasets.yaml_tree import MappingNode, Node, SequenceNode, build_tree
from snellen.datasets.yaml_values import as_written, expectation, scorers, typed
from snellen.errors import InputError, Problem

__all__ = ["YamlDocument", "load_yaml", "parse_yaml", "read_yaml"]

_MAX_BYTES = 16 * 1024 * 1024  # YAML is read whole; more cases than fit here belong into JSONL


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One YAML document, its values and their lines.

    Attributes:
        file: How errors call it.
        problems: What is wrong though the rest can be read: repeated keys, tags that are not data, NaN.
    """

    file: str
    problems: tuple[Problem, ...]
    _root: Node | None = field(repr=False)

    def value(self, *path: str | int) -> object:
        """What stands at a path of keys and indices, typed as JSON would type it; None where nothing stands.

        Only true, false, null and decimal numbers are anything but text: `no`, `12:30`, `1_0`, `007` and
        `2024-01-02` stay what was written.
        """
        node = self._node(path)
        return None if node is None else typed(node)

    def scorers(self, *path: str | int) -> object:
        """The scorers at a path: their options typed as by `value`, what is right as it was written."""
        node = self._node(path)
        return None if node is None else scorers(node)

    def line(self, *path: str | int) -> int:
        """The 1-based line of the key or item at a path; of the part that is there, if not all of it is."""
        node, line = self._root, self._root.line if self._root else 1
        for step in path:
            if isinstance(node, MappingNode) and step in node.entries:
                line, node = node.entries[str(step)]
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                line = node.line
            else:
                break
        return line

    def rows(self, *path: str | int) -> Iterator[RawRow | Problem]:
        """The cases of the list at a path: scalars of known keys as text, options of scorers and metadata typed."""
        node = self._node(path)
        if not isinstance(node, SequenceNode):
            value = None if node is None else typed(node)
            found = "nothing" if value is None else kind_of(value)
            hint = "A list of cases begins each with '- ', such as: - id: r-001"
            yield Problem(f"holds {found} where a list of cases should be", self.file, self.line(*path), hint=hint)
            return
        for item in node.items:
            if isinstance(item, MappingNode):
                yield _row(item, Source(self.file, item.line))
            else:
                yield from item.problems
                message = f"a case is a mapping of keys; this is {kind_of(typed(item))}"
                yield Problem(message, file=self.file, line=item.line)

    def _node(self, path: tuple[str | int, ...]) -> Node | None:
        node = self._root
        for step in path:
            if isinstance(node, MappingNode) and step in node.entries:
                node = node.entries[str(step)][1]
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            else:
                return None
        return node


def _row(node: MappingNode, source: Source) -> RawRow:
    fields = {key: _field(key, value) for key, (_, value) in node.entries.items()}
    return RawRow(fields, source, {key: line for key, (line, _) in node.entries.items()}, node.problems)


def _field(key: str, value: Node) -> object:
    if key == "expect":
        return expectation(value)
    return as_written(value) if key in CASE_KEYS and key != "metadata" else typed(value)


def read_yaml(path: Path, *, name: str) -> Iterator[RawRow | Problem]:
    """The rows of a file that is a list of cases.

    Raises:
        InputError: The file cannot be read as YAML.
    """
    yield from load_yaml(path, name=name).rows()


def load_yaml(path: Path, *, name: str) -> YamlDocument:
    """The document of a file.

    Args:
        path: The file; up to 16 MB of UTF-8.
        name: How errors call it.

    Raises:
        InputError: It cannot be read, or is not one YAML document.
    """
    with open_regular(path, name=name) as file:
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        hint = "Write so many cases as cases.jsonl, which is read line by line."
        raise InputError(Problem(f"is larger than {_MAX_BYTES:,} bytes", file=name, hint=hint))
    refuse_foreign(data[:16], name=name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, message = bad_byte(data, error)
        raise InputError(Problem(message, file=name, line=line, hint="Save the file as UTF-8.")) from error
    return parse_yaml(text, name=name)


def parse_yaml(text: str, *, name: str) -> YamlDocument:
    """The document of a text.

    Raises:
        InputError: It is not one YAML document.
    """
    root, problems = build_tree(text.removeprefix("\ufeff"), name=name)
    return YamlDocument(name, problems, root)
