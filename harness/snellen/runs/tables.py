"""What the run store's tables take and give: facts, trials, skipped cases and the rows that are summed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import cast

import orjson

from snellen.case import Case
from snellen.runs.codec import as_text, load, load_trial, pack, pack_trial, unpack, unpack_trial
from snellen.runs.rows import JudgedBy, RunInfo, TrialRow, judges_named, row_of
from snellen.trial import Outcome, Run, RunFacts, Skipped, Trial

__all__ = [
    "Placed",
    "count_of",
    "facts_of",
    "find_twins",
    "info_of",
    "insert_run",
    "known_runs",
    "migrate",
    "placed",
    "put",
    "result_at",
    "results_of",
    "rows_of",
    "skipped_of",
    "trials_of",
    "update_facts",
]

Placed = tuple[int, Trial | Skipped]
"""A result and its place in the run's plan."""

_ROW = 'place, eval, "case", variant, model, repeat, outcome, failure, latency_s, recorded, input_tokens, ' + (
    'output_tokens, cost_usd, score, "group", tags, mark, mark_until, digest, judging_usd, judges, is_judging_priced'
)
_INSERT_ROW = f"INSERT OR REPLACE INTO trials (run, {_ROW}) VALUES ({', '.join('?' * 23)})"  # noqa: S608  # ours
_RECORDED, _TAGS, _JUDGES, _IS_PRICED = (
    TrialRow._fields.index(name) for name in ("recorded", "tags", "judges", "is_judging_priced")
)
_BIGGEST = 2**63 - 1


def known_runs(database: sqlite3.Connection) -> list[tuple[int, str]]:
    """Numbers and ids of all runs, the one kept last first; ids alone cannot tell two runs of one second apart."""
    return database.execute("SELECT number, id FROM runs ORDER BY kept DESC").fetchall()


def insert_run(database: sqlite3.Connection, facts: RunFacts) -> int:
    """Adds a run without trials and gives its number."""
    kept = database.execute("SELECT coalesce(max(kept), 0) + 1 FROM runs").fetchone()[0]
    cursor = database.execute(
        "INSERT INTO runs (id, kept, facts) VALUES (?, ?, ?)", (as_text(facts.id), kept, pack(facts))
    )
    return int(cursor.lastrowid or 0)


def update_facts(database: sqlite3.Connection, run: int, facts: RunFacts, *, is_newest: bool = False) -> None:
    """Puts these facts in the place of the run's; `is_newest` makes it the run kept last."""
    database.execute("UPDATE runs SET facts = ? WHERE number = ?", (pack(facts), run))
    if is_newest:
        database.execute("UPDATE runs SET kept = (SELECT max(kept) + 1 FROM runs) WHERE number = ?", (run,))


def facts_of(database: sqlite3.Connection, run: int) -> RunFacts:
    """The facts as they were last written."""
    return unpack(RunFacts, database.execute("SELECT facts FROM runs WHERE number = ?", (run,)).fetchone()[0])


def placed(run: Run) -> Iterator[Placed]:
    """The results of a run that is held as a value; its skipped cases come behind its trials."""
    yield from enumerate((*run.trials, *run.skipped))


def put(database: sqlite3.Connection, run: int, results: Iterable[Placed]) -> None:
    """Writes results, in place of those that stand at their places."""
    done: dict[tuple[str, str], Case] = {}  # trials of one case come close together, and its pictures may be large
    for place, result in results:
        other = "skipped" if isinstance(result, Trial) else "trials"
        database.execute(f"DELETE FROM {other} WHERE run = ? AND place = ?", (run, place))  # noqa: S608  # one of two
        if isinstance(result, Skipped):
            database.execute("DELETE FROM bodies WHERE run = ? AND place = ?", (run, place))
            database.execute("INSERT OR REPLACE INTO skipped VALUES (?, ?, ?)", (run, place, pack(result)))
        else:
            key = (result.eval, result.case.id)
            if done.get(key) is not result.case:
                _put_case(database, run, result)
                done[key] = result.case
            database.execute(_INSERT_ROW, (run, *_cells(row_of(place, result))))
            database.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?)", (run, place, pack_trial(result)))


