"""A decoding in a process of its own, with a ceiling on memory and time: `python -m snellen.images._bounded FORMAT`.

Reads a picture from standard input and exits 0 when all of it decodes; otherwise says why on standard output.
"""

from __future__ import annotations

import contextlib
import io
import resource
import sys
import warnings

__all__ = ["main"]

_MEMORY_BYTES = 1 << 30
_CPU_S = 10


def main() -> int:
    """Exit code: 0 when the picture decodes within the bounds."""
    for kind, limit in ((resource.RLIMIT_AS, _MEMORY_BYTES), (resource.RLIMIT_CPU, _CPU_S)):
        with contextlib.suppress(OSError, ValueError):  # macOS knows no ceiling on address space
            resource.setrlimit(kind, (limit, limit))
    warnings.simplefilter("ignore")  # nobody reads this process's standard error
    from PIL import Image

    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=(sys.argv[1],)) as image:
            image.load()
    except MemoryError:
        sys.stdout.write("decoding it takes more than 1 GB of memory")
        return 1
    except Exception as error:  # noqa: BLE001  # the parent turns whatever a decoder says into one ImageError
        sys.stdout.write(str(error) or type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
