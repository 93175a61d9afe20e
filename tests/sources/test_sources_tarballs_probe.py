"""The tarballs probe, really run in every shell on a real file system."""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.model import Answer, Outcome, printable
from collector.sources import _listing, tarballs

ZONE = ZoneInfo("Asia/Taipei")
STAMP = int(datetime(2024, 11, 23, 16, 10, 23, tzinfo=ZONE).timestamp())
ASKED = STAMP + 7200
NEWEST = "2024/11/23/161023"
TWICE = 1414272600
"""Moscow turned its clock back then, and not from summer time."""
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


def packed(content=b"backup" * 1000, cut=0):
    """A gzipped tar; `cut` takes bytes off the tar's end."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo("backup/db")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return gzip.compress(inner.getvalue()[: len(inner.getvalue()) - cut], mtime=0)


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


@pytest.fixture
def open_place():
    """A folder that every user can enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


def test_any_file_name_is_ordinary_input(ask, folder):
    for length, name in enumerate(ODD, 1):
        backup(folder / "repos" / os.fsdecode(name), content=b"x" * length)
    done = ask(probe(folder, verify=["newest", "digest"]))
    reading = read(folder, done, verify=["newest", "digest"])
    assert (done.returncode, done.stderr, reading.faults) == (0, b"", ())
    names = ["plain", "with space", 'it\'s "$(id)" `id`', "two\\nlines", "tab\\tand*star", "-n", "caf\\xe9", "café"]
    assert numbers(reading, "size") == {f"C2/repos/{name}": length for length, name in enumerate(names, 1)}
    assert numbers(reading, "duration") == {f"C2/repos/{name}": 60 for name in names}
    untested = {"C2/repos/two\\nlines": "untested"}  # sed and awk read lines
    assert states(reading, "digest") == {f"C2/repos/{name}": "same" for name in names} | untested
    assert states(reading, "archive") == {f"C2/repos/{name}": "broken" for name in names} | untested
    details = {s.metric: s.detail for s in reading.states if s.value == "untested"}
    assert [detail.rpartition(": ")[2] or detail for detail in details.values()] == ["its name holds a newline"] * 2


def test_the_faults_of_a_backup_are_told_apart(ask, folder):
    item = {name: folder / "tracs" / name for name in ("good", "torn", "bare", "rotten", "gone", "moving")}
    whole = packed()
    for name in ("good", "torn", "bare", "rotten"):
        backup(item[name], "2024/11/20/161023", b"older and not even gzip")
        backup(item[name], content=whole, sidecar=name != "bare")
        (folder / "tracs" / name / "last").symlink_to(NEWEST)
    (folder / "tracs/torn" / NEWEST / "torn.tar.gz").write_bytes(whole[:-20])
    rotten = bytearray(whole)
    rotten[20] ^= 255
    (folder / "tracs/rotten" / NEWEST / "rotten.tar.gz").write_bytes(bytes(rotten))
    item["gone"].mkdir()
    (folder / "tracs/gone/last").symlink_to("2024/11/01/161023")
    moving = folder / "tracs/moving" / NEWEST
    moving.mkdir(parents=True)
    (moving / ".moving.tar.gz.Ab12Cd").write_bytes(b"half")
    (folder / "LOCKED").mkdir()
    (folder / "LOCKED/scm-backup-rsync-starting-to-C-started-2024-11-23@17:10:23").touch()
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
    backup(folder / "repos/env", content=packed())
    backup(folder / "q\n." / "repos/env", "2024/11/24/161023")  # find prints a line ./repos/env/2024/11/24/...
    reading = read(folder, ask(probe(folder, verify="newest")), verify="newest")
    assert states(reading, "archive") == {"C2/repos/env": "sound"}


def test_an_item_or_a_kind_that_is_a_link_is_told_and_not_followed(ask, folder, tmp_path):
    backup(tmp_path / "elsewhere/env")
    backup(folder / "repos/env")
    (folder / "repos/moved").symlink_to(tmp_path / "elsewhere/env")
    (folder / "tracs").symlink_to(tmp_path / "elsewhere")
    (folder / "repos/env/last").symlink_to(NEWEST)
    reading = read(folder, ask(probe(folder)))
    assert numbers(reading, "count") == {"C2": 1, "C2/repos/env": 1}
    reason = "it is no regular file or folder; links are not followed"
    assert [(fault.text, fault.reason) for fault in reading.faults] == [("repos/moved", reason), ("tracs", reason)]


