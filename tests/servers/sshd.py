"""A real sshd of a test's own, on a free port of loopback, with its own host keys and authorized keys.

with Sshd(tmp_path / "a") as sshd:
    sshd.admit(public_key)
    known_hosts.write_text(sshd.known())
"""

from __future__ import annotations

import contextlib
import getpass
import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.servers.ports import free_port
from tests.servers.waiting import until

_PATIENCE = 60.0


def new_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """A key pair at `path` and `path`.pub."""
    path.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "", "-f", path], check=True)
    return path


def public(key: Path) -> str:
    return Path(f"{key}.pub").read_text().strip()


class Sshd:
    """A running sshd. `options` are lines of sshd_config, before ours: sshd takes the first of each."""

    user = getpass.getuser()

    def __init__(self, folder: Path, kinds: Sequence[str] = ("ed25519",), options: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.host_keys = [new_key(folder / f"host_{kind}", kind) for kind in kinds]
        (folder / "authorized_keys").touch(mode=0o600)
        self._options = list(options)
        self._process: subprocess.Popen[bytes] | None = None

    def admit(self, *keys: Path) -> None:
        """Lets the owners of these keys in, and nobody else."""
        (self.folder / "authorized_keys").write_text("".join(f"{public(key)}\n" for key in keys))

    def known(self, host: str | None = None) -> str:
        """The lines of known_hosts for this host."""
        return "".join(f"{host or f'[127.0.0.1]:{self.port}'} {public(key)}\n" for key in self.host_keys)

    def __enter__(self) -> Sshd:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # what sshd wants to be empty when it drops privileges
        (self.folder / "sshd_config").write_text("\n".join([*self._options, *self._ours(), ""]))
        self._log = (self.folder / "log").open("wb")
        command = ["/usr/sbin/sshd", "-D", "-e", "-f", str(self.folder / "sshd_config")]
        self._process = subprocess.Popen(command, stderr=self._log, start_new_session=True)
        until(self._listens)
        return self

    def _ours(self) -> list[str]:
        return [
            f"Port {self.port}",
            "ListenAddress 127.0.0.1",
            *(f"HostKey {key}" for key in self.host_keys),
            f"AuthorizedKeysFile {self.folder}/authorized_keys",
            f"PidFile {self.folder}/pid",
            f"SetEnv HOME={self.folder}",  # or ~/.bashrc of whoever runs the tests is read at each login
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
            "PermitRootLogin yes",
            "MaxStartups 300",
            "LogLevel VERBOSE",
        ]

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"sshd did not start: {self.log()}"
        with socket.create_connection(("127.0.0.1", self.port), _PATIENCE):
            return True

    def cut(self) -> None:
        """Kills the processes of all sessions, as a machine that goes down does; sshd itself goes on."""
        assert self._process is not None
        for pid in children(self._process.pid):
            for below in [*children(pid), pid]:  # the session runs as a child of sshd's child when privileges drop
                with contextlib.suppress(ProcessLookupError):
                    os.kill(below, signal.SIGKILL)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(_PATIENCE)
        self._log.close()


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
