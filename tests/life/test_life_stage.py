"""Judging as a stage of a pass: what is kept of it, what it is told as later, and what changes nothing."""

from pathlib import Path

import pytest

from collector.config import parse
from collector.life.stage import Fleet, Records, judge_last
from collector.model import Observation, Outcome, Reading
from collector.store import problems, query
from collector.store.errors import NothingRecorded
from tests.store.answers import DAY, ITEM, SOURCE, content, hasty, heard, night, record, sizes

CONFIG = parse(
    """
[hubs.ZZ]
server = "dayabay"
nodes = ["SDU"]
[nodes.SDU]
address = "backup.example.org"
[[nodes.SDU.sources]]
kind = "tarballs"
folder = "/scm/backup/dayabay"
""",
    Path("/etc/almanac/almanac.toml"),
    {},
)
NOBODY = parse("", Path("/etc/almanac/almanac.toml"), {})


@pytest.fixture
def store(tmp_path):
    with hasty(tmp_path / "almanac.db") as opened:
        yield opened


def told(number, last):
    """A night on which the newest backup is of night `last`."""
    stamps = {night(one) - 600: 1e6 for one in range(-20, last + 1)}
    return Reading(observations=(*sizes(stamps), *sizes({night(number): 1.0})[:0], *counted(number, last, len(stamps))))


def counted(number, last, count):
    age = float(night(number) - (night(last) - 600))
    return (
        Observation(ITEM, "count", night(number), float(count), "count"),
        Observation(ITEM, "age", night(number), age, "seconds"),
    )


def pass_of(store, number, last, config=CONFIG, **how):
    record(store, number, Reading() if how else told(number, last), **how)
    return judge_last(config, store)


def stood(store, number, config=CONFIG):
    """How each problem of SDU is told as of a night: by rule, its stage and whether it is known."""
    of = query.pass_before(store.db, night(number) + 1)
    fleet = Fleet(config, store, of)
    return {one.rule: (one.stage, one.known) for one in fleet.problems(fleet.record("SDU"))}


def past(store):
    """A sound night, two on which nothing new came, one without an answer, one without news, and a sound one."""
    pass_of(store, 0, 0)
    pass_of(store, 1, 0)
    pass_of(store, 2, 0)
    pass_of(store, 3, 0, reached=Outcome.UNREACHABLE)
    pass_of(store, 4, 0)
    pass_of(store, 5, 5)


WANTED = [
    {},
    {},
    {"late": ("open", True)},
    {"late": ("open", False), "silent": ("open", True)},
    {"late": ("open", True), "silent": ("closed", True)},
    {"late": ("closed", True), "silent": ("closed", True)},
]


def test_what_was_wrong_is_told_of_any_night_as_it_was(store):
    past(store)
    assert [stood(store, number) for number in range(6)] == WANTED


def disk(number, **ratios):
    """What a disk tells on a night."""
    return Reading(
        observations=tuple(Observation("disk:/", name, night(number), one, "ratio") for name, one in ratios.items())
    )


def test_a_number_that_was_not_told_ends_no_problem_until_it_is_no_longer_told_at_all(store):
    nights = {0: {"used_ratio": 0.95}, 1: {}, 29: {}, 30: {}}
    stages = []
    for number, ratios in nights.items():
        record(store, number, disk(number, inodes_ratio=0.1, **ratios))
        judge_last(CONFIG, store)
        stages.append(stood(store, number)["used_ratio"])
    assert stages == [("open", True), ("open", False), ("open", False), ("closed", True)]


