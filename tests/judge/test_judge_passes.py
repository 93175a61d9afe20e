"""Night after night through a real database: what is left out of a pass stays known, what began keeps its time, and
what was given up is not mourned for ever."""

from dataclasses import replace
from pathlib import Path

import pytest

from collector.config import parse
from collector.export.subjects import standing
from collector.judge import judge, levels
from collector.judge.case import is_retired
from collector.model import Answer, Level, NodeAnswer, Observation, Outcome, Reading, State
from collector.store import query
from tests.store.answers import DAY, ITEM, SOURCE, START, hasty, heard, night, record, sizes

CONFIG = parse(
    """
[hubs.ZZ]
server = "dayabay"
nodes = ["SDU"]
[nodes.SDU]
[[nodes.SDU.sources]]
kind = "tarballs"
folder = "/scm/backup/dayabay"
[[nodes.SDU.sources]]
kind = "processes"
units = ["cron.service"]
[nodes.C]
[[nodes.C.sources]]
kind = "host"
""",
    Path("almanac.toml"),
    {},
)
WEB, DISK = "process:web", "disk:/"
HOUR = 3600


@pytest.fixture
def store(tmp_path):
    with hasty(tmp_path / "almanac.db") as opened:
        yield opened


def tarballs(number, *, late=0, count=10, items=(ITEM,)):
    """A night's listing: a backup of each night, an hour before the pass, the newest `late` nights ago."""
    stamps = {night(number - late - back) - HOUR: 1e9 for back in range(count)}
    counts = [Observation(item, "count", night(number), float(count), "count") for item in items]
    return Reading((*counts, *(one for item in items for one in sizes(stamps, item))))


def processes(number, value="RUNNING"):
    return Reading(states=(State(WEB, "state", night(number), value),))


def keep(store, number, asked=None, skew=0.0, **told):
    """One pass: what each source told, or the Outcome that it ended with. What is not named was left out of the pass."""
    at = night(number) if asked is None else asked
    kinds = {"tarballs": (SOURCE, "ZZ"), "processes": ("processes", None)}
    answers, readings = [], {}
    for kind, said in told.items():
        label, hub = kinds[kind]
        outcome = said if isinstance(said, Outcome) else Outcome.OK
        answers.append(Answer("SDU", label, kind, at, outcome, "" if outcome is Outcome.OK else "it said so", hub))
        if isinstance(said, Reading):
            readings[label] = said
    pass_id = store.begin_pass(at)
    store.record(pass_id, NodeAnswer("SDU", at, Outcome.OK, skew=skew, answers=tuple(answers)), readings)


def node_of(store):
    return query.node_record(store.db, "SDU", query.last_pass(store.db), 10**9)


def told(store):
    """Rule, level and since of each problem as of the last pass."""
    now = query.last_pass(store.db).started
    return [
        (one.rule, one.level.word, one.since) for one in judge(CONFIG, node_of(store), now, lambda _: node_of(store))
    ]


def knowing(store):
    node = node_of(store)
    return {
        name: standing(node, subject, track.read)
        for name, subject in node.subjects.items()
        for track in (*subject.metrics.values(), *subject.states.values())
    }


def test_a_pass_for_one_source_takes_nothing_from_what_is_known_of_the_others(store):
    keep(store, 0, tarballs=tarballs(0, late=3), processes=processes(0, "FATAL"))
    before = told(store)
    assert [rule for rule, _, _ in before] == ["failed", "late"]
    keep(store, 0, asked=night(0) + 12 * HOUR, processes=processes(0, "FATAL"))
    assert told(store) == before
    assert knowing(store) == {ITEM: "known", WEB: "known"}
    assert levels(node_of(store), [])[ITEM] is Level.OK


def test_a_pass_for_another_node_judges_this_one_as_of_its_own_last_answer(store):
    keep(store, 0, tarballs=tarballs(0), processes=processes(0))
    store.record(store.begin_pass(night(1)), replace(heard(1), node="C", answers=()), {})
    assert (told(store), knowing(store)) == ([], {ITEM: "known", WEB: "known"})


def test_a_node_that_the_passes_leave_out_for_long_is_told_as_unknown(store):
    keep(store, 0, tarballs=tarballs(0), processes=processes(0))
    store.record(store.begin_pass(night(2)), replace(heard(2), node="C", answers=()), {})
    assert told(store) == [("not asked", "unknown", night(0) + DAY)]


def test_what_the_node_did_not_answer_for_is_not_known_whatever_source_it_is_of(store):
    keep(store, 0, tarballs=tarballs(0), processes=processes(0))
    record(store, 1, Reading(), reached=Outcome.UNREACHABLE)
    assert knowing(store) == {ITEM: "stale", WEB: "stale"}
    assert told(store) == [("silent", "warning", night(1))]


