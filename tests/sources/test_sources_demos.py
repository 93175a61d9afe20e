"""Logs of demos in a folder that anybody may write to, with real processes, and the libraries that write them."""

import os
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Answer, Outcome
from collector.sources import demos

ASKED = 1795500000
LIBRARIES = files("collector") / "libraries"
BOOT = Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class Node:
    """A folder of demos' logs, read pass after pass."""

    def __init__(self, ask, folder):
        self.folder, self.cursor, self._ask = folder, {}, ask
        self.settings = demos.Settings(kind="demos", folder=str(folder))

    def write(self, token, text):
        file = self.folder / f"dvic_log_{token}"
        with file.open("ab") as log:
            log.write(text if isinstance(text, bytes) else text.encode())
        return file

    def read(self):
        done = self._ask(demos.probe(self.settings, self.cursor))
        assert (done.returncode, done.stderr) == (0, b"")
        self.reading = demos.parse(self.settings, Answer("here", "demos", "demos", ASKED, Outcome.OK, body=done.stdout))
        self.cursor = {**self.cursor, **self.reading.cursor}
        return [(one.subject, one.level, one.text) for one in self.reading.lines]

    @property
    def states(self):
        return {one.subject: one.value for one in self.reading.states if one.metric == "state"}

    @property
    def reasons(self):
        return [(one.text, one.reason) for one in self.reading.faults]


@pytest.fixture
def node(ask, tmp_path):
    return Node(ask, tmp_path)


@pytest.fixture
def process():
    with subprocess.Popen(["sleep", "60"]) as started:
        yield started
        started.kill()


def head(pid, start=None, boot=BOOT, program="/opt/demo/robot arm.py"):
    begun = start or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return f"dvic-log 1 {pid} {begun} {boot} root {program}\n"


def test_a_demo_that_runs_is_alive_and_dead_once_it_is_gone(node, process):
    node.write("a1", head(process.pid) + "Log : up\nWarning : hot\nhalf")
    assert node.read() == [("log:robot arm.py", "info", "Log : up"), ("log:robot arm.py", "warning", "Warning : hot")]
    assert node.states == {"demo:robot arm.py": "alive"}
    process.kill()
    process.wait()
    node.write("a1", " a line\nError : burnt\n")
    assert node.read() == [("log:robot arm.py", "info", "half a line"), ("log:robot arm.py", "error", "Error : burnt")]
    assert node.states == {"demo:robot arm.py": "dead"}
    counted = {one.metric: one.value for one in node.reading.observations}
    assert counted == {"lines": 2, "warnings": 0, "errors": 1, "critical": 0}
    assert node.reasons == []


@pytest.mark.parametrize("changed", [{"start": "1"}, {"boot": "0" * 8}])
def test_another_process_with_the_same_id_is_not_the_demo(node, process, changed):
    node.write("a1", head(process.pid, **changed))
    node.read()
    assert node.states == {"demo:robot arm.py": "dead"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_process_of_another_user_is_not_the_demo(node, process):
    os.chown(node.write("a1", head(process.pid)), 65534, 65534)
    node.read()
    assert node.states == {"demo:robot arm.py": "dead"}


HIDDEN = 'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"'


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount /proc anew")
@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_of_a_process_that_may_not_be_seen_nothing_is_said(shell, process):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "dvic_log_a").write_text(head(process.pid))
        (Path(folder) / "dvic_log_b").write_text(head(4_194_305, start="1", program="/opt/gone"))
        settings = demos.Settings(kind="demos", folder=folder, docker=False)
        command = ["unshare", "-m", "sh", "-c", HIDDEN, "sh", *shell.split(), "-c", demos.probe(settings, {})]
        done = subprocess.run(command, capture_output=True, check=True)
    reading = demos.parse(settings, Answer("here", "demos", "demos", ASKED, Outcome.OK, body=done.stdout))
    states = {one.subject: one.value for one in reading.states if one.metric == "state"}
    assert states == {"demo:robot arm.py": "unknown", "demo:gone": "dead"}


def test_a_demo_that_said_goodbye_is_not_running(node):
    node.write("a1", head(9, start="1") + "Log : up\ndvic-log end\n")
    assert node.read() == [("log:robot arm.py", "info", "Log : up")]
    assert node.states == {"demo:robot arm.py": "not running"}


def test_of_several_runs_the_one_that_lives_tells_the_state(node, process):
    node.write("live", head(process.pid))
    node.write("gone", head(9, start="1"))
    os.utime(node.folder / "dvic_log_live", (ASKED, ASKED))
    node.read()
    assert node.states == {"demo:robot arm.py": "alive"}


def test_a_file_without_a_first_line_is_read_too(node):
    node.write("old", "Log : text\n")
    assert node.read() == [("log:old", "info", "Log : text")]
    assert (node.states, node.cursor.keys()) == ({}, {"old"})


def test_links_pipes_and_second_names_are_never_read(node, tmp_path_factory):
    secret = tmp_path_factory.mktemp("other") / "secret"
    secret.write_text("Log : secret\n")
    (node.folder / "dvic_log_link").symlink_to(secret)
    (node.folder / "dvic_log_hard").hardlink_to(secret)
    (node.folder / "dvic_log_dir").mkdir()
    os.mkfifo(node.folder / "dvic_log_fifo")
    node.write("odd name;$(x)", "Log : odd\n")
    node.write("good", "Log : fine\n")
    assert node.read() == [("log:good", "info", "Log : fine")]
    refusal = "is no plain file with one name, or was swapped meanwhile; it was not read"
    assert sorted(node.reasons) == [(name, refusal) for name in ("dir", "fifo", "hard", "link")]


