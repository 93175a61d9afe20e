"""The pass judged by what it told of itself: what is slow, what is few, and what is neither."""

from pathlib import Path

import pytest

from collector.config import KEEPER, ConfigError, parse
from collector.judge import judge
from collector.model import Answer, NodeAnswer, Observation, Outcome, Reading
from collector.store import query
from tests.store.answers import DAY, hasty, night

CONFIG = parse("", Path("/etc/almanac/almanac.toml"), {})
SUBJECT = "pass:nightly"


@pytest.fixture
def store(tmp_path):
    with hasty(tmp_path / "almanac.db") as opened:
        yield opened


def said(store, passes, config=CONFIG):
    """Records what each of some passes told of itself, and judges the last: rule, level and text."""
    for number, numbers in enumerate(passes):
        asked = night(number)
        answer = Answer(KEEPER, "pass", "pass", asked, Outcome.OK)
        told = [
            Observation(SUBJECT, name, asked - DAY if name == "duration" else asked, float(value), unit)
            for name, value, unit in (
                ("duration", numbers[0], "seconds"),
                ("asked", numbers[1], "count"),
                ("reached", numbers[2], "count"),
            )
            if value is not None
        ]
        store.record(
            store.begin_pass(asked),
            NodeAnswer(KEEPER, asked, Outcome.OK, answers=(answer,)),
            {"pass": Reading(tuple(told))},
        )
    last = query.last_pass(store.db)
    record = query.node_record(store.db, KEEPER, last, 400 * DAY)
    found = judge(config.keeper, record, last.started, lambda _: record)
    return [(one.rule, one.level.word, one.text) for one in found]


USUAL = [(duration, 9, reached) for duration, reached in ((300, 9), (310, 8), (290, 9), (330, 9), (305, 9), (320, 9))]
FEW = (
    "Reached 2 of 9 nodes; the passes before reached 100 %. Where so many fail at once, look first at this machine and"
    " its network."
)


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        ((310, 9, 9), []),
        ((590, 9, 9), []),
        ((None, 9, 9), []),
        ((7200, 9, 9), [("slow", "warning", "The pass before took 2 h; the 6 before it took 4.8 min to 5.5 min.")]),
        ((310, 9, 6), []),
        ((310, 9, 2), [("few", "critical", FEW)]),
        ((310, 4, 2), []),
        ((310, 0, 0), []),
    ],
)
def test_a_pass_is_judged_by_the_passes_before_it(store, last, wanted):
    assert said(store, [*USUAL, last]) == wanted


def test_a_second_is_no_slow_pass_after_a_tenth_of_it(store):
    assert said(store, [(0.1, 3, 3)] * 6 + [(20, 3, 3)]) == []


def test_of_the_first_passes_nothing_is_concluded(store):
    assert said(store, [(10, 9, 9)] * 3 + [(9000, 9, 0)]) == []


def test_what_is_slow_for_long_is_usual(store):
    assert said(store, USUAL + [(7200, 9, 9)] * 20) == []


def test_rules_of_ones_own_judge_the_pass_and_switch_its_own_off(store):
    text = """
[[rules]]
name = "few"
off = true
[[rules]]
name = "too long"
rule = "above"
metric = "duration"
subject = "pass:*"
critical = "1h"
[[rules]]
name = "gunicorn"
rule = "absent"
subject = "process:web:gunicorn"
"""
    config = parse(text, Path("/etc/almanac/almanac.toml"), {})
    assert said(store, [*USUAL, (3900, 9, 2)], config) == [
        ("too long", "critical", "duration is 1.1 h (1 h or more), for 1 night."),
        ("slow", "warning", "The pass before took 1.1 h; the 6 before it took 4.8 min to 5.5 min."),
    ]


def test_no_node_may_have_the_name_of_the_pass():
    with pytest.raises(ConfigError) as error:
        parse('[nodes."the pass"]\nreach = "local"\n', Path("/etc/almanac.toml"), {})
    wanted = 'line 1: nodes."the pass": is what Almanac calls its own passes; give the node another name'
    assert error.value.lines == [f"/etc/almanac.toml: {wanted}"]
