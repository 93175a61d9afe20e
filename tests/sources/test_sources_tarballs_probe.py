"""The tarballs probe, really run in every shell on a real file system."""

import gzip
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.model import Answer, Outcome, printable
from collector.sources import tarballs

ZONE = ZoneInfo("Asia/Taipei")
STAMP = int(datetime(2026, 11, 23, 16, 10, 23, tzinfo=ZONE).timestamp())
ASKED = STAMP + 7200
NEWEST = "2026/11/23/161023"
ODD = [
    b"plain",
    b"with space",
    b'it\'s "$(id)" `id`',
    b"two\nlines",
    b"tab\tand*star",
    b"-n",
    b"caf\xe9",
    "café".encode(),
]


def backup(item, stamp=NEWEST, content=b"x", file=None, sidecar=True):
    """One tarball as env's scm-backup leaves it, made a minute after the stamp; returns its path."""
    folder = item / stamp
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (file or f"{item.name}.tar.gz")
    path.write_bytes(content)
    made = int(datetime.strptime(stamp, "%Y/%m/%d/%H%M%S").replace(tzinfo=ZONE).timestamp()) + 60
    os.utime(path, (made, made))
    if sidecar:
        digest = hashlib.md5(content).hexdigest()
        Path(f"{path}.dna").write_text(f"{{'dig': '{digest}', 'size': {len(content)}}}\n")
    return path


def read(folder, done, **chosen):
    configured = tarballs.Settings(kind="tarballs", folder=str(folder), **chosen)
    answer = Answer("C", "tarballs", "tarballs", ASKED, Outcome.OK, hub="C2", zone=ZONE, body=done.stdout)
    return tarballs.parse(configured, answer)


def probe(folder, **chosen):
    return tarballs.probe(tarballs.Settings(kind="tarballs", folder=str(folder), **chosen))


def states(reading, metric):
    return {s.subject.partition(":")[2]: s.value for s in reading.states if s.metric == metric}


def numbers(reading, metric):
    return {o.subject.partition(":")[2]: o.value for o in reading.observations if o.metric == metric}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "it's $HOME" / "backup" / "cms02"
    made.mkdir(parents=True)
    return made


def test_any_file_name_is_ordinary_input(ask, folder):
    for length, name in enumerate(ODD, 1):
        backup(folder / "repos" / os.fsdecode(name), content=b"x" * length)
    done = ask(probe(folder, verify=["newest", "digest"]))
    reading = read(folder, done, verify=["newest", "digest"])
    assert (done.returncode, done.stderr, reading.faults) == (0, b"", ())
    names = ["plain", "with space", 'it\'s "$(id)" `id`', "two\\nlines", "tab\\tand*star", "-n", "caf\\xe9", "café"]
    assert numbers(reading, "size") == {f"C2/repos/{name}": length for length, name in enumerate(names, 1)}
    assert numbers(reading, "duration") == {f"C2/repos/{name}": 60 for name in names}
    untested = {"C2/repos/two\\nlines"}  # sed and awk read lines
    assert states(reading, "digest") == {
        f"C2/repos/{name}": "unverified" if f"C2/repos/{name}" in untested else "same" for name in names
    }
    assert states(reading, "archive").keys() == {f"C2/repos/{name}" for name in names} - untested