def test_a_source_that_fails_is_told_since_it_first_did_and_its_values_are_stale(store):
    keep(store, 0, tarballs=tarballs(0), processes=processes(0))
    for number in (1, 2):
        keep(store, number, tarballs=tarballs(number), processes=Outcome.TIMED_OUT)
        assert told(store) == [("source processes", "warning", night(1))]
    assert knowing(store) == {ITEM: "known", WEB: "stale"}
    keep(store, 3, tarballs=tarballs(3), processes=processes(3))
    assert told(store) == []


def test_a_source_that_never_ended_well_fails_since_it_was_first_asked(store):
    for number in (0, 1, 2):
        keep(store, number, tarballs=tarballs(number), processes=Outcome.FAILED)
    assert told(store) == [("source processes", "warning", night(0))]


def test_a_clock_is_off_since_the_first_pass_that_found_it_so(store):
    for number, skew in enumerate([0.0, 300.0, 2.0, -70.0, 80.0, 90.0]):
        keep(store, number, skew=skew, tarballs=tarballs(number), processes=processes(number))
    assert told(store) == [("clock", "warning", night(3))]


def test_states_of_a_node_whose_clock_is_ahead_or_set_back_are_known(store):
    ahead = Reading(states=(State(WEB, "state", night(0) + 90 * DAY, "FATAL"),))
    keep(store, 0, tarballs=tarballs(0), processes=ahead)
    assert told(store) == [("failed", "critical", night(0))]
    keep(store, 1, tarballs=tarballs(1), processes=Reading(states=(State(WEB, "state", night(1), "RUNNING"),)))
    assert (told(store), knowing(store)[WEB]) == ([], "known")


def test_a_process_that_left_supervisord_is_no_problem_and_not_known(store):
    keep(store, 0, tarballs=tarballs(0), processes=processes(0, "FATAL"))
    keep(store, 1, tarballs=tarballs(1), processes=Reading())
    assert (told(store), knowing(store)[WEB], levels(node_of(store), [])[WEB]) == ([], "stale", Level.UNKNOWN)


def test_a_subject_that_moves_to_another_source_is_of_that_source(store):
    keep(store, 0, tarballs=tarballs(0), processes=Reading())
    keep(store, 1, tarballs=Reading(), processes=tarballs(1))
    subject = node_of(store).subjects[ITEM]
    assert (subject.source, subject.present, knowing(store)[ITEM]) == ("processes", True, "known")


def test_what_no_source_is_asked_for_any_longer_is_told_no_longer(store):
    keep(store, 0, tarballs=tarballs(0), processes=processes(0))
    watched = node_of(store).watched_by({"processes"})
    assert (list(watched.subjects), list(watched.sources)) == ([WEB], ["processes"])


def test_an_item_given_up_on_the_hub_is_mourned_for_a_month_and_then_retired(store):
    other = "tarball:ZZ/svn/retired"
    keep(store, 0, tarballs=tarballs(0, items=(ITEM, other)))
    for number in (1, 29, 30):
        keep(store, number, tarballs=tarballs(number))
        mourned = [("missing", "critical", night(0))] if number < 30 else []
        assert told(store) == mourned
        assert is_retired(CONFIG, node_of(store), node_of(store).subjects[other]) == (not mourned)


def test_nothing_retires_while_its_source_is_silent(store):
    other = "tarball:ZZ/svn/retired"
    keep(store, 0, tarballs=tarballs(0, items=(ITEM, other)))
    keep(store, 1, tarballs=tarballs(1))
    record(store, 60, Reading(), reached=Outcome.UNREACHABLE)
    assert not is_retired(CONFIG, node_of(store), node_of(store).subjects[other])


def test_an_item_that_a_select_names_is_never_taken_for_retired(store):
    named = CONFIG.model_copy(update={"hubs": {"ZZ": CONFIG.hubs["ZZ"].model_copy(update={"select": ("svn/dybsvn",)})}})
    keep(store, 0, tarballs=tarballs(0))
    keep(store, 60, tarballs=Reading())
    (problem,) = judge(named, node_of(store), night(60), lambda _: node_of(store))
    assert (problem.rule, problem.level, problem.since) == ("missing", Level.CRITICAL, night(0))


