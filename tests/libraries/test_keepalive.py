"""The keep-alive for ESP32: compiled and run against as much of the Arduino core as it uses."""

import os
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

SKETCH = Path(str(files("collector") / "libraries/keepalive/keepalive.ino"))
RUN = '#include "sketch.ino"\nint main() { setup(); loop(); celsius = 21.52f; setup(); }\n'
BEAT = "GET https://status.example.org/beat/SECRET"


@pytest.mark.parametrize(
    ("authority", "environ", "wanted"),
    [
        ("PEM", {}, [BEAT, "wait 300000", f"{BEAT}?temperature=21.5", "wait 300000"]),
        ("PEM", {"OFFLINE": "1"}, ["wait 300000"] * 2),
        ("", {}, ["wait 300000"] * 2),
    ],
)
def test_it_beats_with_its_reading_and_only_to_a_server_it_can_tell(tmp_path, authority, environ, wanted):
    sketch = SKETCH.read_text().replace('AUTHORITY = ""', f'AUTHORITY = "{authority}"')
    (tmp_path / "sketch.ino").write_text(sketch)
    (tmp_path / "main.cpp").write_text(RUN)
    core = str(Path(__file__).with_name("arduino"))
    strict = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-I", core]
    subprocess.run(["g++", *strict, str(tmp_path / "main.cpp"), "-o", str(tmp_path / "run")], check=True)
    done = subprocess.run([tmp_path / "run"], env={**os.environ, **environ}, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == wanted