def test_sparse_files_of_many_gigabytes_have_their_apparent_size(ask, folder):
    path = backup(folder / "svn/dybsvn", sidecar=False)
    os.truncate(path, 6_000_000_000)
    assert numbers(read(folder, ask(probe(folder))), "size") == {"C2/svn/dybsvn": 6_000_000_000}


@pytest.mark.parametrize(
    ("layout", "files", "newest"),
    [
        ("rotations", ["web.tar.gz.1", "web.tar.gz.2", "web.tar.gz.10"], "web.tar.gz.1"),
        ("rotations", ["web.tar.gz", "web.1.tar.gz"], "web.tar.gz"),
        ("dated-files", ["web-2024-09-30.tar.gz", "web-2024-10-01_0300.tar.gz"], "web-2024-10-01_0300.tar.gz"),
        ("dated-folders", ["2024-10-01/web.tar.gz", "2024-09-30/web.tar.gz"], "web.tar.gz"),
    ],
)
def test_each_preset_tests_the_newest_alone(ask, folder, layout, files, newest):
    for file in files:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(packed())
        os.utime(folder / file, (STAMP, STAMP))
    done = ask(probe(folder, layout=layout, verify="newest"))
    reading = read(folder, done, layout=layout, verify="newest")
    assert (done.stdout.count(b"//A 0 gzip//"), done.stdout.count(b"//A 0 tar//")) == (1, 1)
    assert states(reading, "newest") == {"C2/web": newest}
    assert states(reading, "archive") == {"C2/web": "sound"}


@pytest.mark.parametrize(
    ("file", "content", "wanted"),
    [
        ("env.tar.gz", packed(), ("sound", "gzip ended with status 0")),
        ("env.tgz", packed()[:-20], ("broken", "unexpected end of file|short read")),
        ("env.tar.gz", packed(cut=9000), ("broken", "Unexpected EOF in archive|short read")),
        ("env.tar.gz", gzip.compress(b"no tar at all" * 99), ("broken", "does not look like a tar archive|invalid tar magic")),
        ("env.tar.xz", b"no xz at all" * 99, ("broken", "format not recognized|tar")),
        ("env.tar.xz", lzma.compress(gzip.decompress(packed())), ("sound", "xz ended with status 0")),
        ("env.tar.bz2", bz2.compress(gzip.decompress(packed()))[:-9], ("broken", "bzip2|short read|unexpected")),
        ("env.tar", gzip.decompress(packed()), ("sound", "tar ended with status 0")),
        ("env.tar", gzip.decompress(packed(cut=9000)), ("broken", "Unexpected EOF in archive|short read")),
    ],
    # Without names of ours the content would be the name, and gzip's clock in it: xdist's workers have to agree on names.
    ids=["whole", "cut gzip", "cut tar", "gzip of no tar", "no xz", "xz", "cut bzip2", "plain tar", "cut plain tar"],
)  # fmt: skip
def test_an_archive_is_sound_if_it_unpacks_to_a_whole_tar(ask, folder, file, content, wanted):
    backup(folder / "repos/env", content=content, file=file)
    reading = read(folder, ask(probe(folder, verify="newest")), verify="newest")
    ((value, detail),) = [(s.value, s.detail) for s in reading.states if s.metric == "archive"]
    assert (value, reading.faults) == (wanted[0], ())
    assert re.search(wanted[1], detail), detail


def test_what_is_no_tar_by_its_name_is_only_unpacked_and_what_nobody_knows_is_untested(ask, folder):
    chosen = {"pattern": "{name}-{yyyy}{mm}{dd}.{file}", "verify": "newest"}
    for name, content in {"sql-20241120.gz": gzip.compress(b"x"), "zip-20241120.zip": b"PK"}.items():
        (folder / name).write_bytes(content)
    reading = read(folder, ask(probe(folder, **chosen)), **chosen)
    assert states(reading, "archive") == {"C2/sql": "sound", "C2/zip": "untested"}


def test_a_stamp_of_the_far_future_is_not_the_newest(ask, folder):
    backup(folder / "repos/env", content=b"torn")
    backup(folder / "repos/env", "2036/01/01/000000", content=packed())
    reading = read(folder, ask(probe(folder, verify=["newest", "digest"])), verify=["newest", "digest"])
    assert (states(reading, "archive"), states(reading, "digest")) == (
        {"C2/repos/env": "broken"},
        {"C2/repos/env": "same"},
    )


