"""Fixtures for all rooms: a home folder of the test's own, real sshds, and a source kind from outside."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from collector.config import kinds
from tests.servers.sshd import Sshd, new_key

# A shell ignores Ctrl-C for what it runs in the background, and nohup that its terminal hangs up; and so would all that
# tests start and break off.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Hypothesis, too, finds fault with what is slow; a busy machine is no fault. All else stays as it is (CI has a profile).
settings.register_profile("any speed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """~ with a .ssh that holds nothing yet, and no agent."""
    folder = tmp_path / "home"
    (folder / ".ssh").mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


@pytest.fixture
def key(home: Path) -> Path:
    """The key pair of whoever runs the test, where ssh looks for it: ~/.ssh/id_ed25519."""
    return new_key(home / ".ssh" / "id_ed25519")


@pytest.fixture
def sshds(tmp_path: Path, home: Path, key: Path) -> Iterator[Callable[..., Sshd]]:
    """Starts sshds that admit `key` and are known: `sshds("a", known=False, kinds=["rsa"], options=["..."])`."""
    with ExitStack() as running:

        def start(name: str, known: bool = True, **wanted: Any) -> Sshd:
            sshd = running.enter_context(Sshd(tmp_path / name, **wanted))
            sshd.admit(key)
            if known:
                with (home / ".ssh" / "known_hosts").open("a") as file:
                    file.write(sshd.known())
            return sshd

        yield start


@pytest.fixture
def sshd(sshds: Callable[..., Sshd]) -> Sshd:
    """One sshd that is known and admits `key`."""
    return sshds("sshd")


@pytest.fixture
def shell_kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The source kind `shell` (`text = "..."`), installed as a package from outside would be."""

    def forget() -> None:
        for known in (kinds._outside, kinds.names, kinds.find):
            known.cache_clear()

    monkeypatch.syspath_prepend(Path(__file__).parent / "servers" / "shell_kind")
    forget()
    yield
    monkeypatch.undo()
    forget()
