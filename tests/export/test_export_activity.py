"""Which rows of the activity log an export tells: all of them now, of a night only those of before it."""

from pathlib import Path

import pytest

from collector.config import parse
from collector.export import write
from collector.model import NodeAnswer, Outcome
from collector.store.activity import Activity
from collector.store.records import PassRecord
from collector.store.store import Store

CONFIG = '[site]\ndata = "{}"\n[nodes]\nweb = {{}}\ndb = {{}}\n'
NIGHT = 1_764_000_000


def act(time, node, text):
    return Activity(time, "ann", "ann", "control", node, "", "done", text)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data/almanac.db") as opened:
        number = opened.begin_pass(NIGHT)
        for node in ("web", "db"):
            opened.record(number, NodeAnswer(node, NIGHT, Outcome.OK), {})
        opened.end_pass(number, NIGHT + 5)
        for hour in range(20):
            opened.note_activity(act(NIGHT - 3600 * (20 - hour), ("web", "db")[hour % 2], f"restart {hour}"))
        opened.note_activity(act(NIGHT + 60, "web", "restart after"))
        opened.note_activity(act(NIGHT + 61, None, "added bob"))
        yield opened


def told(rows):
    return [one.text for one in rows]


def test_an_export_tells_the_last_twelve_of_all_and_of_each_node(store, tmp_path):
    config = parse(CONFIG.format(tmp_path / "data"), Path(tmp_path / "almanac.toml"), {})
    done = write.export(config, store)
    assert told(done.manifest.activity) == ["added bob", "restart after", *(f"restart {n}" for n in range(19, 9, -1))]
    by_node = {one.name: told(one.activity) for one in done.nodes}
    assert by_node["web"] == ["restart after", *(f"restart {n}" for n in range(18, -1, -2))]
    assert by_node["db"] == [f"restart {n}" for n in range(19, 0, -2)]


def test_a_night_tells_nothing_that_was_done_since(store, tmp_path):
    config = parse(CONFIG.format(tmp_path / "data"), Path(tmp_path / "almanac.toml"), {})
    night = PassRecord(1, NIGHT, NIGHT + 5, 2, 2)
    done = write.export_night(config, store, night, tmp_path / "night")
    assert told(done.manifest.activity) == [f"restart {n}" for n in range(19, 7, -1)]