def _put_case(database: sqlite3.Connection, run: int, trial: Trial) -> None:
    """Keeps the case once; one that was edited before its run went on stands as it was asked last."""
    key = (run, as_text(trial.eval), as_text(trial.case.id))
    body = pack(trial.case)
    kept = database.execute("SELECT body FROM cases WHERE run = ? AND eval = ? AND id = ?", key).fetchone()
    if kept is None or kept[0] != body:
        database.execute("INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?)", (*key, body))


def _cells(row: TrialRow) -> tuple[object, ...]:
    """The row as SQLite takes it: texts that are UTF-8, integers of 64 bits, tags and judges as JSON."""
    tags = orjson.dumps([as_text(tag) for tag in row.tags]).decode() if row.tags else "[]"
    return tuple(
        as_text(cell) if isinstance(cell, str) else min(cell, _BIGGEST) if isinstance(cell, int) else cell
        for cell in row._replace(tags=tags, judges=_judges_as_text(row.judges))  # type: ignore[arg-type]  # as cells
    )


@lru_cache(maxsize=4096)
def _judges_as_text(judges: tuple[JudgedBy, ...]) -> str:
    return orjson.dumps([[as_text(one.name), as_text(one.version), as_text(one.options)] for one in judges]).decode()


@lru_cache(maxsize=4096)
def _judges_of_text(text: str) -> tuple[JudgedBy, ...]:
    return judges_named(tuple(tuple(one) for one in orjson.loads(text)))


def rows_of(database: sqlite3.Connection, run: int) -> Iterator[TrialRow]:
    """The measures of all trials, by place."""
    known: dict[str, tuple[str, ...]] = {"[]": ()}  # a run has few different sets of tags
    for row in database.execute(f"SELECT {_ROW} FROM trials WHERE run = ? ORDER BY place", (run,)):  # noqa: S608  # ours
        cells = list(row)
        text = cells[_TAGS]
        tags = known.get(text)
        if tags is None:
            tags = known[text] = tuple(orjson.loads(text))
        cells[_RECORDED], cells[_IS_PRICED] = bool(cells[_RECORDED]), bool(cells[_IS_PRICED])
        cells[_TAGS], cells[_JUDGES] = tags, _judges_of_text(cells[_JUDGES])
        yield TrialRow._make(cells)


def trials_of(
    database: sqlite3.Connection,
    run: int,
    *,
    case: str | None = None,
    eval: str | None = None,  # noqa: A002  # the value's own word
    outcomes: Collection[str] = (),
    limit: int | None = None,
) -> Iterator[tuple[int, Trial]]:
    """Whole trials by place; the filters are as `RunStore.trials` says."""
    where, values = ["t.run = ?"], [cast("object", run)]
    if eval is not None:
        where.append("t.eval = ?")
        values.append(as_text(eval))
    if case is not None:
        where.append('t."case" = ?')
        values.append(as_text(case))
    if outcomes:
        where.append(f"t.outcome IN ({', '.join('?' * len(outcomes))})")
        values.extend(outcomes)
    query = (
        'SELECT t.place, b.body, t.eval, t."case" FROM trials t JOIN bodies b ON b.run = t.run AND b.place = t.place '  # noqa: S608  # ours
        f"WHERE {' AND '.join(where)} ORDER BY t.place LIMIT ?"
    )
    last_key, last_case = None, None
    for place, body, name, case_id in database.execute(query, (*values, -1 if limit is None else limit)):
        if last_case is None or (name, case_id) != last_key:
            last_key, last_case = (name, case_id), _case(database, run, name, case_id)
        yield place, unpack_trial(body, last_case)


def _case(database: sqlite3.Connection, run: int, name: str, case_id: str) -> Case:
    query = "SELECT body FROM cases WHERE run = ? AND eval = ? AND id = ?"
    return unpack(Case, database.execute(query, (run, name, case_id)).fetchone()[0])


def skipped_of(database: sqlite3.Connection, run: int) -> Iterator[tuple[int, Skipped]]:
    """Cases that were not asked, by place."""
    for place, body in database.execute("SELECT place, body FROM skipped WHERE run = ? ORDER BY place", (run,)):
        yield place, unpack(Skipped, body)


def results_of(database: sqlite3.Connection, run: int) -> Iterator[Placed]:
    """Everything that has a place: trials first, then skipped cases, each by place."""
    yield from trials_of(database, run)
    yield from skipped_of(database, run)


