"""The fan-out over real sshds and this machine's own sh."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import collector.reach
from collector.config import Config
from collector.model import Answer, NodeAnswer, Outcome
from collector.question import Sought
from collector.sweep import sweep
from tests.servers.ports import free_port
from tests.servers.sshd import Sshd
from tests.servers.waiting import until

pytestmark = pytest.mark.usefixtures("shell_kind", "home")
NOW = 1_795_465_842


def shell(text: str, **settings: Any) -> dict[str, Any]:
    return {"kind": "shell", "text": text, **settings}


def here(*sources: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {"reach": "local", "sources": sources, **settings}


def over(sshd: Sshd, *sources: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return {"address": "127.0.0.1", "port": sshd.port, "user": sshd.user, "sources": sources, **settings}


def configured(nodes: dict[str, Any], **limits: Any) -> Config:
    return Config.model_validate({"nodes": nodes, "limits": {"connect": 60, "node": 120, **limits}})


def swept(config: Config, only: Collection[str] | None = None) -> dict[str, NodeAnswer]:
    answers = list(sweep(config, config.nodes, NOW, Sought(only)))
    assert sorted(answer.node for answer in answers) == sorted(config.nodes)
    return {answer.node: answer for answer in answers}


def test_a_node_answers_each_of_its_sources(sshd: Sshd) -> None:
    sources = [shell("echo one"), shell("echo two >&2; exit 4", name="second", hub="ZZ"), shell("raise", name="third")]
    config = Config.model_validate(
        {"nodes": {"SDU": over(sshd, *sources)}, "hubs": {"ZZ": {"server": "zz", "time_zone": "Asia/Taipei"}}}
    )
    answer = swept(config)["SDU"]
    assert (answer.outcome, answer.reason, answer.asked) == (Outcome.OK, "", NOW)
    assert 0 < answer.took < 120
    assert answer.skew is not None and abs(answer.skew) <= 2
    assert [untimed(each) for each in answer.answers] == [
        Answer("SDU", "shell", "shell", NOW, Outcome.OK, status=0, body=b"one\n"),
        Answer(
            "SDU",
            "second",
            "shell",
            NOW,
            Outcome.FAILED,
            "ended with status 4: two",
            hub="ZZ",
            zone=ZoneInfo("Asia/Taipei"),
            status=4,
        ),
        Answer("SDU", "third", "shell", NOW, Outcome.FAILED, "the probe of shell failed: LookupError: no such probe"),
    ]


def untimed(answer: Answer) -> Answer:
    assert answer.took is None or 0 <= answer.took < 120
    kept = {name: getattr(answer, name) for name in Answer.__slots__ if name != "took"}
    return Answer(**kept)


def test_nodes_are_asked_before_anybody_takes_what_they_answer(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    answers = sweep(configured({"here": here(shell(f"touch {asked}"))}), ["here"], NOW)
    until(asked.exists)
    assert [answer.node for answer in answers] == ["here"]


def test_nodes_do_not_wait_for_what_only_follows_the_record_to_be_loaded() -> None:
    late = {"collector.judge", "collector.export.write", "collector.digest", "collector.pages", "jinja2"}
    late |= {"sqlite_utils", "numpy", "dateutil", "pluggy"}
    script = f"import sys; import collector.cli._night, collector.reach.ssh; print(*{late} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "\n"


def test_one_nodes_fault_is_its_own(sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    nodes = {
        "well": over(sshd, shell("echo well")),
        "down": over(sshd, shell("echo well"), port=port),
        "wrong login": over(sshd, shell("echo well"), user="nobody-here"),
        "never heard of": {"address": "no-such-host.invalid", "sources": [shell("echo well")]},
        "broken probe": over(sshd, shell("raise")),
        "NUL in its probe": over(sshd, shell("echo \0")),
        "here": here(shell("echo well")),
    }
    outcomes = {
        "well": Outcome.OK,
        "down": Outcome.UNREACHABLE,
        "wrong login": Outcome.REFUSED,
        "never heard of": Outcome.UNREACHABLE,
        "broken probe": Outcome.OK,
        "NUL in its probe": Outcome.OK,
        "here": Outcome.OK,
    }
    answers = swept(configured(nodes))
    assert {name: answer.outcome for name, answer in answers.items()} == outcomes
    assert f"port {port}: Connection refused" in answers["down"].reason
    for name in ("down", "wrong login", "never heard of"):
        (each,) = answers[name].answers
        assert (each.outcome, each.reason, each.body) == (answers[name].outcome, answers[name].reason, b"")
    assert "NUL character" in answers["NUL in its probe"].answers[0].reason


def test_an_error_that_nobody_expected_costs_one_node(monkeypatch: pytest.MonkeyPatch) -> None:
    config = configured({"odd": here(shell("echo well")), "well": here(shell("echo well"))})
    odd = config.nodes["odd"].model_copy(update={"reach": "pigeon"})
    answers = swept(config.model_copy(update={"nodes": {**config.nodes, "odd": odd}}))
    assert answers["odd"].outcome is Outcome.FAILED
    assert answers["odd"].reason.startswith("asking it failed unexpectedly: ModuleNotFoundError")
    assert answers["well"].outcome is Outcome.OK


def test_a_way_that_breaks_while_it_is_loaded_costs_one_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pigeon.py").write_text("import sys\nsys.lofts\n")
    monkeypatch.setattr("collector.reach.__path__", [*collector.reach.__path__, str(tmp_path)])
    config = configured({"odd": here(shell("echo well")), "well": here(shell("echo well"))})
    odd = config.nodes["odd"].model_copy(update={"reach": "pigeon"})
    answers = swept(config.model_copy(update={"nodes": {**config.nodes, "odd": odd}}))
    assert answers["odd"].reason.startswith("asking it failed unexpectedly: AttributeError")
    assert answers["well"].outcome is Outcome.OK


def test_a_hung_or_noisy_section_costs_only_itself_and_limits_can_be_its_own(sshd: Sshd) -> None:
    sources = [
        shell("sleep 1000", name="hung", time_limit=1),
        shell("head -c 100000000 /dev/zero", name="noisy", output_cap=10),
        shell("head -c 1000 /dev/zero", name="long"),
        shell("echo well", name="well"),
    ]
    answers = swept(configured({"SDU": over(sshd, *sources)}, output=100))["SDU"].answers
    assert [(each.outcome, len(each.body)) for each in answers] == [
        (Outcome.TIMED_OUT, 0),
        (Outcome.TOO_LONG, 10),
        (Outcome.TOO_LONG, 100),
        (Outcome.OK, 5),
    ]


@pytest.mark.parametrize("here_too", [False, True])
def test_a_node_whose_sources_use_up_its_time_ends_in_order(sshd: Sshd, here_too: bool) -> None:
    hung = [shell("sleep 1000", name=name, time_limit=3) for name in ("one", "two")]
    sources = [shell("echo well", name="first"), *hung, shell("echo well", name="last")]
    node = here(*sources, time_limit=6) if here_too else over(sshd, *sources, time_limit=6)
    answer = swept(configured({"SDU": node}))["SDU"]
    assert (answer.outcome, answer.reason) == (Outcome.OK, "")
    assert [each.outcome for each in answer.answers] == [Outcome.OK, *[Outcome.TIMED_OUT] * 3]


def test_a_node_over_its_time_keeps_what_it_said(sshds: Callable[..., Sshd]) -> None:
    hanging = sshds("hanging", options=["ForceCommand sh -s; sleep 1000"])
    nodes = {
        "ended, then hung": over(hanging, shell("echo well"), time_limit=5),
        "hung": over(sshds("well"), shell("echo well"), shell("trap '' TERM; sleep 1000", name="hung"), time_limit=5),
        "never began": over(sshds("other", options=["ForceCommand sleep 1000"]), shell("echo well"), time_limit=5),
    }
    answers = swept(configured(nodes))
    assert answers["ended, then hung"].outcome is Outcome.OK
    assert [each.outcome for each in answers["hung"].answers] == [Outcome.OK, Outcome.TIMED_OUT]
    never = answers["never began"]
    assert (never.outcome, never.reason) == (
        Outcome.TIMED_OUT,
        "its login shell did not run anything for us within 5 s; mend the start files of that account, such as .bashrc and .profile",
    )
    assert [(each.outcome, each.reason) for each in never.answers] == [(never.outcome, never.reason)]


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        (
            "echo This account is not available.; exit 1",
            "ran no shell for us (status 1): This account is not available.",
        ),
        ("exit 0", "ran no shell for us (status 0): it said nothing"),
        ("printf 'no\\033[31m'; exit 9", "ran no shell for us (status 9): no\\x1b[31m"),
    ],
)
def test_a_login_without_a_shell_is_a_failure_in_its_own_words(
    sshds: Callable[..., Sshd], command: str, wanted: str
) -> None:
    sshd = sshds("a", options=[f"ForceCommand {command}"])
    answer = swept(configured({"SDU": over(sshd, shell("echo well"))}))["SDU"]
    assert (answer.outcome, answer.reason) == (Outcome.FAILED, wanted)


def test_a_login_shell_that_never_stops_talking_is_named(sshds: Callable[..., Sshd]) -> None:
    sshd = sshds("a", options=["ForceCommand yes hello"])
    answer = swept(configured({"SDU": over(sshd, shell("echo well"))}, output=1000))["SDU"]
    assert (answer.outcome, answer.reason) == (
        Outcome.TOO_LONG,
        "its login shell printed more than 70632 bytes before it ran anything for us; mend the start files of that"
        " account, such as .bashrc and .profile; it says: hello",
    )


def test_a_login_that_dawdles_is_no_wrong_clock(sshds: Callable[..., Sshd]) -> None:
    sshd = sshds("a", options=["ForceCommand sleep 4; sh -s"])
    assert swept(configured({"SDU": over(sshd, shell("echo well"))}))["SDU"].skew == 0


def test_only_the_sources_asked_for_are_asked_and_none_merely_reaches(sshd: Sshd) -> None:
    nodes = {"SDU": over(sshd, shell("echo one", name="one"), shell("echo two", name="two"))}
    assert [each.source for each in swept(configured(nodes), {"two"})["SDU"].answers] == ["two"]
    reached = swept(configured(nodes), ())["SDU"]
    assert (reached.outcome, reached.answers) == (Outcome.OK, ())


def test_no_more_than_the_jobs_allowed_run_at_once(tmp_path: Path) -> None:
    running, two = tmp_path / "running", tmp_path / "two"
    met = f"until [ -e {two} ]; do [ $(ls {running} | wc -l) -lt 2 ] || touch {two}; sleep 0.05; done"
    text = f"mkdir -p {running}/$$; {met}; ls {running} | wc -l; sleep 0.3; rmdir {running}/$$"
    answers = swept(configured({f"n{number}": here(shell(text)) for number in range(8)}, jobs=2))
    assert max(int(answer.answers[0].body) for answer in answers.values()) == 2


def test_answers_come_as_they_come_in(tmp_path: Path) -> None:
    slow = shell(f"until [ -e {tmp_path}/go ]; do sleep 0.05; done")
    coming = sweep(configured({"slow": here(slow), "quick": here(shell("echo well"))}), ["slow", "quick", "slow"], NOW)
    assert next(coming).node == "quick"
    (tmp_path / "go").touch()
    assert [(answer.node, answer.answers[0].outcome) for answer in coming] == [("slow", Outcome.OK)]


def test_when_the_sweeps_time_is_over_the_rest_is_timed_out(tmp_path: Path) -> None:
    config = configured(
        {"quick": here(shell("echo well")), "a": here(shell("sleep 1000")), "b": here()}, jobs=1, total=5
    )
    answers = swept(config)
    over = ": the time of the whole sweep is over; raise limits.total (5 s) or limits.jobs"
    assert {name: (answer.outcome, answer.reason) for name, answer in answers.items()} == {
        "quick": (Outcome.OK, ""),
        "a": (Outcome.TIMED_OUT, "did not end within its time limit and was given up" + over),
        "b": (Outcome.TIMED_OUT, "was not asked" + over),
    }


STUCK = """
import sys
from collector.config import Config
from collector.sweep import sweep
address, port = sys.argv[1:]
nodes = {"stuck": {"address": address, "port": int(port), "jump": f"a@{address}:{port}"}, "here": {"reach": "local"}}
config = Config.model_validate({"nodes": nodes, "limits": {"connect": 600, "node": 600, "total": 5}})
print(sorted((answer.node, answer.outcome.value) for answer in sweep(config, config.nodes, 0)))
"""


def test_the_program_can_end_while_a_node_is_stuck() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address, port = silent.getsockname()
        done = subprocess.run(
            [sys.executable, "-c", STUCK, address, str(port)], capture_output=True, text=True, timeout=300
        )
        assert (done.stdout, done.stderr) == ("[('here', 'ok'), ('stuck', 'timed out')]\n", "")


def test_a_clock_that_is_wrong_is_told_as_skew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "date").write_text("#!/bin/sh\necho $(($(/bin/date +%s) - 3600))\n")
    (tmp_path / "date").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    skew = swept(configured({"here": here(shell("echo well"))}))["here"].skew
    assert skew is not None and abs(skew + 3600) < 60
    (tmp_path / "date").write_text("#!/bin/sh\necho noon\n")
    answer = swept(configured({"here": here(shell("echo well"))}))["here"]
    assert (answer.skew, answer.answers[0].outcome, answer.answers[0].took) == (None, Outcome.OK, None)