def test_the_faults_of_a_backup_are_told_apart(ask, folder):
    item = {name: folder / "tracs" / name for name in ("good", "torn", "bare", "rotten", "gone", "moving")}
    whole = gzip.compress(b"backup" * 1000)
    for name in ("good", "torn", "bare", "rotten"):
        backup(item[name], "2026/11/20/161023", b"older and not even gzip")
        backup(item[name], content=whole, sidecar=name != "bare")
        (folder / "tracs" / name / "last").symlink_to(NEWEST)
    (folder / "tracs/torn" / NEWEST / "torn.tar.gz").write_bytes(whole[:-20])
    rotten = bytearray(whole)
    rotten[20] ^= 255
    (folder / "tracs/rotten" / NEWEST / "rotten.tar.gz").write_bytes(bytes(rotten))
    item["gone"].mkdir()
    (folder / "tracs/gone/last").symlink_to("2026/11/01/161023")
    moving = folder / "tracs/moving" / NEWEST
    moving.mkdir(parents=True)
    (moving / ".moving.tar.gz.Ab12Cd").write_bytes(b"half")
    (folder / "LOCKED").mkdir()
    (folder / "LOCKED/scm-backup-rsync-starting-to-C-started-2026-11-23@17:10:23").touch()
    done = ask(probe(folder, verify=["newest", "digest"]))
    reading = read(folder, done, verify=["newest", "digest"])
    assert (done.returncode, done.stderr, reading.faults) == (0, b"", ())
    assert states(reading, "digest") == {
        "C2/tracs/good": "same",
        "C2/tracs/torn": "differs",
        "C2/tracs/bare": "absent",
        "C2/tracs/rotten": "differs",
    }
    broken = {"C2/tracs/torn": "broken", "C2/tracs/rotten": "broken"}
    assert states(reading, "archive") == {"C2/tracs/good": "sound", "C2/tracs/bare": "sound"} | broken
    assert states(reading, "last")["C2/tracs/good"] == "ok"
    assert states(reading, "last")["C2/tracs/gone"] == "dangling"
    assert {name for name, value in states(reading, "transfer").items() if value == "unfinished"} == {"C2/tracs/moving"}
    counts = {"good": 2, "torn": 2, "bare": 2, "rotten": 2, "gone": 0, "moving": 0}
    assert numbers(reading, "count") == {"C2": 6} | {f"C2/tracs/{name}": count for name, count in counts.items()}
    assert states(reading, "lock") == {"C2": "held"}
    assert numbers(reading, "age")["C2"] == ASKED - STAMP - 3600


def test_a_name_with_a_newline_can_not_pass_for_a_newer_tarball(ask, folder):
    backup(folder / "repos/env", content=gzip.compress(b"x"))
    backup(folder / "q\n." / "repos/env", "2026/11/24/161023")  # find prints a line ./repos/env/2026/11/24/...
    reading = read(folder, ask(probe(folder, verify="newest")), verify="newest")
    assert states(reading, "archive") == {"C2/repos/env": "sound"}


def test_sparse_files_of_many_gigabytes_have_their_apparent_size(ask, folder):
    path = backup(folder / "svn/dybsvn", sidecar=False)
    os.truncate(path, 6_000_000_000)
    assert numbers(read(folder, ask(probe(folder))), "size") == {"C2/svn/dybsvn": 6_000_000_000}


@pytest.mark.parametrize(
    ("layout", "files", "newest"),
    [
        ("rotations", ["web.tar.gz.1", "web.tar.gz.2", "web.tar.gz.10"], "web.tar.gz.1"),
        ("rotations", ["web.tar.gz", "web.1.tar.gz"], "web.tar.gz"),
        ("dated-files", ["web-2026-09-30.tar.gz", "web-2026-10-01_0300.tar.gz"], "web-2026-10-01_0300.tar.gz"),
        ("dated-folders", ["2026-10-01/web.tar.gz", "2026-09-30/web.tar.gz"], "web.tar.gz"),
    ],
)
def test_each_preset_tests_the_newest_alone(ask, folder, layout, files, newest):
    for file in files:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(gzip.compress(b"x"))
        os.utime(folder / file, (STAMP, STAMP))
    done = ask(probe(folder, layout=layout, verify="newest"))
    reading = read(folder, done, layout=layout, verify="newest")
    assert done.stdout.count(b"//A 0 gzip//") == 1
    assert states(reading, "newest") == {"C2/web": newest}
    assert states(reading, "archive") == {"C2/web": "sound"}


@pytest.mark.parametrize(("what", "said"), [("absent", b"there is no folder "), ("a file", b"there is no folder ")])
def test_a_folder_that_is_not_there_fails_with_a_sentence(ask, tmp_path, what, said):
    place = tmp_path / "no 'folder'"
    if what == "a file":
        place.touch()
    done = ask(probe(place))
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == said + os.fsencode(place) + b"\n"


def test_a_node_without_stat_is_listed_by_ls(ask, folder, tmp_path):
    backup(folder / "repos/two\nlines", content=b"12345")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("find", "sh", "ls", "sed", "id", "readlink", "head"):
        (tools / tool).symlink_to(shutil.which(tool))
    reading = read(folder, ask(probe(folder), path=str(tools)))
    assert numbers(reading, "size") == {"C2/repos/two\\nlines": 5}
    assert numbers(reading, "duration") == {}
    assert reading.faults == ()


