"""A Docker engine of the tests' own, without network, and an image of busybox made here."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120
"""Seconds for the engine to come up on a machine that is busy."""


@dataclass(frozen=True)
class Docker:
    """A running engine. bin: a folder with a `docker` that speaks to it, as one on a node does."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def do(self, *words: str, told: bytes = b"") -> str:
        done = subprocess.run([str(self.bin / "docker"), *words], input=told, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().strip()

    def start(self, name: str, text: str, *options: str) -> None:
        """A container that has run some sh text, and then waits."""
        ready = [str(self.bin / "docker"), "exec", name, "test", "-e", "/ready"]
        box = ["--name", name, *options, "box", "sh", "-c", f"{text}\n: > /ready\nexec sleep 600"]
        self.do("run", "-d", "--network", "none", *box)
        end = time.monotonic() + PATIENCE
        while subprocess.run(ready, capture_output=True, check=False).returncode:
            assert time.monotonic() < end, self.do("logs", name)
            time.sleep(0.1)


@contextmanager
def engine() -> Iterator[Docker]:
    """Starts one, and ends it with all its containers."""
    folder = Path(tempfile.mkdtemp(prefix="almanac-docker-"))
    words = ["--storage-driver=vfs", "--bridge=none", "--iptables=false", "--ip6tables=false"]
    places = [f"--host=unix://{folder}/s", f"--data-root={folder}/data", f"--exec-root={folder}/exec"]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            ["dockerd", *places, f"--pidfile={folder}/pid", *words], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    docker = Docker(folder)
    try:
        _make_client(docker)
        _wait(docker, daemon)
        docker.do("import", "-", "box", told=_image(folder / "root"))
        yield docker
        if names := docker.do("ps", "-aq").split():
            docker.do("rm", "-f", *names)
    finally:
        daemon.terminate()
        daemon.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _make_client(docker: Docker) -> None:
    docker.bin.mkdir()
    client = docker.bin / "docker"
    client.write_text(f'#!/bin/sh\nexec /usr/bin/docker -H unix://{docker.folder}/s "$@"\n')
    client.chmod(0o755)


def _wait(docker: Docker, daemon: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while subprocess.run([str(docker.bin / "docker"), "version"], capture_output=True, check=False).returncode:
        assert daemon.poll() is None, (docker.folder / "log").read_text()
        assert time.monotonic() < end, (docker.folder / "log").read_text()
        time.sleep(0.1)


def _image(root: Path) -> bytes:
    """Busybox with what it is linked to, as a tar."""
    box = shutil.which("busybox")
    assert box is not None
    (root / "bin").mkdir(parents=True)
    for folder in ("tmp", "proc", "etc"):
        (root / folder).mkdir()
    (root / "tmp").chmod(0o1777)
    linked = subprocess.run(["ldd", box], capture_output=True, text=True, check=False).stdout.split()
    for file in (word for word in linked if word.startswith("/")):
        (root / file[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, root / file[1:])
    shutil.copy(box, root / "bin/busybox")
    for applet in subprocess.run([box, "--list"], capture_output=True, text=True, check=True).stdout.split():
        if applet != "busybox":
            (root / "bin" / applet).symlink_to("busybox")
    return subprocess.run(["tar", "-C", str(root), "-c", "."], capture_output=True, check=True).stdout
