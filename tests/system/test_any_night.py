"""Any night again: built later from the record, a night's site is the one that was published then, to the last byte."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from tests.system import fleet, nights


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """Five nights, and what the site was after each."""
    folder = tmp_path_factory.mktemp("past")
    return folder, nights.eventful(folder)


def day(number):
    return f"{datetime.fromtimestamp(nights.begun(number), UTC):%Y-%m-%d}"


def differing(found, wanted):
    return sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))


@pytest.mark.parametrize("number", range(5))
def test_a_night_built_again_is_what_was_published_then(past, number):
    folder, kept = past
    before = nights.tree(folder)
    done = fleet.almanac(folder, "build", "--as-of", day(number))
    place = folder / "data/nights" / day(number)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{place}/html/index.html: open this page; the pass of {day(number)} ")
    assert differing(nights.tree(place / "export"), kept[number][0]) == []
    assert differing(nights.tree(place / "html"), kept[number][1]) == []
    shutil.rmtree(folder / "data/nights")
    assert set(differing(nights.tree(folder), before)) <= {"data/almanac.lock"}


def test_the_nights_differ(past):
    _, kept = past
    pages = [html["index.html"] for _, html in kept]
    assert len(set(pages)) == 5


def test_the_same_database_gives_the_same_site_in_another_folder(past, tmp_path):
    folder, kept = past
    for name in ("almanac.toml", "site", "old", "data/almanac.db"):
        source, target = folder / name, tmp_path / "elsewhere" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    for stage in ("export", "build"):
        assert fleet.almanac(tmp_path / "elsewhere", stage).returncode == 0
    assert differing(nights.tree(tmp_path / "elsewhere/data/export"), kept[4][0]) == []
    assert differing(nights.tree(tmp_path / "elsewhere/data/html"), kept[4][1]) == []


def test_a_time_means_the_last_pass_begun_by_then(past, tmp_path):
    folder, kept = past
    at = datetime.fromtimestamp(nights.begun(2) + 3600, UTC).isoformat()
    for night in (day(4), at):
        done = fleet.almanac(folder, "build", "--as-of", night, "--to", tmp_path / "night")
    assert done.stdout.startswith(f"{tmp_path}/night/html/index.html: open this page; ")
    assert differing(nights.tree(tmp_path / "night/html"), kept[2][1]) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--as-of", "1999-12-31"], "{db}: no pass began on 1999-12-31; the nearest is of {first}"),
        (["--as-of", "2999-12-31"], "{db}: no pass began on 2999-12-31; the nearest is of {last}"),
        (["--as-of", "1999-12-31T10:00"], "{db}: no pass began by 1999-12-31T10:00; the nearest is of {first}"),
        (["--as-of", "9999-12-31"], '"9999-12-31" is no day and no time; write 2026-11-24 or 2026-11-24T02:10:00+08:00'),
        (["--as-of", "last night"], '"last night" is no day and no time; write 2026-11-24 or 2026-11-24T02:10:00+08:00'),
        (["--to", "x"], "Error: --to is where --as-of builds; name a night with --as-of too"),
        (["--as-of", "{day}", "--to", "data/html/x"], "data/html/x: belongs to the site of the last pass; name a folder outside of it"),
        (["--as-of", "{day}", "--to", "site"], "site: belongs to the site of the last pass; name a folder outside of it"),
        (["--as-of", "{day}", "--to", "."], ".: holds other files; name an empty folder, or one that does not exist"),
        (["--as-of", "{day}", "--to", "almanac.toml"], "almanac.toml: can't be written: Not a directory; name another folder"),
    ],
)  # fmt: skip
def test_what_is_no_night_or_no_place_is_told_and_changes_nothing(past, words, said):
    folder, _ = past
    moments = [f"{datetime.fromtimestamp(nights.begun(n), UTC):%Y-%m-%d (%H:%M:%S UTC)}" for n in (0, 4)]
    before = nights.tree(folder)
    done = fleet.almanac(folder, "build", *(word.format(day=day(1)) for word in words))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].removeprefix("almanac: ") == said.format(
        db=folder / "data/almanac.db", first=moments[0], last=moments[1]
    )
    assert set(differing(nights.tree(folder), before)) <= {"data/almanac.lock"}


def test_a_day_without_a_pass_between_others_names_both(past, tmp_path):
    folder, _ = past
    shutil.copy(folder / "almanac.toml", tmp_path)
    (tmp_path / "data").mkdir()
    shutil.copy(folder / "data/almanac.db", tmp_path / "data")
    with closing(sqlite3.connect(tmp_path / "data/almanac.db")) as database, database:
        database.execute("DELETE FROM attempt WHERE pass IN (2, 3)")
    done = fleet.almanac(tmp_path, "build", "--as-of", day(2))
    assert done.returncode == 2
    assert f"no pass began on {day(2)}; the nearest are of {day(0)} (" in done.stderr
    assert f") and {day(3)} (" in done.stderr


def test_where_nothing_was_recorded_nothing_is_made(tmp_path):
    (tmp_path / "almanac.toml").write_text('[nodes.here]\nreach = "local"\n')
    done = fleet.almanac(tmp_path, "build", "--as-of", "2026-11-24")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == f"almanac: {tmp_path}/data/almanac.db: no pass has recorded anything yet; run: almanac nightly\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["almanac.toml"]


def differences(folder, *words):
    """Exit status and what differs, as the command tells it."""
    done = fleet.almanac(folder, "diff", *words, "--json")
    told = json.loads(done.stdout)
    return done.returncode, [(one["what"], one["node"], one["subject"], one["name"]) for one in told["differences"]]


def test_what_differs_between_two_nights_is_told(past):
    folder, _ = past
    hostile = r"svn/[red]o\x1b[2Jth\u202eer"
    assert differences(folder, day(0), day(1)) == (
        1,
        [
            ("new", "H1", hostile, "tarball"),
            ("count", None, None, "Backups"),
            ("count", None, None, "Backups fresh"),
        ],
    )
    status, found = differences(folder, day(1), day(2))
    assert status == 1
    assert ("stopped answering", "H1", None, "outcome") in found
    assert ("problem opened", "SDU", "svn/dybsvn", "shrunk") in found
    assert ("size", "SDU", "svn/dybsvn", "size") in found
    assert ("gone", "H1", hostile, "tarball") in differences(folder, day(3), day(4))[1]
    assert differences(folder, day(4), day(4)) == (0, [])


def test_a_difference_is_a_table_in_which_hostile_names_are_harmless(past):
    folder, _ = past
    done = fleet.almanac(folder, "diff", day(0), day(1))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[1].split()[:4] == ["new", "H1", r"svn/[red]o\x1b[2Jth\u202eer", "tarball"]
    assert done.stdout.replace("\n", "").isprintable()
    same = fleet.almanac(folder, "diff", day(1), day(1))
    assert (same.returncode, same.stdout.split()[:6]) == (0, ["Nothing", "differs", "between", "the", "passes", "of"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Error: Missing argument 'NIGHT'."),
        (["1999-12-31", "{day}"], "no pass began on 1999-12-31; the nearest is of "),
        (["{day}", "\x1b[2J"], '"\\x1b[2J" is no day and no time; write 2026-11-24 or 2026-11-24T02:10:00+08:00'),
    ],
)
def test_nights_that_are_none_are_told(past, words, said):
    folder, _ = past
    done = fleet.almanac(folder, "diff", *(word.format(day=day(1)) for word in words))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.splitlines()[-1]
