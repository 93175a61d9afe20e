"""What failed processes have said: told as long as they are failed, of a night of the past as it was then."""

from pathlib import Path

import pytest

from collector.config import parse
from collector.export import write
from collector.model import Answer, Excerpt, NodeAnswer, Outcome, Reading, State
from collector.store import query
from collector.store.records import PassRecord
from collector.store.store import Store

CONFIG = """
[site]
data = "{}/data"
[nodes.web]
[[nodes.web.sources]]
kind = "processes"
supervisor = "unix:///s"
"""
NIGHT = 1_795_000_000
NAME = "process:web:mailer"


@pytest.fixture
def config(tmp_path):
    return parse(CONFIG.format(tmp_path), tmp_path / "almanac.toml", {})


@pytest.fixture
def store(config):
    with Store.open(config.database) as opened:
        yield opened


def record(store, number, state, *said, outcome=Outcome.OK):
    asked = NIGHT + 86400 * number
    answer = Answer("web", "processes", "processes", asked, outcome)
    states = (State(NAME, "state", asked, state),) if state else ()
    told = Reading(states=states, excerpts=tuple(Excerpt(NAME, "stderr", text) for text in said))
    key = store.begin_pass(asked)
    store.record(key, NodeAnswer("web", asked, outcome, answers=(answer,)), {"processes": told})
    store.end_pass(key, asked + 1)
    return PassRecord(key, asked, asked + 1, 1, 1)


def told(config, store):
    (document,) = write.export(config, store).nodes
    return [(one.subject, one.stream, one.time, one.text) for one in document.excerpts]


def test_they_are_told_as_long_as_it_is_failed(config, store):
    record(store, 0, "FATAL", "no host\n\x1b[2Jcleared")
    assert told(config, store) == [(NAME, "stderr", "2026-11-18T11:06:40Z", "no host\n\\x1b[2Jcleared")]
    record(store, 1, "FATAL", "no route")
    record(store, 1, "FATAL", "no route")
    assert [one[3] for one in told(config, store)] == ["no route"]
    record(store, 2, None, outcome=Outcome.UNREACHABLE)
    assert [one[3] for one in told(config, store)] == ["no route"]
    record(store, 3, "RUNNING")
    assert told(config, store) == []


def test_of_each_the_last_two_are_kept_for_a_time(config, store, tmp_path):
    nights = [record(store, number, "FATAL", f"words {number}") for number in range(4)]
    kept = [row[0] for row in store.db.execute("SELECT text FROM excerpt ORDER BY asked")]
    assert kept == ["words 2", "words 3"]
    (document,) = write.export_night(config, store, nights[2], Path(tmp_path / "night")).nodes
    assert [one.text for one in document.excerpts] == ["words 2"]
    store.forget(query.last_pass(store.db).id)
    assert [one[3] for one in told(config, store)] == ["words 2"]
    store.prune_lines(nights[3].started, 10)
    assert told(config, store) == []
