"""Logs of real processes: from the file over SSH, through supervisord, searched, and as they grow; hostile ones too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.control import readable
from collector.control.follow import Pieces
from tests.control.fleet import Fleet
from tests.control.running import run

COMMAND = str(Path(sys.executable).with_name("almanac"))


@pytest.fixture
def log(fleet_of_five: Fleet) -> Iterator[Path]:
    """The log of `web:a` on `one`, emptied before and afterwards."""
    path = Path(fleet_of_five.nodes["one"].records()["web:a"]["stdout_logfile"])
    path.write_bytes(b"")
    yield path
    path.write_bytes(b"")


@pytest.fixture
def through_supervisord(fleet_of_five: Fleet) -> Path:
    """A configuration by which the same supervisord is another machine's: its files are not on the node."""
    config = fleet_of_five.folder / "far.toml"
    port = fleet_of_five.nodes["one"].port
    config.write_text(
        '[nodes.far]\nreach = "local"\n[[nodes.far.sources]]\nkind = "processes"\n'
        f'supervisor = "http://u:plain@0.0.0.0:{port}"\n'
    )
    return config


@pytest.fixture(params=["file", "supervisord"])
def config(request: pytest.FixtureRequest, fleet_of_five: Fleet, through_supervisord: Path) -> Path:
    return fleet_of_five.config if request.param == "file" else through_supervisord


def tail(config: Path, *words: str) -> tuple[int, str, str]:
    node = () if config.name == "far.toml" else ("--node", "one")
    done = run(config, "tail", "web:a", *node, *words)
    return done.status, done.out, done.err


@pytest.mark.parametrize(
    ("body", "words", "wanted"),
    [
        (b"", [], ""),
        (b"one line\n", [], "one line\n"),
        (b"no end", [], "no end\n"),
        (b"\n\n", [], "\n\n"),
        (b"\x1b[1;31mred\x1b[0m \x1b]0;t\x07\n", [], "red \\x1b]0;t\\x07\n"),
        ("ü 日本 \u202e\n".encode(), [], "ü 日本 \\u202e\n"),
        ("first\n日本\nlast\n".encode(), ["--size", "11B"], "last\n"),
        ("日本日本".encode(), ["--size", "8B"], "日本\n"),
        ("日本日本".encode(), ["--size", "6B"], "日本\n"),
        (b"1\n2\n3\n", ["--lines", "2"], "2\n3\n"),
        (b"a ERROR\nb\nc ERROR\n", ["--search", "ERROR"], "a ERROR\nc ERROR\n"),
        (b"a -e $(id) '\nb\n", ["--search", "-e $(id) '"], "a -e $(id) '\n"),
        (b"nothing\n", ["--search", "ERROR"], ""),
    ],
)
def test_the_end_of_a_log_is_read_by_either_way(
    log: Path, config: Path, body: bytes, words: list[str], wanted: str
) -> None:
    log.write_bytes(body)
    assert tail(config, *words) == (0, wanted, "")


def test_what_supervisord_cannot_send_is_read_from_the_file(log: Path, fleet_of_five: Fleet) -> None:
    log.write_bytes(b"nul \0 latin \xfcber\nhalf \xc3")
    assert tail(fleet_of_five.config) == (0, "nul \\x00 latin \\xfcber\nhalf \n", "")


def test_what_supervisord_cannot_send_is_told(log: Path, through_supervisord: Path) -> None:
    log.write_bytes(b"latin \xfcber\n")
    said = f"far web:a: supervisord can't send what is no UTF-8; let this user read {log} on the node\n"
    assert tail(through_supervisord) == (1, "", said)


def test_a_gigabyte_is_read_at_its_end(log: Path, fleet_of_five: Fleet) -> None:
    with log.open("r+b") as file:
        file.truncate(10**9)
        file.seek(0, os.SEEK_END)
        file.write(b"\nthe end\n")
    assert tail(fleet_of_five.config, "--lines", "1") == (0, "the end\n", "")


def test_bytes_are_passed_on_as_they_are(log: Path, fleet_of_five: Fleet) -> None:
    body = bytes(range(256)) * 3
    log.write_bytes(body)
    words = ["--config", fleet_of_five.config, "process", "tail", "--node", "one", "web:a", "--raw"]
    assert subprocess.run([COMMAND, *words], check=True, capture_output=True).stdout == body


