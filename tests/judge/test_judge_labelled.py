"""The judge of backups against series with known faults, and against all that is sound in the sample fleet."""

from itertools import takewhile

import pytest

from collector.demo.fleet import FLEET
from collector.demo.writing import nights
from tests.judge.labelled.sample import DAY, Sample, told
from tests.judge.labelled.score import samples, score, table

BAR = 0.97


@pytest.fixture(scope="module")
def judged():
    return score(samples())


def test_the_labelled_series_are_many_and_the_same_each_time():
    made = samples()
    assert len(made) >= 300
    assert made == samples()
    assert {sample.fault for sample in made} == {
        *(None, "late", "shrunk", "grown", "empty", "small", "stopped growing", "count")
    }


def test_precision_and_recall_keep_their_bars(judged):
    assert min(judged.precision, judged.recall) >= BAR, table(judged)


def test_no_kind_of_fault_is_left_behind(judged):
    for rule in judged.right | judged.missed:
        right = judged.right[rule]
        assert right >= 0.9 * (right + judged.missed[rule]), table(judged)


def test_other_series_of_the_same_kinds_are_judged_as_well():
    other = score(samples("never looked at", 3))
    assert min(other.precision, other.recall) >= BAR, table(other)


@pytest.mark.parametrize("keep", [30, 120, 730])
@pytest.mark.parametrize("hub", FLEET, ids=lambda hub: hub.name)
def test_nothing_sound_in_the_sample_fleet_is_told_on_any_night(hub, keep):
    for now in range(1795492242 - 380 * DAY, 1795492242 + 200 * DAY, 29 * DAY):
        kept = [*takewhile(lambda night: night.ago < keep, nights(hub, now))][::-1]
        for item in hub.items:
            past = [
                (int(night.local.timestamp()), float(item.size_on(night.local.toordinal())))
                for night in kept
                if night.ago < item.age
            ]
            counts = [(now - ago * DAY, float(len(past))) for ago in range(40, -1, -1)]
            assert told(Sample(item.name, past, None, now, counts)) == ()
