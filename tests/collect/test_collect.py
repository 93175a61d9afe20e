"""What becomes of answers: nothing of a node that was not asked, a Fault of a parser that breaks its promise."""

from pathlib import Path

import pytest

from collector.collect import Shortfall, beginning, readings, shortfalls_of, without_void
from collector.config import parse
from collector.model import Answer, NodeAnswer, Outcome, Reading
from collector.store.store import Store

CONFIG = parse('[nodes.a]\n[[nodes.a.sources]]\nkind = "host"\n', Path("almanac.toml"), {})


def heard(outcome, *answers, reason=""):
    return NodeAnswer("a", 1, outcome, reason, answers=answers)


def host(outcome, body=b"", reason=""):
    return Answer("a", "host", "host", 1, outcome, reason, body=body)


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.REFUSED])
def test_of_a_node_that_was_not_asked_nothing_is_read(outcome):
    assert readings(CONFIG, heard(outcome, host(outcome))) == {"host": Reading()}


def test_a_parser_that_raises_costs_only_its_answer(monkeypatch):
    def broken(settings, answer):
        raise KeyError("ouch\n")

    monkeypatch.setattr("collector.sources.host.parse", broken)
    (fault,) = readings(CONFIG, heard(Outcome.OK, host(Outcome.OK, b"x")))["host"].faults
    assert fault.reason == "the parser of host failed: KeyError: 'ouch\\n'"


def test_an_answer_that_is_void_counts_as_failed():
    answer = heard(Outcome.OK, host(Outcome.OK, b"x"))
    assert without_void(answer, {"host": Reading()}) == answer
    assert without_void(answer, {"host": Reading(void="is cut")}).answers == (host(Outcome.FAILED, b"x", "is cut"),)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (heard(Outcome.OK, host(Outcome.OK)), []),
        (heard(Outcome.REFUSED, host(Outcome.REFUSED), reason="key"), [Shortfall("a", None, Outcome.REFUSED, "key")]),
        (
            heard(Outcome.OK, host(Outcome.TOO_LONG, reason="cut")),
            [Shortfall("a", "host", Outcome.TOO_LONG, "cut")],
        ),
    ],
)
def test_a_silent_node_is_one_shortfall_and_a_source_that_failed_is_one(answer, wanted):
    assert list(shortfalls_of(answer)) == wanted


def test_a_pass_begins_in_a_second_of_its_own(tmp_path):
    with Store.open(tmp_path / "almanac.db") as store:
        one = store.begin_pass(first := beginning(store))
        another = store.begin_pass(second := beginning(store))
    assert (one != another, second > first) == (True, True)