def test_a_log_that_was_cut_is_told_and_one_that_was_made_anew_too(node):
    node.write("a", "Log : long enough\n")
    node.read()
    (node.folder / "dvic_log_a").write_text("Log : new\n")
    assert node.read() == [("log:a", "info", "Log : new")]
    assert node.reasons == [("a", "what was read before is gone; lines between may have been missed")]


def test_hostile_first_lines_and_lines_steer_nothing(node):
    node.write("a", b"dvic-log 1 9 1 - root /x/\x1b[31m<b>\xff\nLog : \x1b]0;x\x07\x00\n")
    node.write("b", b"dvic-log 1 $(x) 1 - root /x\n")
    node.write("c", b"\x00" * 3000)
    node.write("d", b"dvic-log 1 * * * * *\n")
    assert ("log:\\x1b[31m<b>\\xff", "info", "Log : \\x1b]0;x\\x07\\x00") in node.read()


def test_an_empty_folder_tells_nothing(node):
    assert node.read() == []
    assert node.reasons == []


@given(st.binary(max_size=300))
def test_no_answer_breaks_the_parser(body):
    settings = demos.Settings(kind="demos")
    sign = b"\n@" + b"0" * 32 + b" "
    demos.parse(settings, Answer("a", "demos", "demos", ASKED, Outcome.OK, body=body))
    hostile = b"@" + b"0" * 32 + b"\n" + sign + b"demo 1 a\n" + body.replace(b"@", sign + b"1 ") + sign + b"over\n"
    demos.parse(settings, Answer("a", "demos", "demos", ASKED, Outcome.OK, body=hostile))


PYTHON = "import dvic_log; dvic_log.log('up\\nand on'); dvic_log.error('\\udcff broken'); input()"
SHELL = '. "$LIBRARY"; dvic_log up; dvic_log "and on"; dvic_error "s/a/b & \\\\ broken"; read -r _; dvic_end'


C = r"""
#include "dvic_log.h"
#include <stdio.h>
int main(void) {
    dvic_log("up");
    dvic_log("and on");
    dvic_error("\\xff %s broken");
    return getchar() == EOF;
}
"""


def compiled(folder, compiler):
    (folder / "demo.c").write_text(C)
    strict = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-I", str(LIBRARIES)]
    subprocess.run([*compiler.split(), *strict, str(folder / "demo.c"), "-o", str(folder / "demo")], check=True)
    return [str(folder / "demo")]


@pytest.fixture
def demo(request, tmp_path):
    """A demo that waits for a line; its log lies in /tmp, where all do."""
    kind = request.param
    environ = {**os.environ, "PYTHONPATH": str(LIBRARIES), "LIBRARY": str(LIBRARIES / "dvic_log.sh")}
    if kind.startswith("g"):
        command = compiled(tmp_path, kind)
    else:
        command = (
            [sys.executable, "-c", PYTHON] if kind == "python" else [*kind.split(), "-c", SHELL, "/opt/shell demo"]
        )
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environ, text=True) as started:
        yield started
    for file in _logs(started.pid):
        file.unlink()


def _logs(pid):
    return [one for one in Path("/tmp").glob("dvic_log_*") if _head(one).startswith(b"dvic-log 1 %d " % pid)]


def _head(file):
    try:
        return file.read_bytes()
    except FileNotFoundError:  # others who run demos here take their files away
        return b""


@pytest.mark.parametrize("demo", ["python", "dash", "bash", "busybox sh", "gcc -std=c99", "g++ -x c++"], indirect=True)
def test_what_the_libraries_write_is_read(ask, demo):
    node = Node(ask, Path("/tmp"))
    while not (found := _logs(demo.pid)) or b"broken" not in found[0].read_bytes():
        assert demo.poll() is None
    assert [oct(one.stat().st_mode & 0o777) for one in found] == ["0o644"]
    node.read()
    (name,) = [one.subject for one in node.reading.states if one.metric == "pid" and one.value == str(demo.pid)]
    texts = [one.text for one in node.reading.lines if one.subject == f"log:{name.removeprefix('demo:')}"]
    assert [text.partition(" : ")[2] for text in texts[:2]] == ["up", "and on"]
    assert texts[2].startswith("Error : ")
    assert node.states[name] == "alive"
    demo.communicate("\n")
    node.read()
    assert node.states[name] == "not running"


def test_a_container_that_makes_up_demos_is_believed_as_many_as_are_read():
    sign = "@" + "a" * 32
    told = [f"{sign} demo {n} d{n}\n\n{sign} end {n}\n" for n in range(demos.MOST_FILES + 1)]
    inner = "\n".join([sign, "", *told, f"{sign} over\n"])
    quoted = "\n".join(f"|{line}" for line in inner.split("\n"))
    body = f"{sign}\n\n{sign} container c\n{quoted}\n{sign} over\n"
    answer = Answer("here", "demos", "demos", ASKED, Outcome.OK, body=body.encode())
    reading = demos.parse(demos.Settings(kind="demos"), answer)
    assert {one.subject for one in reading.observations} == {f"demo:c/d{n}" for n in range(demos.MOST_FILES)}