def test_several_logs_have_a_head_each(log: Path, fleet_of_five: Fleet) -> None:
    log.write_bytes(b"mine\n")
    other = fleet_of_five.nodes["one"].records()["web:b"]["stdout_logfile"]
    done = run(fleet_of_five.config, "tail", "--node", "one", "--group", "web")
    assert done.out == f"==> one web:a stdout: {log}, 5 B\nmine\n==> one web:b stdout: {other}, 0 B\n"


def test_a_log_that_is_no_file_is_never_opened(log: Path, fleet_of_five: Fleet) -> None:
    """A pipe would hang who opens it; supervisord, which is asked in its place, does hang on it, so it is taken away."""
    log.unlink()
    log.symlink_to("/nowhere")
    status, out, err = tail(fleet_of_five.config)
    assert (status, out, err) == (1, "", f"one web:a: NO_FILE: {log}\n")
    log.unlink()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Say whose log: a NAME, --node, --environment, --group or --hub."),
        (["--group", "db", "--follow"], "This is for one process, but 2 are meant: one db:a, two db:a"),
        (["--group", "db", "--raw"], "This is for one process, but 2 are meant: one db:a, two db:a"),
        (["web:zz"], 'there is no process "web:zz" on the nodes that answered; did you mean "web:b"?'),
    ],
)
def test_words_that_mean_no_log_are_told(fleet_of_five: Fleet, words: list[str], said: str) -> None:
    done = run(fleet_of_five.config, "tail", *words)
    assert (done.status, done.out, done.err) == (2, "", said)


def test_a_log_is_followed_through_rotation_and_truncation(log: Path, config: Path) -> None:
    """Supervisord itself can't tell what was added before a rotation, so there only truncation is tried."""
    is_file = config.name != "far.toml"
    log.write_bytes(b"before\nhalf")
    words = ["--config", config, "process", "tail", "web:a", "--follow", *(["--node", "one"] if is_file else [])]
    with subprocess.Popen([COMMAND, *words], stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        lines = iter(following.stdout.readline, "")

        def add(body: bytes) -> None:
            with log.open("ab") as file:
                file.write(body)

        assert next(lines) == "before\n"
        add(b" and half\n")
        assert next(lines) == "half and half\n"
        add(b"\x1b[32mgreen\x1b[0m\n")
        assert next(lines) == "green\n"
        if is_file:
            add(b"last of the old\n")
            old = log.rename(f"{log}.1")
            log.write_bytes(b"first of the new, which is longer than the old one: " + b"x" * 200 + b"\n")
            assert next(lines) == "last of the old\n"
            assert next(lines).startswith("first of the new")
            old.unlink()
        log.write_bytes(b"")
        add(b"anew\n")
        assert next(lines) == "anew\n"
        following.send_signal(signal.SIGINT)
        assert following.wait(60) == 130


def test_pieces_are_whole_wherever_the_stream_is_cut() -> None:
    stream = b"motd\n\nM data\none\n\nM data\n\nM datax\ntwo\n\nM data\n\nM data\n"
    for size in range(1, len(stream)):
        pieces = Pieces("M")
        found = [piece for at in range(0, len(stream), size) for piece in pieces.of(stream[at : at + size])]
        assert found == [b"one\n", b"\nM datax\ntwo\n", b""]


@pytest.mark.parametrize(
    ("body", "is_cut", "wanted"),
    [
        (b"", False, []),
        (b"a\r\nb\n", False, ["a", "b"]),
        (b"over\rwritten\n", False, ["over\\rwritten"]),
        (b"\xbc half\nwhole\n", True, ["whole"]),
        (b"\xbc one line only", True, [" one line only"]),
        (b"a\tb\n", False, ["a       b"]),
        (b"\x1b[31", False, ["\\x1b[31"]),
    ],
)
def test_bytes_become_lines_that_steer_nothing(body: bytes, is_cut: bool, wanted: list[str]) -> None:
    assert readable.lines(body, is_cut=is_cut) == wanted


def test_a_reader_that_goes_away_ends_it_in_silence(log: Path, fleet_of_five: Fleet) -> None:
    log.write_bytes(b"begun\n")
    words = ["--config", fleet_of_five.config, "process", "tail", "--node", "one", "web:a", "--follow"]
    with subprocess.Popen([COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as following:
        assert following.stdout is not None and following.stderr is not None
        assert following.stdout.readline() == b"begun\n"
        following.stdout.close()
        with log.open("ab") as file:
            file.write(b"more\n")
        assert (following.stderr.read(), following.wait(60)) == (b"", 1)
