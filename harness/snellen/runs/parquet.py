"""Exports as Parquet: plain columns for one's own analysis, and each trial exactly as one JSON column beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from snellen.errors import InputError, Problem
from snellen.runs.codec import as_text, dump
from snellen.runs.exchange import Header, header_of, placed_of
from snellen.runs.rows import row_of
from snellen.runs.tables import Placed
from snellen.trial import Trial

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["read_parquet", "write_parquet"]

_HEADER = b"snellen"
_EXACT = "exact"
_ROWS = 1_000  # a few megabytes in memory at once


def write_parquet(file: BinaryIO, header: Header, results: Iterable[Placed]) -> None:
    """Writes an export; skipped cases are rows with the outcome "skipped".

    Raises:
        InputError: pyarrow is not installed.
    """
    arrow = _arrow()
    import pyarrow.parquet

    schema = _schema(arrow).with_metadata({_HEADER: header.to_json()})
    rows = iter(results)
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _ROWS)):
            writer.write_batch(arrow.RecordBatch.from_pylist([_columns(*each) for each in batch], schema=schema))


def read_parquet(file: BinaryIO, path: Path) -> tuple[Header, Iterator[Placed]]:
    """The header of an export and its results, read a thousand rows at a time; only the exact column is read.

    Raises:
        InputError: It is no export, damaged or cut short, or pyarrow is not installed.
    """
    arrow = _arrow()
    import pyarrow.parquet

    try:
        source = pyarrow.parquet.ParquetFile(file)
        metadata = source.schema_arrow.metadata or {}
        names = source.schema_arrow.names
    except (arrow.ArrowException, OSError) as error:
        raise _damaged(path, error) from error
    header = header_of(metadata.get(_HEADER, b""), path)
    if _EXACT not in names or source.metadata.num_rows != header.trials + header.skipped:
        raise _damaged(path, f"it has {source.metadata.num_rows:,} rows")
    return header, _results(source, path)


def _results(source: Any, path: Path) -> Iterator[Placed]:  # pyarrow brings no types
    number = 0
    try:
        for batch in source.iter_batches(batch_size=_ROWS, columns=[_EXACT]):
            for value in batch.column(0).to_pylist():
                number += 1
                yield placed_of(str(value).encode("utf-8", "replace"), path, line=number)
    except (_arrow().ArrowException, OSError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: object) -> InputError:
    hint = "It may be cut short. Export the run again."
    return InputError(
        Problem(f"this is no Parquet export of a run that can be read: {error}", file=str(path), hint=hint)
    )


def _arrow() -> ModuleType:
    try:
        import pyarrow
    except ImportError as error:
        hint = 'Install it: pip install "snellen[parquet]". Or take JSONL, which needs nothing.'
        raise InputError(Problem("Parquet needs the package pyarrow, which is not installed", hint=hint)) from error
    module: ModuleType = pyarrow
    return module


def _schema(arrow: Any) -> Any:  # pyarrow brings no types
    text, whole, number = arrow.string(), arrow.int64(), arrow.float64()
    score = arrow.struct([("scorer", text), ("value", number), ("passed", arrow.bool_()), ("explanation", text)])
    return arrow.schema(
        [
            ("place", whole),
            ("eval", text),
            ("case", text),
            ("variant", text),
            ("model", text),
            ("repeat", whole),
            ("outcome", text),
            ("failure", text),
            ("latency_s", number),
            ("recorded", arrow.bool_()),
            ("input_tokens", whole),
            ("output_tokens", whole),
            ("cost_usd", number),
            ("score", number),
            ("group", text),
            ("mark", text),
            ("mark_until", text),
            ("digest", text),
            ("judging_usd", number),
            ("tags", arrow.list_(text)),
            ("prompt", text),
            ("text", text),
            ("stop", text),
            ("served_model", text),
            ("scores", arrow.list_(score)),
            ("message", text),
            ("fingerprint", text),
            (_EXACT, text),
        ]
    )


def _columns(place: int, result: Trial | Any) -> dict[str, object]:
    exact = dump({"place": place, "trial" if isinstance(result, Trial) else "skipped": result}).decode("utf-8")
    if not isinstance(result, Trial):
        own = {"place": place, "eval": result.eval, "case": result.case_id, "model": result.model}
        return _safe({**own, "outcome": "skipped", "message": result.reason, _EXACT: exact})
    response = result.response
    scores = [
        _safe({"scorer": each.scorer, "value": each.value, "passed": each.passed, "explanation": each.explanation})
        for each in result.scores
    ]
    said = {} if response is None else {name: getattr(response, name) for name in ("text", "stop", "served_model")}
    return _safe(
        {
            **row_of(place, result)._asdict(),
            **said,
            "tags": [as_text(tag) for tag in result.case.tags],
            "prompt": result.prompt,
            "scores": scores,
            "message": None if result.failure is None else result.failure.message,
            "fingerprint": result.fingerprint,
            _EXACT: exact,
        }
    )


def _safe(columns: dict[str, object]) -> dict[str, object]:
    return {name: as_text(value) if isinstance(value, str) else value for name, value in columns.items()}
