"""Signs of life through a real nginx and a real Apache: heard, with readings, through rotation; and no bytes break it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collector.model import Answer, Fault, Observation, Outcome, Reading, State
from collector.sources import beats
from tests.control.running import command
from tests.servers.ports import free_port
from tests.servers.waiting import until
from tests.servers.web import CRON, get, started

SECRET, OTHER = "kitchen-0123456789", "cellar_0123456789"
ASKED = 1_795_648_230  # 25 Nov 2026 23:10:30 UTC
KITCHEN = beats.Settings(kind="beats", secret=SECRET, units={"temperature": "celsius"})


def read(body: bytes, of: beats.Settings = KITCHEN, outcome: Outcome = Outcome.OK) -> Reading:
    return beats.parse(of, Answer("esp", "beats", "beats", ASKED, outcome, body=body))


def number(key: str, time: int, value: float, unit: str = "count") -> Observation:
    return Observation("device:beats", key, time, value, unit)  # type: ignore[arg-type]


def lines(*ago: int, query: str = "") -> bytes:
    minutes = [f"25/Nov/2026:23:{10 - minute:02}:30 +0000 {query}" for minute in ago]
    return "\n".join(minutes).encode()


@pytest.mark.parametrize(
    ("body", "of", "wanted"),
    [
        (b"", KITCHEN, {}),
        (lines(4), KITCHEN, {"age": 240.0}),
        (lines(9, 8, 7, 4), KITCHEN, {"age": 240.0, "rhythm": 60.0, "missed": 4.0}),
        (lines(4), KITCHEN.model_copy(update={"every": 100.0}), {"age": 240.0, "missed": 2.0}),
        (lines(0), KITCHEN.model_copy(update={"every": 100.0}), {"age": 0.0, "missed": 0.0}),
        (b"26/Nov/2026:07:10:30 +0800 ", KITCHEN, {"age": 0.0}),
        (b"25/Nov/2030:23:10:30 +0000 ", KITCHEN, {}),  # of a time that has not come
    ],
)
def test_age_rhythm_and_missed_beats_are_told(body: bytes, of: beats.Settings, wanted: dict[str, float]) -> None:
    reading = read(body, of)
    units = {"age": "seconds", "rhythm": "seconds", "missed": "count"}
    assert list(reading.observations) == [number(key, ASKED, value, units[key]) for key, value in wanted.items()]
    word = State("device:beats", "state", ASKED, "heard") if wanted else (
        State("device:beats", "state", ASKED, "silent", "no beat in the log"))  # fmt: skip
    assert (reading.states, reading.faults) == ((word,), ())


def test_readings_are_told_at_the_time_of_their_beat() -> None:
    reading = read(lines(1, 0, query="temperature=21.5&battery=%33.7&temperature=-2e1"))
    assert [one for one in reading.observations if one.metric not in beats.OWN] == [
        number("temperature", ASKED - 60, -20.0, "celsius"), number("battery", ASKED - 60, 3.7),
        number("temperature", ASKED, -20.0, "celsius"), number("battery", ASKED, 3.7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("temperature=nan", Fault(0, "temperature=nan", "is no number")),
        ("temperature=1e999", Fault(0, "temperature=1e999", "is no number")),
        ("temperature=", Fault(0, "temperature=", "is no number")),
        ("temperature=%1b[2J", Fault(0, "temperature=%1b[2J", "is no number")),
        (
            "%3Cscript%3E=1",
            Fault(0, "%3Cscript%3E=1", "its key is not made of lower-case letters, digits and underscores, 40 at most"),
        ),
        (
            "age=1",
            Fault(0, "age=1", "is told of the beats themselves; the device must call its reading something else"),
        ),
    ],
)
def test_what_is_no_reading_is_told_once(query: str, told: Fault) -> None:
    reading = read(lines(2, 1, 0, query=query))
    assert reading.faults == (told,)
    assert {one.metric for one in reading.observations} <= set(beats.OWN)


def test_of_too_many_readings_the_first_are_kept() -> None:
    reading = read(lines(0, query="&".join(f"k{key}=1" for key in range(30))))
    assert len([one for one in reading.observations if one.metric.startswith("k")]) == beats.MOST_READINGS
    assert len(reading.faults) == 10


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    read(body)
    read(lines(0) + body)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"secret": "short"}, "16 to 100 letters"),
        ({"secret": "x" * 20 + "/../"}, "16 to 100 letters"),
        ({"units": {"age": "seconds"}}, "told of the beats themselves"),
        ({"log": "relative.log"}, "pattern"),
    ],
)
def test_settings_that_are_wrong_are_refused_and_the_secret_is_not_told(written: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        beats.Settings.model_validate({"kind": "beats", "secret": SECRET} | written)
    assert said in str(raised.value)
    assert str(written.get("secret", SECRET)) not in str(raised.value)


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="almanac-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(params=["nginx", "apache"])
def port(request: pytest.FixtureRequest, folder: Path) -> Iterator[int]:
    """A web server with our lines in one of its servers, which writes the log `beats.log`, and `other.log`."""
    server = request.param
    ours = (CRON / f"beats-{server}.conf").read_text()
    where = "/var/log/nginx" if server == "nginx" else "/var/log/apache2"
    (folder / "ours.conf").write_text(ours.replace(f"{where}/almanac-beats.log", f"{folder}/beats.log"))
    number = free_port()
    with started(server, folder, number):
        yield number


def config(folder: Path) -> Path:
    file = folder / "almanac.toml"
    file.write_text(
        '[nodes.esp]\nreach = "local"\n[[nodes.esp.sources]]\nkind = "beats"\n'
        f'secret = "{SECRET}"\nlog = "{folder}/beats.log"\nevery = "10m"\nunits = {{ temperature = "celsius" }}\n'
    )
    return file


def told(folder: Path) -> dict[str, object]:
    """The node's document after a pass, without what changes by itself."""
    for stage in ("collect", "judge", "export"):
        done = command(folder / "almanac.toml", stage)
        assert (done.status, done.err) == (0, ""), stage
    document = json.loads((folder / "data/export/nodes/esp.json").read_text())
    (subject,) = (one for one in document["subjects"] if one["name"] == "device:beats")
    found: dict[str, object] = subject
    return found


