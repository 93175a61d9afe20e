"""What can go wrong with the file: killed, full, locked, read-only, of another program, copied meanwhile."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.model import Observation, Reading
from collector.store import maintenance, query
from collector.store import store as store_module
from collector.store.errors import LockHeld, Misplaced, StoreError
from collector.store.lock import PassLock
from collector.store.store import Store
from tests.store.answers import ITEM, START, content, night, reading, record

ROOT = Path(__file__).parents[2]


@contextmanager
def writer(path, number=0):
    """Another process that records nights; it has begun when this is entered, and is killed when it is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", path, str(number)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == f"{number}\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def mounted(folder, *options):
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_writer_killed_at_any_instant_leaves_whole_nodes(path):
    chance = random.Random(1)
    number = 0
    for _ in range(20):
        with writer(path, number):
            time.sleep(chance.uniform(0, 0.03))
        assert maintenance.check(path) == []
        with Store.open(path) as store:
            last = query.last_pass(store.db)
            number = (last.started - START) // 86400
            for node in ("SDU", "C", "H1"):
                found = query.node_record(store.db, node, last, 10**9)
                asked = (found.asked - START) // 86400
                assert asked in (number - 1, number)
                assert found.subjects[ITEM].metrics["size"].series.times[-1] == night(asked)
                assert [fault.line for one in found.sources.values() for fault in one.faults] == [asked]
    with Store.open(path) as store, Store.open(path.with_name("undisturbed.db")) as other:
        other.db.execute("PRAGMA synchronous = OFF")
        for every in range(number + 2):
            for node in ("SDU", "C", "H1"):
                record(other, every, reading(every), node=node)
                if every >= number:
                    record(store, every, reading(every), node=node)
        assert [line for line in content(store) if "_sqlite_migrations" not in line] == [
            line for line in content(other) if "_sqlite_migrations" not in line
        ]


def test_a_copy_made_while_another_writes_is_sound_and_whole(path):
    with writer(path) as writing:
        for number in range(1, 6):
            assert writing.stdout.readline() == f"{number}\n"
            maintenance.backup(path, path.with_name("copy.db"))
            assert maintenance.check(path.with_name("copy.db")) == []
            with Store.open(path.with_name("copy.db")) as copy:
                assert query.last_pass(copy.db).started >= night(number)
    assert sorted(file.name for file in path.parent.iterdir() if "journal" not in file.name) == [
        "almanac.db",
        "copy.db",
    ]


HALF_DONE = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN IMMEDIATE")
db.executemany("INSERT INTO event VALUES ('SDU', ?, 's', 'info', 'x', 1, 1)", [(n,) for n in range(20000)])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_pass_left_half_done_hinders_neither_copy_nor_check(store, path):
    record(store, 0)
    before = content(store)
    subprocess.run([sys.executable, "-c", HALF_DONE, path], check=False)
    assert path.with_name("almanac.db-journal").stat().st_size > 0
    maintenance.backup(path, path.with_name("copy.db"))
    with Store.open(path.with_name("copy.db")) as copy:
        assert content(copy) == before
    assert maintenance.check(path) == []


def test_a_copy_never_takes_the_place_of_the_database(store, path):
    (path.parent / "link.db").symlink_to(path)
    for target in (path, path.parent / "link.db"):
        with pytest.raises(Misplaced, match="is the database itself; name another file for its copy"):
            maintenance.backup(path, target)


def test_a_copy_takes_the_place_of_no_folder_and_no_device(store, path, tmp_path):
    pipe, folder = tmp_path / "pipe", tmp_path / "folder"
    os.mkfifo(pipe)
    folder.mkdir()
    for target in (pipe, folder):
        with pytest.raises(Misplaced, match="is no plain file; name a file for the copy"):
            maintenance.backup(path, target)
    assert (pipe.is_fifo(), list(folder.iterdir())) == (True, [])


