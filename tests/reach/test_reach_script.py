"""The program on the node, run by each shell it must do for, and its reply taken apart."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Outcome
from collector.reach.script import Part, Parts, Section, compose, split
from tests.servers.waiting import until

MARKER = "f00dfacef00dfacef00dfacef00dface"
BARE = ("sh", "head", "tail", "cat", "date", "sleep", "ps", "rm", "touch")

Shell = Callable[[list[Section]], Parts]


def tools(folder: Path, names: tuple[str, ...], sh: str) -> str:
    """A PATH with these tools only, and this shell as sh."""
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(shutil.which(sh) or "" if name == "sh" else found)
    return str(folder)


def run(script: bytes, path: str, seconds: float = 180) -> bytes:
    done = subprocess.run(
        ["sh", "-s"], input=script, stdout=subprocess.PIPE, env={"PATH": path}, start_new_session=True, timeout=seconds
    )
    return done.stdout


@pytest.fixture(params=["dash", "bash", "busybox", "timeout but no setsid", "neither"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The PATH of a node: its sh is the shell named, in the last two cases dash without the means to make a session."""
    folder = tmp_path / "bin"
    match request.param:
        case "busybox":
            folder.mkdir()
            subprocess.run(["busybox", "--install", "-s", folder], check=True)
            return str(folder)
        case "timeout but no setsid":
            return tools(folder, (*BARE, "timeout"), "dash")
        case "neither":
            return tools(folder, BARE, "dash")
    return tools(folder, (*BARE, "setsid"), request.param)


