"""Logs through whole passes: each line on record once, whatever becomes of a pass."""

from pathlib import Path

import pytest

from collector.collect import collect, gather
from collector.config import parse
from collector.question import Sought
from collector.store import cursors, lines
from collector.store.lines import Wanted
from collector.store.store import Store
from collector.sweep import sweep

START = 1_795_500_000


class Site:
    """A node that is this machine, and its one log."""

    def __init__(self, folder, more=""):
        self.log = folder / "syslog"
        text = f'[site]\ndata = "{folder}/data"\n[nodes.a]\nreach = "local"\n[[nodes.a.sources]]\nkind = "logs"\n'
        self.config = parse(f'{text}files = ["{self.log}"]\n{more}', Path("almanac.toml"), {})

    def write(self, *texts):
        with self.log.open("a") as file:
            file.writelines(f"{text}\n" for text in texts)

    def answers(self, store, started):
        return sweep(self.config, ["a"], started, Sought(cursors=cursors.every(store.db)))

    def run(self, started):
        with Store.open(self.config.database) as store:
            gather(self.config, store, started, self.answers(store, started), lambda _: None)

    @property
    def told(self):
        with Store.open(self.config.database) as store:
            return [one.event.text for one in lines.found(store.db, Wanted(), -1)][::-1]


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_each_line_is_on_record_once(site):
    site.write("one", "two")
    site.run(START)
    site.run(START + 10)
    site.write("three")
    site.run(START + 20)
    assert site.told == ["one", "two", "three"]


def test_a_pass_that_is_killed_before_a_node_is_recorded_loses_nothing(site):
    site.write("one")
    site.run(START)
    site.write("two")
    with Store.open(site.config.database) as store:
        (answer,) = site.answers(store, START + 10)
        before = store.record
        store.record = lambda *all_: before(None, *all_[1:])  # as a kill within the transaction: nothing of it stays
        with pytest.raises(Exception, match="NOT NULL"):
            collect(site.config, store, START + 10, [answer], lambda _: None)
    site.run(START + 20)
    assert site.told == ["one", "two"]


def test_lines_are_kept_as_long_and_as_many_as_the_configuration_says(tmp_path):
    site = Site(tmp_path, '[logs]\nkeep = "30d"\nmost = 2\n')
    site.write("2026-09-01T00:00:00Z old", "2026-11-23T00:00:00Z a", "2026-11-23T00:00:01Z b", "2026-11-23T00:00:02Z c")
    site.run(START)
    assert site.told == ["b", "c"]
