"""The life of one problem as a state machine, held beside a simple model: the whole past, looked at anew each time."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from collector.life.cycle import Moment, lives
from collector.life.stages import FLAPPING_OPENINGS, FLAPPING_PASSES, STEADY_PASSES, TRANSITIONS, Sign
from collector.model import Level, Problem

LATE = Problem("SDU", "tarball:ZZ/svn/dybsvn", "late", Level.WARNING, "No new backup for 2 nights.", 500)


def passed(before, found, number, passes=1, *, judged=True, asked=True):
    """The problem after a pass, None while it was never found."""
    findings = [replace(LATE, passes=passes, text=f"pass {number}")] if found else []
    known = [before] if before else []
    after = list(lives(known, findings, lambda _: judged, Moment(1000 + number, number, asked)))
    return after[0] if after else None


class Model:
    """What a person would say who looks through the whole past each time."""

    def __init__(self, passes):
        self.passes, self.stage, self.number = passes, "closed", 0
        self.said, self.openings = [], []

    def row(self):
        """How many of the last passes that said anything, within this stage's time, said the same as the last one."""
        count = 0
        for found in reversed(self.said):
            if found != self.said[-1]:
                break
            count += 1
        return count

    def hear(self, found):
        self.number += 1
        self.said.append(found)
        if self.stage == "flapping":
            if self.row() >= STEADY_PASSES:
                self.stage = "open" if found else "closed"
        elif not found:
            self.stage = "closed"
        elif self.stage in ("closed", "pending"):
            self.stage = "pending"
            if self.row() >= self.passes:
                self.open()

    def open(self):
        lately = [one for one in self.openings if self.number - one < FLAPPING_PASSES]
        self.openings.append(self.number)
        flaps = len(lately) + 1 >= FLAPPING_OPENINGS
        self.stage = "flapping" if flaps else "open"
        if flaps:
            self.said = self.said[-1:]  # steadiness is counted from here


class OneProblem(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.model, self.problem, self.rows = None, None, 0

    @precondition(lambda self: self.model is None)
    @rule(passes=st.integers(1, 4))
    def begin(self, passes):
        self.model = Model(passes)

    def hear(self, found, **how):
        before, self.problem = self.problem, passed(self.problem, found, self.model.number, self.model.passes, **how)
        self.rows += self.problem != before
        return before

    @precondition(lambda self: self.model is not None)
    @rule(found=st.booleans())
    def judge(self, found):
        self.model.hear(found)
        self.hear(found)
        if self.problem:
            assert (self.problem.known, self.problem.found) == (True, found)

    @precondition(lambda self: self.model is not None)
    @rule()
    def hear_nothing(self):
        """The node does not answer: whatever was, still is, and is not known."""
        self.model.number += 1
        before = self.hear(False, judged=False)
        if before and before.stage != "closed":
            assert self.problem == replace(before, known=False)
        else:
            assert self.problem == before

    @precondition(lambda self: self.model is not None)
    @rule(found=st.booleans())
    def judge_the_same_pass_again(self, found):
        """From the same past the same comes out."""
        self.model.number += 1
        one, other = (passed(self.problem, found, self.model.number, self.model.passes) for _ in range(2))
        assert one == other

    @invariant()
    def it_stands_as_the_model_says(self):
        if self.model is None:
            return
        assert (self.problem.stage if self.problem else "closed") == self.model.stage

    @invariant()
    def its_times_are_in_order(self):
        one = self.problem
        if one is None:
            return
        assert (one.closed is not None) == (one.stage == "closed")
        assert (one.confirmed is not None) or one.stage in ("pending", "closed")
        assert one.opened <= (one.confirmed or one.opened) <= (one.closed or 10**6)
        assert len(one.openings) <= FLAPPING_PASSES


OneProblem.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
TestOneProblem = OneProblem.TestCase


def test_every_stage_has_an_answer_to_every_sign():
    assert all(set(answers) == set(Sign) for answers in TRANSITIONS.values())
    assert set(TRANSITIONS) == {"closed", "pending", "open", "flapping"}


def life(words, passes=1):
    """The stages through passes: `!` found, `.` not found, `?` not known, `=` found by a pass that did not ask it."""
    problem, stages = None, []
    for number, word in enumerate(words):
        problem = passed(problem, word in "!=", number, passes, judged=word != "?", asked=word != "=")
        stages.append(problem.stage[0] if problem else " ")
    return "".join(stages)


@pytest.mark.parametrize(
    ("words", "passes", "wanted"),
    [
        ("!!..", 1, "oocc"),
        ("!!!.", 3, "ppoc"),
        ("!!.!!!", 3, "ppcppo"),
        ("!?!!", 3, "pppo"),
        ("!==!!", 3, "ppppo"),
        ("!.!.!.!", 1, "ococfff"),
        ("!.!.!......", 1, "ococfffffcc"),
        ("!.!.!!!!!!", 1, "ococffffoo"),
        ("!.........!.!", 1, "occccccccco" + "co"),
        ("!??.", 1, "oooc"),
        ("!!.!!.!!!!!!", 2, "pocpocpffffo"),
    ],
)
def test_lives(words, passes, wanted):
    assert life(words, passes) == wanted


def test_an_open_problem_that_stays_the_same_costs_no_row():
    first = next(iter(lives([], [LATE], lambda _: True, Moment(1000, 1))))
    assert list(lives([first], [LATE], lambda _: True, Moment(2000, 2))) == [first]


def test_one_that_came_back_is_a_new_opening_and_tells_only_of_that():
    first = passed(None, True, 1)
    again = passed(passed(first, False, 2), True, 3)
    assert (again.opened, again.confirmed, again.closed) == (1003, 1003, None)