def test_a_time_of_an_hour_that_came_twice_is_told_as_it_is(ask, folder):
    backup(folder / "repos/env")
    for file in folder.rglob("*.tar.gz"):
        os.utime(file, (TWICE, TWICE))
    done = ask(f"TZ=Europe/Moscow\nexport TZ\n{probe(folder)}")
    assert TWICE in {entry.modified for entry in _listing.read(done.stdout).entries}


def test_a_newest_that_can_not_be_read_is_untested(open_place):
    path = backup(open_place / "repos/env", content=packed())
    path.chmod(0o600 if os.getuid() == 0 else 0)
    user = {"user": "nobody"} if os.getuid() == 0 else {}
    done = subprocess.run(["sh", "-c", probe(open_place, verify="newest")], capture_output=True, **user)
    reading = read(open_place, done, verify="newest")
    told = [(s.value, s.detail) for s in reading.states if s.metric == "archive"]
    assert told == [("untested", "it is not readable")]


@pytest.mark.parametrize(("what", "said"), [("absent", b"there is no folder "), ("a file", b"there is no folder ")])
def test_a_folder_that_is_not_there_fails_with_a_sentence(ask, tmp_path, what, said):
    place = tmp_path / "no 'folder'"
    if what == "a file":
        place.touch()
    done = ask(probe(place))
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == said + os.fsencode(place) + b"\n"


@pytest.mark.parametrize("is_there", [True, False])
def test_a_target_of_a_link_can_not_pass_for_a_tarball(ask, folder, tmp_path, is_there):
    backup(folder / "repos/env")
    target = f"{tmp_path}/out\n//F 9 1 1 8000//./repos/env/2024/11/24/161023/env.tar.gz//"
    if is_there:
        Path(target).mkdir(parents=True)
    (folder / "repos/env/last").symlink_to(target)
    reading = read(folder, ask(probe(folder)))
    assert numbers(reading, "count")["C2/repos/env"] == 1
    assert is_there or states(reading, "last") == {"C2/repos/env": "dangling"}
    assert reading.faults == ()


def test_a_node_without_stat_is_listed_by_ls(ask, folder, tmp_path):
    backup(folder / "repos/two\nlines", content=b"12345")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "find").symlink_to(shutil.which("busybox"))  # GNU's needs none
    for tool in ("sh", "ls", "sed", "id", "readlink", "head"):
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
    assert states(reading, "archive") == {"C2/repos/env": "untested"}
    assert states(reading, "digest") == {"C2/repos/env": "untested"}
    assert {s.detail.rpartition(": ")[2] for s in reading.states if s.value == "untested"} == {
        "there is no zstd",
        "there is no md5sum, md5 or openssl",
    }
    path = f"./repos/env/{NEWEST}/env.tar.zst"
    assert [fault.text for fault in reading.faults] == [
        f"{path} can't be tested: there is no zstd",
        f"{path} can't be summed: there is no md5sum, md5 or openssl",
    ]


CLOSED = [b"clo'sed", b"clo\\sed", b"caf\xe9", b"two\nlines", *(b"many%d" % number for number in range(150))]


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


def test_two_years_of_twenty_items_are_read_whole():
    lines = [b"//F 4096 1 1 41ed//.//\n"]
    dna = "{'dig': 'f3e450f405704c1cabb3f32f4196af96', 'size': 1000}"
    paths = [
        f"./svn/item{item}/{2022 + day // 365}/{day % 12 + 1:02}/{day % 28 + 1:02}/{day % 24:02}{day % 60:02}00/item{item}-{day}.tar.gz"
        for item in range(20)
        for day in range(730)
    ]
    lines += [f"//F 1000 {STAMP} {STAMP} 81a4//{path}//\n".encode() for path in paths] + [b"//. listing////\n"]
    lines += [f"//D//{path}.dna//{dna}\n".encode() for path in paths] + [b"//. sidecars////\n//. links////\n"]
    done = subprocess.CompletedProcess([], 0, b"".join(lines))
    reading = read("/b", done, locks=())
    assert sum(numbers(reading, "count").values()) == 14_600 + 20


def test_a_sidecar_that_is_far_too_long_is_told_and_not_read(ask, tmp_path):
    long = backup(tmp_path / "svn" / "long", sidecar=False)
    Path(f"{long}.dna").write_text("{" * 5000)
    backup(tmp_path / "svn" / "well")
    done = ask(probe(tmp_path))
    assert b"{{{" not in done.stdout
    assert done.stdout.count(b".dna//") == 2
    assert states(read(tmp_path, done), "digest") == {"C2/svn/long": "unreadable", "C2/svn/well": "unverified"}
