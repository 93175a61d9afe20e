"""A real VNC server with a white screen and a password, on a free port of the loopback."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from tests.servers.ports import free_port
from tests.servers.waiting import until

WIDTH, HEIGHT = 320, 240


def obfuscated(password: str) -> bytes:
    """As VNC servers keep a password: eight characters, by DES under a key that all of them share."""
    encryptor = Cipher(TripleDES(bytes.fromhex("e84ad660c4721ae0") * 3), modes.ECB()).encryptor()
    return encryptor.update(password.encode().ljust(8, b"\0")[:8]) + encryptor.finalize()


@contextmanager
def screen(folder: Path, password: str) -> Iterator[int]:
    """The port at which it is seen."""
    (folder / "vnc").write_bytes(obfuscated(password))
    port = free_port()
    words = f"Xtigervnc :{port} -rfbport {port} -localhost -SecurityTypes VncAuth -geometry {WIDTH}x{HEIGHT} -wr"
    command = [*words.split(), "-PasswordFile", str(folder / "vnc")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            until(lambda: listens(port))
            yield port
        finally:
            server.terminate()


def listens(port: int) -> bool:
    """Whether somebody listens there on the loopback, asked without connecting."""
    lines = Path("/proc/net/tcp").read_text().splitlines()
    return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in lines[1:])