def result_at(database: sqlite3.Connection, run: int, place: int) -> Trial | Skipped | None:
    """What stands at a place, None for nothing."""
    query = 'SELECT t.eval, t."case", b.body FROM trials t JOIN bodies b USING (run, place) WHERE run = ? AND place = ?'
    if found := database.execute(query, (run, place)).fetchone():
        name, case_id, body = found
        return unpack_trial(body, _case(database, run, name, case_id))
    left_out = database.execute("SELECT body FROM skipped WHERE run = ? AND place = ?", (run, place)).fetchone()
    return None if left_out is None else unpack(Skipped, left_out[0])


def count_of(database: sqlite3.Connection, run: int) -> tuple[int, int]:
    """How many trials and skipped cases a run has."""
    query = "SELECT (SELECT count(*) FROM trials WHERE run = ?1), (SELECT count(*) FROM skipped WHERE run = ?1)"
    trials, left_out = database.execute(query, (run,)).fetchone()
    return trials, left_out


def find_twins(database: sqlite3.Connection, run: int) -> tuple[int, int, str] | None:
    """Two places of one run that ask the same, with the case's id; None when every place asks its own."""
    query = (
        'SELECT min(place), max(place), "case" FROM trials WHERE run = ? '
        'GROUP BY eval, "case", variant, model, repeat HAVING count(*) > 1 LIMIT 1'
    )
    found: tuple[int, int, str] | None = database.execute(query, (run,)).fetchone()
    return found


def info_of(database: sqlite3.Connection, run: int) -> RunInfo:
    """The run at a glance; reads no answer."""
    counts: dict[Outcome, int] = {}
    costs: list[float] = []
    not_asked = 0
    query = (
        "SELECT outcome, count(*), sum(cost_usd), sum(failure = 'not_asked') FROM trials WHERE run = ? GROUP BY outcome"
    )
    for outcome, count, cost, left in database.execute(query, (run,)):
        counts[outcome] = count
        not_asked += left or 0
        costs.extend([cost] if cost is not None else [])
    return RunInfo(
        facts=facts_of(database, run),
        passed=counts.get("passed", 0),
        failed=counts.get("failed", 0),
        unscored=counts.get("unscored", 0),
        error=counts.get("error", 0),
        not_asked=not_asked,
        skipped=count_of(database, run)[1],
        cost_usd=sum(costs) if costs else None,
    )


def migrate(database: sqlite3.Connection) -> None:
    """Moves the runs of an older store, one trial after another; its tables that changed are called old_* here.

    Raises:
        ValueError: Something in it is no run.
    """
    query = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'old_runs'"
    if database.execute(query).fetchone()[0]:
        _move_version_1(database)
    else:
        _tell_anew(database)


def _tell_anew(database: sqlite3.Connection) -> None:
    """What was said is where it was; what can be told without reading it is told anew."""
    query = (
        'SELECT t.run, t.place, b.body, t.eval, t."case" FROM old_trials t JOIN bodies b USING (run, place) '
        "ORDER BY t.run, t.place"
    )
    last_key, last_case = None, None
    for run, place, body, name, case_id in database.execute(query):
        if last_case is None or (run, name, case_id) != last_key:
            last_key, last_case = (run, name, case_id), _case(database, run, name, case_id)
        database.execute(_INSERT_ROW, (run, *_cells(row_of(place, unpack_trial(body, last_case)))))


def _move_version_1(database: sqlite3.Connection) -> None:
    for key, facts, left_out in database.execute("SELECT id, facts, skipped FROM old_runs ORDER BY rowid").fetchall():
        run = insert_run(database, load(RunFacts, facts))
        trials = database.execute(
            'SELECT place, eval, "case", body FROM old_trials WHERE run = ? ORDER BY place', (key,)
        )
        last_place = -1
        for last_place, name, case_id, body in trials:
            query = "SELECT body FROM old_cases WHERE run = ? AND eval = ? AND id = ?"
            case = load(Case, database.execute(query, (key, name, case_id)).fetchone()[0])
            put(database, run, [(last_place, load_trial(body, case))])
        put(database, run, enumerate(load(tuple[Skipped, ...], left_out), last_place + 1))
