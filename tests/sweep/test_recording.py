"""What is recorded is heard again, byte for byte, with the circumstances of then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collector import recording
from collector.config import Config
from collector.model import NodeAnswer, Outcome
from collector.recording import RecordingError
from collector.sweep import sweep
from tests.servers.ports import free_port
from tests.servers.sshd import Sshd

pytestmark = pytest.mark.usefixtures("shell_kind", "home")
NOW = 1_795_465_842
ODD = "a..b c'\"`$(é)" + "x" * 80


def local(*texts: str, **settings: Any) -> dict[str, Any]:
    sources = [{"kind": "shell", "text": text, "name": f"s{number}"} for number, text in enumerate(texts)]
    return {"reach": "local", "sources": sources, **settings}


def recorded(config: Config, folder: Path) -> list[NodeAnswer]:
    answers = list(sweep(config, config.nodes, NOW, record=folder))
    return sorted(answers, key=lambda answer: answer.node)


@pytest.fixture
def config() -> Config:
    nodes = {
        "binary": local("printf 'caf\\351\\000\\n\\n'", "echo oops >&2; exit 3", "raise"),
        "down": {"address": "127.0.0.1", "port": free_port(), "sources": [{"kind": "shell"}]},
        "hung": local("sleep 1000", time_limit=2),
        ODD: local("echo token=sesame"),
        ODD + "y": local("echo other"),
    }
    return Config.model_validate({"nodes": nodes})


def test_a_replayed_pass_gives_the_same_answers(config: Config, tmp_path: Path) -> None:
    answers = recorded(config, tmp_path / "pass")
    assert [answer.outcome for answer in answers if answer.node in ("binary", "down")] == [
        Outcome.OK,
        Outcome.UNREACHABLE,
    ]
    assert list(recording.replay(config, tmp_path / "pass")) == answers
    assert recording.asked_at(tmp_path / "pass") == NOW


def test_a_recording_holds_the_nodes_bytes_and_no_question(config: Config, tmp_path: Path) -> None:
    recorded(config, tmp_path / "pass")
    files = sorted((tmp_path / "pass").iterdir())
    assert all(file.name.isascii() and len(file.name) < 100 and file.name[0] != "." for file in files)
    assert [file.suffix for file in files].count(".json") == 1 + len(config.nodes)
    (binary,) = (file for file in files if file.name.startswith("binary") and file.suffix == ".reply")
    assert b"caf\xe9\0\n\n" in binary.read_bytes()
    assert not any("sesame" in file.read_text() for file in files if file.suffix == ".json")


def test_a_reply_is_taken_apart_anew(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "pass"
    recorded(config, folder)
    (file,) = folder.glob("binary-*.reply")
    file.write_bytes(file.read_bytes().replace(b"caf\xe9", b"tea"))
    (answer,) = (answer for answer in recording.replay(config, folder) if answer.node == "binary")
    assert answer.answers[0].body == b"tea\0\n\n"


def test_a_folder_is_recorded_to_once(config: Config, tmp_path: Path) -> None:
    recorded(config, tmp_path / "pass")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/letter").touch()
    for name in ("pass", "other"):
        with pytest.raises(RecordingError, match=rf"{name}: holds files already; name a new folder"):
            next(sweep(config, config.nodes, NOW, record=tmp_path / name))


def test_a_folder_that_can_not_be_made_is_told(config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"file/pass: can't be recorded to: .*; name another folder"):
        next(sweep(config, config.nodes, NOW, record=tmp_path / "file" / "pass"))


def test_a_disk_that_fills_up_is_told_with_the_node(tmp_path: Path, small_disk: Callable[[int], Path]) -> None:
    config = Config.model_validate({"nodes": {"a": local("head -c 500000 /dev/zero")}})
    with pytest.raises(
        recording.RecordingBroken, match=r"recording a failed: No space left on device; make room"
    ) as told:
        recorded(config, small_disk(100))
    assert told.value.exit_status == 4


def break_pass(folder: Path) -> str:
    (folder / "pass.json").unlink()
    return (
        r"pass\.json: can't be replayed: No such file or directory; name a folder made with: almanac collect --record"
    )


def break_version(folder: Path) -> str:
    (folder / "pass.json").write_text('{"version": 2, "asked": 1}')
    return r"pass\.json: is of version 2, but 1 is read; update Almanac"


def break_json(folder: Path) -> str:
    next(folder.glob("binary-*.json")).write_text("{")
    return r"binary-\w+\.json: is not of a recording: : Invalid JSON"


def break_shape(folder: Path) -> str:
    file = next(folder.glob("binary-*.json"))
    kept = json.loads(file.read_text())
    del kept["question"]["marker"]
    file.write_text(json.dumps(kept))
    return r"is not of a recording: question\.marker: .*; record it anew"


def break_reply(folder: Path) -> str:
    next(folder.glob("binary-*.reply")).unlink()
    return r"binary-\w+\.reply: can't be replayed: No such file"


@pytest.mark.parametrize("broken", [break_pass, break_version, break_json, break_shape, break_reply])
def test_a_folder_that_holds_no_recording_is_told_before_the_first_answer(
    config: Config, tmp_path: Path, broken: Callable[[Path], str]
) -> None:
    folder = tmp_path / "pass"
    recorded(config, folder)
    wanted = broken(folder)
    with pytest.raises(RecordingError, match=wanted):
        recording.replay(config, folder)


@pytest.mark.parametrize(
    ("nodes", "wanted"),
    [
        ({}, r"recorded of nodes\.a with s0, which .* does not have; replay it with the configuration of that pass"),
        ({"a": {"reach": "local"}}, r"recorded of nodes\.a with s0, which"),
    ],
)
def test_another_configuration_is_told(tmp_path: Path, nodes: dict[str, Any], wanted: str) -> None:
    recorded(Config.model_validate({"nodes": {"a": local("echo well")}}), tmp_path / "pass")
    with pytest.raises(RecordingError, match=wanted):
        recording.replay(Config.model_validate({"nodes": nodes}), tmp_path / "pass")


def test_what_came_over_ssh_is_recorded_as_it_was(sshd: Sshd, tmp_path: Path) -> None:
    source = {"kind": "shell", "text": "printf '\\377'; exit 5"}
    node = {"address": "127.0.0.1", "port": sshd.port, "user": sshd.user, "sources": [source]}
    config = Config.model_validate({"nodes": {"SDU": node}})
    answers = recorded(config, tmp_path / "pass")
    assert (answers[0].answers[0].body, answers[0].answers[0].status) == (b"\xff", 5)
    assert list(recording.replay(config, tmp_path / "pass")) == answers
