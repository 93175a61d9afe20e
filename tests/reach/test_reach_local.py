from __future__ import annotations

import time
from pathlib import Path

import pytest

from collector.config import Node
from collector.model import Outcome
from collector.reach import Limits, NoConnection, Reply, local

HERE = Node(reach="local")


def ask(script: bytes, node: float = 60, output: int = 100_000) -> Reply:
    return local.ask("here", HERE, script, Limits(5, node, output))


@pytest.mark.parametrize(
    ("script", "output", "status"),
    [
        (b"printf 'caf\\351\\000'; exit 3\n", b"caf\xe9\0", 3),
        (b"echo out; echo err >&2\n", b"out\nerr\n", 0),
        (b"echo ${ALMANAC_SECRET-unset}\n", b"unset\n", 0),
        (b"", b"", 0),
        (b"exit 0\n" + b"# " * 500_000, b"", 0),  # far more than a pipe holds, and nobody reads it
        (b"echo begun\n" + b": " * 500_000 + b"\necho ended\n", b"begun\nended\n", 0),
    ],
)
def test_the_reply_is_what_sh_said(monkeypatch: pytest.MonkeyPatch, script: bytes, output: bytes, status: int) -> None:
    monkeypatch.setenv("ALMANAC_SECRET", "shown")
    reply = ask(script)
    assert (reply.output, reply.outcome, reply.status) == (output, Outcome.OK, status)
    assert abs(reply.sent - time.time()) < 60


def test_a_script_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    reply = ask(b"echo begun; (while :; do touch %s; sleep 0.1; done) & sleep 1000\n" % bytes(alive), node=8)
    assert (reply.output, reply.outcome, reply.status) == (b"begun\n", Outcome.TIMED_OUT, None)
    assert reply.took < 100
    alive.unlink()
    time.sleep(0.5)
    assert not alive.exists()


def test_sh_that_closes_its_output_and_hangs_is_timed_out() -> None:
    reply = ask(b"echo begun; exec >&- 2>&-; sleep 1000\n", node=8)
    assert (reply.output, reply.outcome, reply.status) == (b"begun\n", Outcome.TIMED_OUT, None)


def test_a_flood_is_cut_at_the_limit() -> None:
    reply = ask(b"yes\n", output=1_000_000)
    assert (len(reply.output), reply.outcome, reply.status) == (1_000_000, Outcome.TOO_LONG, None)


def test_a_machine_without_sh_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoConnection, match=r"^nodes.here: sh can't be started on this machine: .*; mend PATH$"):
        ask(b"")