@pytest.fixture
def shell(path: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("PATH", path)  # subprocess finds sh by it
    return lambda sections: split(run(compose(sections, MARKER, 150), path), MARKER, sections)


def brief(part: Part) -> tuple[Outcome, int | None, bytes]:
    return part.outcome, part.status, part.body


def test_sections_answer_each_for_itself(shell: Shell) -> None:
    asked = {
        "printf 'caf\\351\\000\\n\\n'": (Outcome.OK, 0, b"caf\xe9\0\n\n"),
        "printf 'no newline'": (Outcome.OK, 0, b"no newline"),
        "": (Outcome.OK, 0, b""),
        "echo 'it'\\''s' \"quoted\" $((1 + 1)); # and a remark": (Outcome.OK, 0, b"it's quoted 2\n"),
        "cat; echo at end": (Outcome.OK, 0, b"at end\n"),  # standard input is empty
        "echo $LC_ALL": (Outcome.OK, 0, b"C\n"),
        "echo before; exit 3; echo after": (Outcome.FAILED, 3, b"before\n"),
        "if then": (Outcome.FAILED, 2, b""),
        "kill -TERM $$": (Outcome.FAILED, 143, b""),
        "i=0; while [ $i -lt 3000 ]; do echo oops $i >&2; i=$((i+1)); done; echo fine": (Outcome.OK, 0, b"fine\n"),
        "while :; do echo x; done": (Outcome.TOO_LONG, 141, b"x\n" * 50),
        "printf '%0100d' 0": (Outcome.OK, 0, b"0" * 100),  # just the cap
        "printf '%0101d' 0": (Outcome.TOO_LONG, 0, b"0" * 100),
        "set -- a; echo last $1": (Outcome.OK, 0, b"last a\n"),
    }
    parts = shell([Section(text, text, 60, 100) for text in asked])
    assert {part.label: brief(part) for part in parts.sections} == asked
    assert parts.whole
    assert parts.clock is not None
    assert abs(parts.clock - time.time()) < 180


def test_an_unset_variable_is_a_failure(shell: Shell) -> None:
    (part,) = shell([Section("a", "echo $nope", 60, 100)]).sections
    assert part.outcome is Outcome.FAILED
    assert "nope" in part.reason


def test_the_reason_of_a_failure_is_the_last_line_of_its_standard_error(shell: Shell) -> None:
    (part,) = shell([Section("a", "echo one >&2; printf 'two \\033[31m' >&2; exit 7", 60, 100)]).sections
    assert part.reason == "ended with status 7: two \\x1b[31m"


def test_the_last_line_is_told_however_much_was_complained_before(shell: Shell) -> None:
    text = "head -c 100000 /dev/zero >&2; echo >&2; echo the verdict >&2; exit 7"
    (part,) = shell([Section("a", text, 60, 100)]).sections
    assert part.reason == "ended with status 7: the verdict"


@pytest.fixture
def nap(tmp_path: Path) -> Path:
    """A sleep that can be told from all others."""
    path = tmp_path / "nap"
    path.symlink_to("/usr/bin/sleep")
    return path


def test_a_hung_section_is_killed_with_its_children_and_the_next_still_answers(shell: Shell, nap: Path) -> None:
    hung, after = shell(
        [Section("hung", f"echo begun; {nap} 1000 & {nap} 1000 | cat", 3, 100), Section("after", "echo here", 60, 100)]
    ).sections
    assert brief(hung) == (Outcome.TIMED_OUT, 137, b"begun\n")
    assert hung.reason == "did not end within 3 s and was killed; raise its time_limit"
    assert brief(after) == (Outcome.OK, 0, b"here\n")
    until(lambda: not running(nap))


def running(program: Path) -> list[str]:
    """Processes that were started by this path, zombies not counted."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0] == os.fsencode(program):
            found.append(file.parent.name)
    return found


def test_what_a_section_leaves_behind_is_killed_at_its_time_limit() -> None:
    (left,) = split_by_dash([Section("left", "(sleep 1001 &); echo done", 3, 100)]).sections
    assert brief(left) == (Outcome.OK, 0, b"done\n")


def test_what_escapes_a_section_with_its_streams_costs_that_section_alone(shell: Shell, nap: Path) -> None:
    text = f"echo begun; /usr/bin/setsid {nap} 1002 & echo done"
    left, after = shell([Section("left", text, 3, 100), Section("after", "echo here", 60, 100)]).sections
    for pid in running(nap):
        os.kill(int(pid), signal.SIGKILL)
    assert (left.outcome, sorted(left.body.split())) == (Outcome.OK, [b"begun", b"done"])
    assert brief(after) == (Outcome.OK, 0, b"here\n")


def test_what_a_section_leaves_behind_without_its_streams_is_killed_when_it_ends(shell: Shell, nap: Path) -> None:
    text = f"({nap} 1003 < /dev/null > /dev/null 2>&1 &); echo done"
    (left,) = shell([Section("left", text, 60, 100)]).sections
    assert brief(left) == (Outcome.OK, 0, b"done\n")
    until(lambda: not running(nap))


def split_by_dash(sections: list[Section], seconds: float = 150) -> Parts:
    return split(run(compose(sections, MARKER, seconds), os.environ["PATH"]), MARKER, sections)


def test_100_megabytes_are_cut_and_the_next_section_answers(shell: Shell) -> None:
    flood, after = shell(
        [Section("flood", "head -c 100000000 /dev/zero", 60, 5_000_000), Section("after", "echo here", 60, 100)]
    ).sections
    assert (flood.outcome, len(flood.body)) == (Outcome.TOO_LONG, 5_000_000)
    assert flood.reason == "printed more than 5000000 bytes and was cut; raise its output_cap"
    assert brief(after) == (Outcome.OK, 0, b"here\n")


def test_sections_beyond_the_nodes_time_are_not_begun() -> None:
    first, second = split_by_dash([Section("a", "sleep 1000", 60, 100), Section("b", "echo here", 60, 100)], 4).sections
    assert re.fullmatch("did not end within [1-4] s and was killed; raise the node's time_limit", first.reason)
    assert brief(second) == (Outcome.TIMED_OUT, None, b"")
    assert second.reason == "the node's time was used up by the sections before it; raise its time_limit"


@pytest.fixture
def begun(nap: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program in the middle of a section that hangs."""
    script = compose([Section("a", f"{nap} 1000", 100, 100)], MARKER, 100)
    with subprocess.Popen(["dash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as shell:
        assert shell.stdin
        shell.stdin.write(script)
        shell.stdin.close()
        until(lambda: bool(running(nap)))
        yield shell
        shell.kill()


def test_nothing_is_left_running_when_the_session_is_killed(begun: subprocess.Popen[bytes], nap: Path) -> None:
    os.killpg(begun.pid, signal.SIGKILL)
    begun.wait()
    until(lambda: not running(nap))


def test_half_a_script_does_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = compose([Section("a", f"touch {mark}", 10, 100)], MARKER, 10)
    for end in range(0, len(script) - 2, 97):
        run(script[:end], os.environ["PATH"])
    run(script[: script.rindex(b"}")], os.environ["PATH"])
    assert not mark.exists()
    run(script, os.environ["PATH"])
    assert mark.exists()


def test_a_section_text_is_in_no_command_line() -> None:
    text = "password=Tr0ub4dor; for f in /proc/[0-9]*/cmdline; do cat $f | { grep -a Tr0ub && echo seen; }; done; true"
    (part,) = split_by_dash([Section("a", text.replace("grep -a Tr0ub", "grep -a 'Tr0[u]b4dor'"), 10, 1000)]).sections
    assert brief(part) == (Outcome.OK, 0, b"")


@pytest.mark.parametrize(
    ("text", "reason"), [("echo \0", "NUL"), ("echo \ud800", "surrogates")], ids=["NUL", "no bytes for it"]
)
def test_a_text_that_no_shell_can_take_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Section("a", text, 1, 1)


ASKED = [Section("a", "", 5, 10), Section("b", "", 5, 10)]


def frames(*lines: str) -> bytes:
    return "".join(line.replace("@", f"\n{MARKER}") for line in lines).encode()


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"", [(Outcome.CUT_OFF, None, b"")] * 2),
        (b"This account is not available\n", [(Outcome.CUT_OFF, None, b"")] * 2),
        (frames("@ begin 0 7 5\nabc"), [(Outcome.CUT_OFF, None, b"abc"), (Outcome.CUT_OFF, None, b"")]),
        (
            frames("@ begin 0 7 5\nabc", "@ end 0 7\n", "@ status 0\n", "@ begin 1 7 5\nx"),
            [(Outcome.OK, 0, b"abc"), (Outcome.CUT_OFF, None, b"x")],
        ),
        # Another pass's marker, and this pass's in the middle of a line, are output like any other.
        (
            frames("@ begin 0 7 5\n\nfeed end\n", "@ end 0 7\n", "@ status 0\n"),
            [(Outcome.OK, 0, b"\nfeed end\n"), (Outcome.CUT_OFF, None, b"")],
        ),
        (frames("@ end 0 7\n", "@ status 0\n", "@ begin 9 9 9\n"), [(Outcome.CUT_OFF, None, b"")] * 2),
        (frames("@ begin\n", "@ begin 0\n", "@ node\n", "@ status\n"), [(Outcome.CUT_OFF, None, b"")] * 2),
    ],
)
def test_a_reply_that_is_not_whole_keeps_what_came(raw: bytes, wanted: list[tuple[Outcome, int | None, bytes]]) -> None:
    parts = split(raw, MARKER, ASKED)
    assert [brief(part) for part in parts.sections] == wanted
    assert not parts.whole


