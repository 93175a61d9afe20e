"""A repository that nobody backs up, and a backup of no repository, are both problems: once, on the hub if it is watched."""

from dataclasses import replace

import pytest

from collector.config import Config
from collector.judge import judge
from collector.store.records import NodeRecord
from tests.judge.records import CONFIG, DAY, ITEM, NOW, backup, node, state, subject


def config(repositories, select=(), own=None) -> Config:
    hub = CONFIG.hubs["ZZ"].model_copy(update={"repositories": repositories, "select": select, "node": own})
    return CONFIG.model_copy(update={"hubs": {"ZZ": hub}})


def told(config, record):
    found = judge(config, record, NOW, NodeRecord)
    return [(one.level.word, one.subject, one.rule, one.text, one.since) for one in found if "repositor" in one.text]


WITHOUT = "Is a repository of hubs.ZZ, and nobody backs it up."
OF_NONE = "Is a backup of no repository that hubs.ZZ.repositories names."


@pytest.mark.parametrize(
    ("repositories", "wanted"),
    [
        ((), []),
        (("svn/dybsvn",), []),
        (("svn/*",), []),
        (("tracs/*",), [("warning", ITEM, "no repository", OF_NONE, NOW - 30 * DAY)]),
        (
            ("svn/dybsvn", "tracs/dybsvn"),
            [("critical", "tarball:ZZ/tracs/dybsvn", "not backed up", WITHOUT, NOW - 30 * DAY)],
        ),
    ],
)
def test_what_a_hub_has_and_what_is_backed_up_are_compared(repositories, wanted):
    assert told(config(repositories), node(backup())) == wanted


def test_what_is_selected_gone_closed_or_unanswered_is_told_by_other_rules():
    both = config(("svn/dybsvn", "tracs/x"), select=("tracs/x",))
    assert told(both, node(backup())) == []
    gone = backup(name="tarball:ZZ/tracs/x", present=False, last_seen=NOW - 2 * DAY)
    assert told(config(("svn/dybsvn", "tracs/x")), node(backup(), gone)) == []
    closed = subject("backups:ZZ", state("listing", "partial", "tracs"))
    assert told(config(("svn/dybsvn", "tracs/x")), node(backup(), closed)) == []
    assert told(config(("svn/dybsvn", "tracs/x")), node(backup(), outcome="timed out")) == []


def test_where_the_hub_itself_is_watched_it_is_told_there_alone():
    watched = config(("svn/dybsvn", "tracs/x"), own="ZZ")
    assert told(watched, node(backup())) == []
    assert [one[2] for one in told(watched, replace(node(backup()), node="ZZ"))] == ["not backed up"]