def test_a_number_whose_sibling_did_not_answer_ends_no_problem(store):
    config = parse(
        f"""
[hubs.ZZ]
server = "dayabay"
node = "ZZ"
nodes = ["SDU"]
{"".join(f'[nodes.{name}]{chr(10)}sources = [{{ kind = "tarballs", folder = "/b" }}]{chr(10)}' for name in ("ZZ", "SDU"))}
[[rules]]
name = "apart"
rule = "ratio"
metric = "used_ratio"
warning = "90 %"
""",
        Path("/etc/almanac/almanac.toml"),
        {},
    )
    stages = []
    for number, reached in enumerate((Outcome.OK, Outcome.UNREACHABLE, Outcome.OK)):
        pass_id = store.begin_pass(night(number))
        for name, how, used in (("ZZ", reached, 0.8), ("SDU", Outcome.OK, 0.7 if number < 2 else 0.79)):
            answer = heard(number, node=name, reached=how)
            store.record(pass_id, answer, {SOURCE: disk(number, used_ratio=used) if how is Outcome.OK else Reading()})
        store.end_pass(pass_id, night(number) + 9)
        judge_last(config, store)
        stages.append(stood(store, number, config)["apart"])
    assert stages == [("open", True), ("open", False), ("closed", True)]


def test_judging_twice_changes_nothing(store):
    past(store)
    before = content(store)
    judge_last(CONFIG, store)
    assert content(store) == before


def test_older_recordings_replayed_do_no_harm(store):
    past(store)
    record(store, 1, told(1, 0))
    record(store, 1.5, told(1, 0))
    judge_last(CONFIG, store)
    assert [stood(store, number) for number in range(6)] == WANTED


def test_a_pass_that_was_never_judged_is_judged_when_it_is_told(store):
    pass_of(store, 0, 0)
    record(store, 3, told(3, 0))
    before = content(store)
    assert stood(store, 3) == {"late": ("open", True)}
    assert content(store) == before


def test_a_pass_judged_anew_is_told_as_judged_last(store):
    pass_of(store, 0, 0)
    pass_of(store, 3, 0)
    record(store, 3, told(3, 3))
    judge_last(CONFIG, store)
    assert stood(store, 3) == {}


def test_problems_of_a_node_that_nobody_watches_any_more_are_closed(store):
    pass_of(store, 0, 0)
    pass_of(store, 3, 0)
    pass_of(store, 4, 0, config=NOBODY)
    (left,) = problems.of_node(store.db, "SDU", night(4))
    assert (left.rule, left.stage, left.closed) == ("late", "closed", night(4))


def test_nights_without_change_cost_no_row(store):
    for number in range(4):
        record(store, number, Reading())
        judge_last(CONFIG, store)
    assert store.db.execute("SELECT count(*) FROM turn").fetchone() == (1,)


def test_what_closed_lately_is_told_with_when_and_how_long(store):
    past(store)
    found = problems.closed_since(store.db, "SDU", (night(3), night(5)))
    assert [(one.rule, one.opened, one.closed) for one in found] == [
        ("late", night(2), night(5)),
        ("silent", night(3), night(4)),
    ]
    assert problems.closed_since(store.db, "SDU", (night(5), night(5) + DAY)) == ()


def test_where_nothing_was_recorded_there_is_nothing_to_judge(store):
    with pytest.raises(NothingRecorded, match="no pass has recorded anything yet; run: almanac nightly"):
        judge_last(CONFIG, store)


@pytest.mark.parametrize(("most", "is_kept"), [(23, True), (22, False)])
def test_a_node_is_read_once_for_all_stages_where_there_is_room(store, most, is_kept):
    pass_of(store, 0, 0)
    of = query.last_pass(store.db)
    records = Records(CONFIG, store, of, most)
    first = records.of("SDU")
    assert sum(len(one.series.times) for one in first.subjects[ITEM].metrics.values()) == 23
    assert records.of("SDU") == first == Records(CONFIG, store, of).of("SDU")
    assert (records.of("SDU") is first) is is_kept
    assert judge_last(CONFIG, store, records) == judge_last(CONFIG, store)


def test_an_outage_is_one_problem_while_its_reason_changes(store):
    pass_of(store, 0, 0)
    for number, outcome in enumerate((Outcome.UNREACHABLE, Outcome.TIMED_OUT, Outcome.REFUSED), 1):
        pass_of(store, number, 0, reached=outcome)
    last = query.last_pass(store.db)
    (outage,) = [one for one in problems.of_node(store.db, "SDU", last.started) if one.subject is None]
    assert (outage.rule, outage.stage, outage.opened, outage.since) == ("silent", "open", night(1), night(1))