def test_a_clock_that_is_set_back_took_no_time() -> None:
    raw = frames("@ node 9\n", "@ begin 0 9 5\n", "@ end 0 2\n", "@ status 0\n")
    assert split(raw, MARKER, ASKED).sections[0].took == 0


def test_no_frame_can_be_faked_without_the_marker() -> None:
    fake = "\\n%s status 0\\n\\n%s end 0 5\\n"
    text = f"printf '{fake}' {'0' * 32} {'0' * 32}; set | grep -c {MARKER}; env | grep -c {MARKER}; exit 4"
    (part,) = split_by_dash([Section("a", text, 10, 1000)]).sections
    assert part.status == 4
    assert part.body.endswith(b"0\n0\n")


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(
                [
                    frames(f"@ {word}{numbers}\n")
                    for word in ("node", "begin", "end", "status", "over")
                    for numbers in ("", " 0", " 0 0", " 0 0 0", " 1 99 5", " 0 7 5", " 137")
                ]
            ),
        ),
        max_size=12,
    )
)
def test_any_bytes_are_taken_apart_into_one_part_for_each_section(chunks: list[bytes]) -> None:
    parts = split(b"".join(chunks), MARKER, ASKED)
    assert [part.label for part in parts.sections] == ["a", "b"]
    assert all(len(part.body) <= 10 for part in parts.sections)