def test_a_file_in_the_place_of_a_folder_is_told_with_its_mend(store, path, tmp_path):
    (tmp_path / "file").touch()
    for use in (
        lambda: PassLock(tmp_path / "file/almanac.lock").__enter__(),
        lambda: Store.open(tmp_path / "file/below/almanac.db"),
        lambda: maintenance.backup(path, tmp_path / "file/copy.db"),
    ):
        with pytest.raises(
            Misplaced, match="a file is in its way; move that file away, or name another folder"
        ) as told:
            use()
        assert told.value.exit_status == 2


def test_a_copy_that_does_not_fit_leaves_the_one_before(store, path, tmp_path):
    record(store, 0, Reading(tuple(Observation(ITEM, "size", START - n, 1.0, "bytes") for n in range(50_000))))
    with mounted(tmp_path / "small", "-o", "size=200k") as folder:
        (folder / "copy.db").write_text("the one before")
        with pytest.raises(StoreError, match="full") as raised:
            maintenance.backup(path, folder / "copy.db")
        assert str(raised.value).startswith(f"{folder / 'copy.db'}: ")
        assert [(file.name, file.read_text()) for file in folder.iterdir()] == [("copy.db", "the one before")]


def test_odd_characters_in_the_path_are_plain_characters(tmp_path):
    path = tmp_path / "50% of #1?mode=memory & é" / "almanac.db"
    with Store.open(path) as store:
        record(store, 0)
    maintenance.backup(path, path.with_name("copy.db"))
    assert maintenance.check(path.with_name("copy.db")) == []
    with Store.open(path) as store, Store.open(path.with_name("copy.db")) as copy:
        assert content(copy) == content(store)


def test_a_full_disk_is_one_sentence_and_nothing_recorded_is_lost(tmp_path):
    with mounted(tmp_path / "small", "-o", "size=400k") as folder:
        path = folder / "almanac.db"
        with Store.open(path) as store:
            record(store, 0)
            before = content(store)
            many = Reading(tuple(Observation(ITEM, "size", START - n, 1.0, "bytes") for n in range(50_000)))
            pass_id = store.begin_pass(night(1))
            with pytest.raises(StoreError) as raised:
                record(store, 1, many)
            assert str(raised.value) == (
                f"{path}: database or disk is full: No space left on its disk; make room there,"
                " the next pass goes on from what is recorded"
            )
            assert raised.value.exit_status == 4
            assert [line for line in content(store) if f"VALUES({pass_id},{night(1)},NULL)" not in line] == before
        assert maintenance.check(path) == []
        with Store.open(path) as store:
            record(store, 1)
            assert query.last_pass(store.db).started == night(1)


def test_a_disk_that_may_not_be_written_is_one_sentence(tmp_path):
    with mounted(tmp_path / "closed") as folder:
        with Store.open(folder / "almanac.db") as store:
            record(store, 0)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        with Store.open(folder / "almanac.db") as store, pytest.raises(StoreError, match="this user may not write it"):
            store.begin_pass(night(1))
        assert maintenance.check(folder / "almanac.db") == []
        maintenance.backup(folder / "almanac.db", tmp_path / "copy.db")
        with (
            pytest.raises(StoreError, match="Read-only file system; mend that and run again"),
            PassLock(folder / "lock"),
        ):
            pass


def test_a_database_that_another_holds_is_one_sentence(store, path, monkeypatch):
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.1)
    store.db.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="another program holds it; try again when that has ended"):
        Store.open(path)
    store.db.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("content_of", "wanted"),
    [
        (b"no database " * 500, "file is not a database: it is no SQLite database; name another folder in site.data"),
        (b"SQLite format 3\0" + b"\x07" * 5000, "not a database"),
    ],
)
def test_a_file_that_is_no_database_is_left_as_it_is(path, content_of, wanted):
    path.parent.mkdir()
    path.write_bytes(content_of)
    for use in (Store.open, maintenance.check, lambda path: maintenance.backup(path, path.with_name("copy.db"))):
        with pytest.raises(StoreError, match=wanted) as raised:
            use(path)
        assert str(raised.value).startswith(f"{path}: ")
    assert path.read_bytes() == content_of
    assert [file.name for file in path.parent.iterdir()] == ["almanac.db"]


