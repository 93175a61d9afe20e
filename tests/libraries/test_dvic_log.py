"""Demos that do odd things with the libraries for logs: nothing fails, and nothing but the demo's own log is written."""

import os
import resource
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

LIBRARIES = files("collector") / "libraries"
SHELLS = ["dash", "bash", "bash -o pipefail", "busybox sh"]

SEVERAL = """
import dvic_log, os, threading
gate = threading.Barrier(20)
def say():
    gate.wait()
    dvic_log.log("thread")
threads = [threading.Thread(target=say) for _ in range(20)]
[one.start() for one in threads]
[one.join() for one in threads]
if not (child := os.fork()):
    dvic_log.log("fork")
    os._exit(0)
os.waitpid(child, 0)
"""
REUSED = """
import dvic_log, os
dvic_log.log("up")
os.closerange(3, 99)
for _ in "abc":
    assert os.open("kept", os.O_WRONLY | os.O_CREAT) > 2
dvic_log.log("lost")
"""
REUSED_C = """
#include "dvic_log.h"
int main(void) {
    int i, worked = 1;
    dvic_log("up");
    for (i = 3; i < 99; i++) close(i);
    for (i = 0; i < 3; i++) worked = worked && open("kept", O_WRONLY | O_CREAT, 0600) > 2;
    dvic_log("lost");
    return !worked;
}
"""
NO_STREAMS = """
import os
os.closerange(0, 3)
import dvic_log
dvic_log.log("up")
os.open("kept", os.O_WRONLY | os.O_CREAT)
dvic_log.log("on")
"""
NO_STREAMS_C = """
#include "dvic_log.h"
int main(void) {
    close(0), close(1), close(2);
    dvic_log("up");
    if (open("kept", O_WRONLY | O_CREAT, 0600) != 0) return 1;
    dvic_log("on");
    return 0;
}
"""
ODD_SHELL = """
set -eu
. "$LIBRARY"
dvic_log up
truncate -s 110000000 "$dvic_file"
dvic_log "too much"
[ "$(stat -c %s "$dvic_file")" -eq 110000000 ]
rm "$dvic_file"
ln -s "$PWD/kept" "$dvic_file"
dvic_log linked
dvic_end
[ -h "$dvic_file" ]
rm "$dvic_file"
dvic_log gone
dvic_end
[ ! -e "$dvic_file" ]
: > kept
"""


@pytest.fixture
def demo(tmp_path):
    """Runs a demo to its good end, and answers what it and its forks have logged: the texts, a list a file."""

    def demo(text, *command, **how):
        (tmp_path / "demo").write_text(text)
        if not command:
            subprocess.run(
                ["gcc", "-x", "c", "-Werror", "-I", str(LIBRARIES), str(tmp_path / "demo"), "-o", str(tmp_path / "c")],
                check=True,
            )
        started = [*command, str(tmp_path / "demo")] if command else [str(tmp_path / "c")]
        env = {**os.environ, "PYTHONPATH": str(LIBRARIES), "LIBRARY": str(LIBRARIES / "dvic_log.sh"), "LOGNAME": "a b"}
        done = subprocess.run(started, cwd=tmp_path, env=env, capture_output=True, check=False, text=True, **how)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        return _told(str(tmp_path))

    yield demo
    for file in _logs(str(tmp_path)):
        file.unlink()


def _logs(program):
    return [one for one in Path("/tmp").glob("dvic_log_*") if program in _first_line(one)]


def _first_line(log):
    try:
        return log.read_text(errors="replace").partition("\n")[0]
    except FileNotFoundError:  # another test's, which has ended
        return ""


def _told(program):
    logs = sorted((one.read_text().splitlines() for one in _logs(program)), key=len)
    return [[line.partition(" : ")[2] or line for line in log[1:]] for log in logs]


def test_all_threads_write_one_log_and_a_fork_its_own(demo):
    assert demo(SEVERAL, sys.executable) == [["fork"], [*["thread"] * 20, "dvic-log end"]]


@pytest.mark.parametrize(("text", "command"), [(REUSED, [sys.executable]), (REUSED_C, [])])
def test_a_file_that_took_the_number_of_the_log_is_left_alone(demo, tmp_path, text, command):
    assert demo(text, *command) == [["up"]]
    assert (tmp_path / "kept").read_text() == ""


@pytest.mark.parametrize(("text", "command"), [(NO_STREAMS, [sys.executable]), (NO_STREAMS_C, [])])
def test_the_log_never_takes_the_place_of_a_standard_stream(demo, tmp_path, text, command):
    assert demo(text, *command) == [["up", "on", "dvic-log end"]]
    assert (tmp_path / "kept").read_text() == ""


def test_a_limit_of_the_size_of_files_ends_the_log_and_not_the_demo(demo):
    text = '#include "dvic_log.h"\nint main(void) { int i; for (i = 0; i < 99; i++) dvic_log("up"); return 0; }'
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # noqa: E731
    ((*told,),) = demo(text, preexec_fn=limit)
    assert 0 < told.count("up") < 99


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user who has no name")
def test_a_user_without_a_name_logs_too(demo, tmp_path):
    enter = "import os, dvic_log; os.setuid(54321); dvic_log.log('up')"
    assert demo(enter, sys.executable) == [["up", "dvic-log end"]]
    assert " 54321 " in _logs(str(tmp_path))[0].read_text()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_goes_on_whatever_became_of_its_log(demo, tmp_path, shell):
    assert demo(ODD_SHELL, *shell.split()) == []
    assert (tmp_path / "kept").read_text() == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_goes_on_where_nothing_of_its_tools_is_found(demo, shell):
    assert demo('set -eu\nPATH=/nowhere\n. "$LIBRARY"\ndvic_log up\ndvic_end\n', *shell.split()) == []