def test_a_device_is_heard_through_a_web_server(folder: Path, port: int) -> None:
    config(folder)
    for path in (f"{SECRET}?temperature=21.5&battery=3.7", OTHER, f"{SECRET}x", f"x?a={SECRET}", "../beat/"):
        assert get(port, f"/beat/{path}").status in (204, 400 if ".." in path else 204)
    assert get(port, f"/{SECRET}", referer=f"/beat/{SECRET}").status == 401
    until(lambda: len((folder / "beats.log").read_text().splitlines()) >= 4)
    metrics = {one["name"]: one for one in told(folder)["metrics"]}  # type: ignore[attr-defined]
    assert (metrics["temperature"]["value"], metrics["battery"]["value"]) == (21.5, 3.7)
    assert metrics["missed"]["value"] == 0
    assert "GET /beat/" not in (folder / "other.log").read_text()
    beside = [path for path in (folder / "data").rglob("*") if path.is_file()]
    assert beside
    assert [path for path in beside if SECRET.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    ("ago", "wanted"),
    [
        ([5], []),
        ([25], [("beats missed", "warning", "2 beats missed; the last was heard 25 min ago.")]),
        ([24 * 60], [("beats missed", "critical", "144 beats missed; the last was heard 24 h ago.")]),
        ([], [("no beats", "critical", "Device is silent: no beat in the log.")]),
    ],
)
def test_missed_beats_are_a_problem(folder: Path, ago: list[int], wanted: list[tuple[str, str, str]]) -> None:
    times = [datetime.now(UTC) - timedelta(minutes=minutes, seconds=1) for minutes in ago]
    line = '192.0.2.7 - - [{:%d/%b/%Y:%H:%M:%S +0000}] "GET /beat/' + SECRET + ' HTTP/1.1" 204 0\n'
    (folder / "beats.log").write_text("".join(map(line.format, times)))
    for stage in ("collect", "judge", "export"):
        command(config(folder), stage)
    problems = json.loads((folder / "data/export/nodes/esp.json").read_text())["problems"]
    told = [(one["rule"], one["level"], re.sub("2[5-9] min", "25 min", one["text"])) for one in problems]
    assert told == wanted  # it takes minutes where the machine is busy


@pytest.mark.parametrize(
    ("rotated", "older"),
    [
        ("beats.log.1", "beats.log.2"),
        ("beats.log-20261125", "beats.log-20261118"),
        ("beats.log-20261125-1795600000", "beats.log-20261126.gz"),
    ],
)
def test_rotation_loses_no_beat_and_tells_none_twice(folder: Path, rotated: str, older: str) -> None:
    log = folder / "beats.log"
    line = '192.0.2.7 - - [25/Nov/2026:2{}:10:30 +0000] "POST /beat/' + SECRET + '?n={} HTTP/1.1" 204 0 "-" "esp"\n'
    log.write_text("".join(line.format(hour, hour) for hour in (0, 1)))
    before = _answered(log)
    log.rename(folder / rotated)
    (folder / older).write_text(line.format(4, 4))
    log.write_text(line.format(2, 2) + line.format(3, 3).rstrip("\n"))
    after = _answered(log)
    assert before.decode().splitlines() == ["25/Nov/2026:20:10:30 +0000 n=0", "25/Nov/2026:21:10:30 +0000 n=1"]
    assert after == before + b"25/Nov/2026:22:10:30 +0000 n=2\n25/Nov/2026:23:10:30 +0000 n=3\n"


def test_a_log_that_is_not_there_is_told(folder: Path) -> None:
    done = subprocess.run(["sh"], input=_script(folder / "none.log"), capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.decode() == f"{folder}/none.log can't be read; is it there, and is this user in its group?\n"


def _script(log: Path) -> bytes:
    return beats.probe(KITCHEN.model_copy(update={"log": str(log)})).encode()


def _answered(log: Path) -> bytes:
    return subprocess.run(["sh", "-u"], input=_script(log), capture_output=True, check=True).stdout
