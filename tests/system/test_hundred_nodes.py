"""A hundred nodes over real SSH in one pass, six of them in trouble: the others answer, and the six are named."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collector.config import Config, kinds
from collector.model import NodeAnswer, Outcome
from collector.sweep import sweep
from tests.servers.ports import free_port
from tests.servers.sshd import Sshd, new_key, public

pytestmark = pytest.mark.system
LIMITS = {"jobs": 20, "connect": 120, "node": 120, "total": 900}


def over(sshd: Sshd, **settings: Any) -> dict[str, Any]:
    return {
        "address": "127.0.0.1",
        "port": sshd.port,
        "user": sshd.user,
        "sources": [{"kind": "host"}, {"kind": "shell", "text": "echo last"}],
        **settings,
    }


@pytest.fixture
def well(sshds: Callable[..., Sshd]) -> list[Sshd]:
    """Ten sshds, each the address of several nodes."""
    return [sshds(f"well{number}") for number in range(10)]


@pytest.fixture
def troubled(sshds: Callable[..., Sshd], well: list[Sshd], home: Path) -> dict[str, dict[str, Any]]:
    changed = sshds("changed", known=False)
    with (home / ".ssh" / "known_hosts").open("a") as file:
        file.write(f"[127.0.0.1]:{changed.port} {public(new_key(home / 'old'))}\n")
    return {
        **{f"down-{number}": over(well[0], port=free_port()) for number in range(3)},
        "hanging": over(sshds("hanging", options=["ForceCommand sleep 1000"]), time_limit=10),
        "changed": over(changed),
        "flooding": over(sshds("flooding", options=["ForceCommand head -c 100000000 /dev/zero; sh -s"])),
    }


REASONS = {
    "down-0": (Outcome.UNREACHABLE, "Connection refused"),
    "down-1": (Outcome.UNREACHABLE, "Connection refused"),
    "down-2": (Outcome.UNREACHABLE, "Connection refused"),
    "hanging": (Outcome.TIMED_OUT, "its login shell did not run anything for us within 10 s; mend"),
    "changed": (Outcome.REFUSED, "has changed: it shows ssh-ed25519 SHA256:"),
    "flooding": (Outcome.TOO_LONG, "its login shell printed more than"),
}


@pytest.mark.usefixtures("shell_kind")
def test_ninety_four_of_a_hundred_nodes_answer_and_six_are_named_with_their_reason(
    well: list[Sshd], troubled: dict[str, dict[str, Any]]
) -> None:
    nodes = {f"well-{number:02}": over(well[number % len(well)]) for number in range(94)}
    config = Config.model_validate({"nodes": {**nodes, **troubled}, "limits": LIMITS})
    answers = {answer.node: answer for answer in sweep(config, config.nodes, int(time.time()))}
    assert len(answers) == 100
    bad = {name: answer for name, answer in answers.items() if answer.outcome is not Outcome.OK}
    assert {name: answer.outcome for name, answer in bad.items()} == {name: said[0] for name, said in REASONS.items()}
    assert [name for name, (_, reason) in REASONS.items() if reason not in bad[name].reason] == []
    assert [name for name in nodes if not observed(config, answers[name])] == []


def observed(config: Config, answer: NodeAnswer) -> bool:
    """Whether the machine told its load and all else, and the source after it answered too."""
    host, last = answer.answers
    settings = config.sources_of(answer.node)[0]
    return len(kinds.find("host").parse(settings, host).observations) > 5 and last.body == b"last\n"