def test_a_folder_without_a_single_backup_is_unknown_and_never_ok(store):
    for number in (0, 1):
        keep(store, number, tarballs=Reading(), processes=processes(number))
        assert told(store) == [("nothing tarballs:ZZ", "unknown", night(0))]
    keep(store, 2, tarballs=tarballs(2), processes=processes(2))
    assert told(store) == []
    keep(store, 40, tarballs=Reading(), processes=processes(40))
    assert told(store) == [("nothing tarballs:ZZ", "unknown", night(2))]


def test_a_transfer_that_stood_still_long_before_the_first_pass_explains_no_late_backup(store):
    stale = State(ITEM, "transfer", night(0) - 49 * DAY, "unfinished", "x.tar.gz, last written 49 d before it was seen")
    keep(store, 0, tarballs=replace(tarballs(0, late=50), states=(stale,)))
    assert told(store) == [("late", "critical", night(-49) - HOUR), ("transfer", "warning", night(0) - 49 * DAY)]


def test_imported_history_of_what_is_not_there_is_missed_since_the_source_first_answered(store):
    store.add_history("SDU", SOURCE, "tarballs", "ZZ", sizes({START - 90 * DAY: 7.0}, "tarball:ZZ/svn/old"))
    for number in (0, 1):
        keep(store, number, tarballs=tarballs(number))
        assert told(store) == [("missing", "critical", night(0))]


def listed(number, stamps):
    """A night's listing of backups of these sizes."""
    return Reading((Observation(ITEM, "count", night(number), float(len(stamps)), "count"), *sizes(stamps)))


def rounded_up(nights, size=2.0**20):
    return sizes({night(number) - HOUR: size for number in nights})


def test_imported_sizes_rounded_up_to_mib_make_no_true_size_look_shrunk(store):
    store.add_history("SDU", SOURCE, "tarballs", "ZZ", rounded_up(range(-14, 2)))
    stamps = {night(number) - HOUR: 9e3 for number in (-1, 0, 1)}
    keep(store, 1, tarballs=listed(1, stamps), processes=processes(1))
    assert told(store) == []


def test_what_shrank_against_sizes_that_were_read_here_is_told_whatever_was_imported(store):
    store.add_history("SDU", SOURCE, "tarballs", "ZZ", rounded_up(range(-20, -10)))
    stamps = {night(number) - HOUR: 9e6 for number in range(-10, 1)} | {night(1) - HOUR: 9e3}
    keep(store, 1, tarballs=listed(1, stamps), processes=processes(1))
    assert told(store) == [("shrunk", "critical", night(1) - HOUR)]


def test_a_newest_size_that_equals_the_imported_one_is_judged(store):
    store.add_history("SDU", SOURCE, "tarballs", "ZZ", rounded_up([1]))
    stamps = {night(number) - HOUR: 9e6 for number in range(-10, 1)} | {night(1) - HOUR: 2.0**20}
    keep(store, 1, tarballs=listed(1, stamps), processes=processes(1))
    assert told(store) == [("shrunk", "critical", night(1) - HOUR)]


def test_a_copy_is_not_compared_with_an_imported_size_of_its_hub(store):
    keep(store, 0, tarballs=tarballs(0))
    store.add_history("ZZ", SOURCE, "tarballs", "ZZ", rounded_up([0]))
    newer = listed(1, {night(1) - HOUR: 1e9})
    answer = replace(heard(1).answers[0], node="ZZ", asked=night(1))
    store.record(store.begin_pass(night(1)), replace(heard(1), node="ZZ", answers=(answer,)), {SOURCE: newer})
    hub = query.node_record(store.db, "ZZ", query.last_pass(store.db), 10**9)
    own = CONFIG.model_copy(update={"hubs": {"ZZ": CONFIG.hubs["ZZ"].model_copy(update={"node": "ZZ"})}})
    assert judge(own, node_of(store), night(1), lambda _: hub) == ()


def test_a_node_removed_and_added_again_keeps_its_past_and_its_answers_count_anew(store):
    keep(store, 0, tarballs=tarballs(0), processes=processes(0))
    keep(store, 400, tarballs=tarballs(400), processes=processes(400))
    node = node_of(store)
    assert (told(store), node.subjects[ITEM].first_seen, node.subjects[ITEM].metrics["size"].series.times[0]) == (
        [],
        night(0),
        night(-9) - HOUR,
    )


def test_a_full_disk_and_a_late_backup_keep_their_beginning_from_pass_to_pass(store):
    for number in range(4, 7):
        full = Observation(DISK, "used_ratio", night(number), 0.95, "ratio")
        keep(store, number, tarballs=replace(tarballs(1), observations=(*tarballs(1).observations, full)))
        assert {rule: since for rule, _, since in told(store)} == {"late": night(2) - HOUR, "used_ratio": night(4)}
