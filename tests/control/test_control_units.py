"""Units of systemd by the same commands. No systemd can be booted here: `systemctl` keeps the state of units in files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.control.running import Done, run

SYSTEMCTL = r"""#!/bin/sh
# Units are files that hold ActiveState; `bad.service` fails, `stuck.service` refuses, `job.service` runs and ends.
cd "{folder}" || exit 1
[ "$1" = --no-ask-password ] && shift
action=$1; shift
echo "$action $*" >> ../asked
case $action in
show)
    while [ "$1" != -- ]; do shift; done; shift
    for unit; do
        for file in $unit; do
            [ -e "$file" ] || {{ printf 'Id=%s\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n\n' "$unit"; continue; }}
            read -r state sub pid < "$file"
            printf 'Id=%s\nLoadState=loaded\nActiveState=%s\nSubState=%s\nMainPID=%s\n' "$file" "$state" "$sub" "$pid"
            stamp=$(TZ=UTC date -r "$file" '+%a %Y-%m-%d %H:%M:%S UTC')
            printf 'ActiveEnterTimestamp=%s\nInactiveEnterTimestamp=%s\n\n' "$stamp" "$stamp"
        done
    done ;;
stop) [ "$1" != stuck.service ] || {{ echo "Failed to stop $1: Access denied" >&2; exit 1; }}; echo inactive dead 0 > "$1" ;;
start | restart) case $1 in
    bad.service) echo failed failed 0 > "$1"; echo "Job for $1 failed because the control process exited" >&2; exit 1 ;;
    job.service) echo inactive dead 0 > "$1" ;;
    *) echo active running $$ > "$1" ;;
    esac ;;
esac
"""
CONFIG = """
[nodes.here]
reach = "local"
[[nodes.here.sources]]
kind = "processes"
units = ["*.service", "none.timer"]
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    units, tools = tmp_path / "units", tmp_path / "bin"
    units.mkdir()
    tools.mkdir()
    for name in ("web", "stuck"):
        (units / f"{name}.service").write_text("active running 77\n")
    for name in ("idle", "bad", "job"):
        (units / f"{name}.service").write_text("inactive dead 0\n")
    for unit in units.iterdir():
        os.utime(unit, (1_795_000_000, 1_795_000_000))
    (tools / "systemctl").write_text(SYSTEMCTL.format(folder=units))
    (tools / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    (tmp_path / "almanac.toml").write_text(CONFIG)
    return tmp_path / "almanac.toml"


def told(done: Done) -> dict[str, tuple[str, str | None, str]]:
    return {one["process"]: (one["result"], one["after"], one["why"]) for one in json.loads(done.out)["results"]}


def asked(config: Path) -> list[str]:
    lines = (config.parent / "asked").read_text().splitlines()
    return sorted(line for line in lines if not line.startswith("show"))


def test_units_are_listed(config: Path) -> None:
    done = run(config, "list")
    assert [line.split()[1:3] for line in done.out.splitlines()[1:-1]] == [
        ["bad.service", "inactive"],
        ["idle.service", "inactive"],
        ["job.service", "inactive"],
        ["none.timer", "not-found"],
        ["stuck.service", "active"],
        ["web.service", "active"],
    ]


def test_a_unit_is_stopped_and_started(config: Path) -> None:
    done = run(config, "stop", "web.service", "--yes", "--json")
    assert (done.status, told(done)) == (0, {"web.service": ("done", "inactive", "")})
    done = run(config, "start", "web.service", "idle.service", "--yes", "--json")
    wanted = dict.fromkeys(("idle.service", "web.service"), ("done", "active", ""))
    assert (done.status, told(done)) == (0, wanted)
    assert asked(config) == ["start idle.service", "start web.service", "stop web.service"]


def test_a_unit_is_restarted_by_one_word(config: Path) -> None:
    done = run(config, "restart", "web.service", "idle.service", "--yes", "--json")
    assert {end for end, _, _ in told(done).values()} == {"done"}
    assert asked(config) == ["restart idle.service", "restart web.service"]


def test_what_systemctl_refuses_is_told(config: Path) -> None:
    done = run(config, "stop", "stuck.service", "web.service", "--yes", "--json")
    assert done.status == 1
    assert told(done) == {
        "stuck.service": ("failed", "active", "Failed to stop stuck.service: Access denied; running"),
        "web.service": ("done", "inactive", ""),
    }


def test_a_unit_that_fails_to_start_is_told(config: Path) -> None:
    done = run(config, "start", "bad.service", "job.service", "--yes", "--json")
    assert done.status == 1
    assert told(done) == {
        "bad.service": ("failed", "failed", "Job for bad.service failed because the control process exited"),
        "job.service": ("done", "inactive", ""),
    }


def test_units_of_another_name_and_of_a_group_are_left_alone(config: Path) -> None:
    done = run(config, "stop", "--group", "web", "--yes")
    assert done.status == 2
    assert not (config.parent / "asked").read_text().count("stop")
