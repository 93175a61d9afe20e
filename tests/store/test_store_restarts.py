"""Restarts are counted by when something was found to have been started, pass by pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.model import Answer, NodeAnswer, Outcome, Reading, State
from collector.store import history
from collector.store.store import Store

DAY = 86_400


def passes(path: Path, started: list[int | None]) -> Store:
    """A store with a pass a day; each tells when `process:a:a` was last started, or does not answer."""
    store = Store.open(path / "almanac.db")
    for day, began in enumerate(started, 1):
        asked, outcome = day * DAY, Outcome.OK if began is not None else Outcome.FAILED
        states = (State("process:a:a", "state", asked, "RUNNING"), State("process:a:a", "started", asked, str(began)))
        answer = Answer("n", "processes", "processes", asked, outcome)
        heard = NodeAnswer("n", asked, Outcome.OK, answers=(answer,))
        store.record(store.begin_pass(asked), heard, {"processes": Reading(states=states if began else ())})
    return store


@pytest.mark.parametrize(
    ("started", "span", "wanted"),
    [
        ([5, 5, 5], (0, 9 * DAY), {}),
        ([5], (0, 9 * DAY), {}),
        ([5, 6, 6, 7], (0, 9 * DAY), {"process:a:a": 2}),
        ([5, 6, 6, 7], (3 * DAY, 9 * DAY), {"process:a:a": 1}),
        ([5, 6, 6, 7], (0, 3 * DAY), {"process:a:a": 1}),
        ([5, None, 5, None, 6], (0, 9 * DAY), {"process:a:a": 1}),
    ],
)
def test_restarts_are_counted(
    tmp_path: Path, started: list[int | None], span: tuple[int, int], wanted: dict[str, int]
) -> None:
    with passes(tmp_path, started) as store:
        assert history.restarts(store.db, "n", span) == wanted
        assert history.restarts(store.db, "another", span) == {}