def test_no_database_is_nothing_to_copy_or_check(path):
    for use in (maintenance.check, lambda path: maintenance.backup(path, path.with_name("copy.db"))):
        with pytest.raises(StoreError, match="there is no such file; a pass makes it: almanac nightly"):
            use(path)
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="this user may not open or make it"):
        Store.open(path)


def test_a_damaged_database_is_told(store, path):
    record(store, 0, Reading(tuple(Observation(ITEM, "size", START - n, 1.0, "bytes") for n in range(20_000))))
    store.db.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(8192))
    assert maintenance.check(path) != []


def test_a_damaged_database_never_takes_the_place_of_a_good_copy(store, path):
    copy = path.with_name("copy.db")
    record(store, 0, Reading(tuple(Observation(ITEM, "size", START - n, 1.0, "bytes") for n in range(20_000))))
    maintenance.backup(path, copy)
    good = copy.read_bytes()
    store.db.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(8192))
    with pytest.raises(StoreError) as raised:
        maintenance.backup(path, copy)
    assert str(raised.value) == f"{path}: is not sound, so {copy} is left as it was; see: almanac db check"
    assert copy.read_bytes() == good
    assert sorted(file.name for file in path.parent.iterdir()) == ["almanac.db", "copy.db"]


def test_an_empty_file_is_not_sound_and_makes_no_copy(path):
    path.parent.mkdir()
    path.touch()
    assert maintenance.check(path) == ["holds nothing of Almanac's; put a backup in its place"]
    with pytest.raises(StoreError, match="is not sound"):
        maintenance.backup(path, path.with_name("copy.db"))
    assert not path.with_name("copy.db").exists()


def test_the_database_of_another_program_is_left_as_it_is(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE pass (word TEXT)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as raised:
        Store.open(path)
    assert str(raised.value) == f"{path}: is a database of another program; name another folder in site.data"
    assert path.read_bytes() == before
    assert maintenance.check(path) == ["holds nothing of Almanac's; put a backup in its place"]


def test_a_row_that_belongs_to_none_is_told(store, path):
    record(store, 0)
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM pass")
    assert maintenance.check(path) == [
        "attempt: a row belongs to no row of pass",
        "answer: a row belongs to no row of pass",
    ]


def test_a_database_of_a_newer_version_is_left_alone(store, path):
    with store.db:
        store.db.execute("INSERT INTO _sqlite_migrations VALUES (NULL, 'almanac', 'of_tomorrow', '2027')")
    before = content(store)
    with pytest.raises(StoreError, match="was made by a newer version of Almanac; install that version again"):
        Store.open(path)
    assert content(store) == before


def test_opening_again_migrates_nothing(store, path):
    before = content(store)
    with Store.open(path) as again:
        assert content(again) == before


HOLDER = """
import sys, time
from pathlib import Path
from collector.store.lock import PassLock
with PassLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(3000)
"""


def test_a_second_pass_is_told_who_holds_the_lock_and_a_killed_one_holds_none(tmp_path):
    lock = tmp_path / "data" / "almanac.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, lock], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(
            LockHeld, match=rf"another pass runs: process {holder.pid} on \S+ since 20\S+ \S+ UTC"
        ) as raised:
            PassLock(lock).__enter__()
        assert raised.value.exit_status == 3
        open_files = len(list(Path("/proc/self/fd").iterdir()))
        with pytest.raises(LockHeld):
            PassLock(lock).__enter__()
        assert len(list(Path("/proc/self/fd").iterdir())) == open_files
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    for _ in range(2):
        with PassLock(lock), pytest.raises(LockHeld, match=f"process {os.getpid()} "), PassLock(lock):
            pass