def test_a_find_that_does_not_know_an_option_is_a_failure_and_no_empty_folder(ask, folder, tmp_path):
    backup(folder / "repos/env")
    find = tmp_path / "find"
    find.write_text(
        '#!/bin/sh\ncase " $* " in *" -path "*) echo "find: unrecognized: -path" >&2; exit 1;; esac\nexec /usr/bin/find "$@"\n'
    )
    find.chmod(0o755)
    reading = read(folder, ask(probe(folder), path=f"{tmp_path}:{os.environ['PATH']}"))
    assert reading.observations == ()
    assert {state.subject for state in reading.states} == {"lock:C2"}
    assert [fault.text for fault in reading.faults][1:] == ["find: unrecognized: -path"]


def test_a_missing_tool_leaves_archives_untested_and_says_so(ask, folder, tmp_path):
    backup(folder / "repos/env", file="env.tar.zst")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("find", "sh", "stat", "sed", "awk", "sort", "head", "readlink"):
        (tools / tool).symlink_to(shutil.which(tool))
    done = ask(probe(folder, verify=["newest", "digest"]), path=str(tools))
    reading = read(folder, done, verify=["newest", "digest"])
    assert states(reading, "archive") == {}
    assert states(reading, "digest") == {"C2/repos/env": "unverified"}
    path = f"./repos/env/{NEWEST}/env.tar.zst"
    assert [fault.text for fault in reading.faults] == [
        f"{path} can't be tested: there is no zstd",
        f"{path} can't be summed: there is no md5sum, md5 or openssl",
    ]


CLOSED = [b"clo'sed", b"clo\\sed", b"caf\xe9", b"two\nlines", *(b"many%d" % number for number in range(150))]


@pytest.fixture
def open_place():
    """A folder that every user can enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_a_closed_folder_is_told_and_nothing_in_it_is_counted(open_place, shell):
    """Seen as another user than the root that tests run as."""
    folder, tools = open_place / "backup", open_place / "tools"
    tools.mkdir()
    subprocess.run(["busybox", "--install", "-s", tools], check=True)
    items = [folder / "repos" / os.fsdecode(name) for name in CLOSED]
    for item in [*items, folder / "repos/day", folder / "tracs/env", folder / "repos/open"]:
        backup(item)
    closed = [*items, folder / "repos/day" / NEWEST, folder / "tracs"]
    for path in closed:
        path.chmod(0o700 if os.getuid() == 0 else 0)
    busy = shell == "busybox"
    done = subprocess.run(
        [tools / "sh" if busy else shell, "-c", probe(folder)],
        env={"LC_ALL": "C", "PATH": str(tools) if busy else os.environ["PATH"]},
        capture_output=True,
        **({"user": "nobody"} if os.getuid() == 0 else {}),
    )
    for path in closed:
        path.chmod(0o755)
    reading = read(folder, done)
    listings = {s.subject.partition(":")[2]: s.value for s in reading.states if s.metric == "listing"}
    assert listings.pop("C2/repos/open") == "whole"
    assert listings.keys() == {"C2", "C2/repos/day"} | {f"C2/repos/{printable(name)}" for name in CLOSED}
    assert set(listings.values()) == {"partial"}
    assert numbers(reading, "count") == {"C2/repos/open": 1}
    assert len(reading.faults) > 99


def test_two_years_of_twenty_items_are_read_within_half_a_second():
    """14,600 tarballs with their sidecars: linear, about 0.3 s where this was written; the bound leaves room for noise."""
    lines = [b"//F 4096 1 1 41ed//.//\n"]
    dna = "{'dig': 'f3e450f405704c1cabb3f32f4196af96', 'size': 1000}"
    paths = [
        f"./svn/item{item}/{2024 + day // 365}/{day % 12 + 1:02}/{day % 28 + 1:02}/{day % 24:02}{day % 60:02}00/item{item}-{day}.tar.gz"
        for item in range(20)
        for day in range(730)
    ]
    lines += [f"//F 1000 {STAMP} {STAMP} 81a4//{path}//\n".encode() for path in paths] + [b"//. listing////\n"]
    lines += [f"//D//{path}.dna//{dna}\n".encode() for path in paths] + [b"//. sidecars////\n//. links////\n"]
    done = subprocess.CompletedProcess([], 0, b"".join(lines))
    began = time.process_time()
    reading = read("/b", done, locks=())
    assert time.process_time() - began < 1.5
    assert sum(numbers(reading, "count").values()) == 14_600 + 20
