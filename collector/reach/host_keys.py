"""Is the host the one that known_hosts knows? Asked of the node and of every jump host; there is no way around it.

fabric accepts any key (AutoAddPolicy), changed ones too. This policy takes its place: a key that is not known, has
changed or is revoked ends the connection before anything of ours, the login included, is sent.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paramiko import MissingHostKeyPolicy, PKey, SSHClient, Transport

from collector.reach import Refused, known_hosts

_USER_FILES = "~/.ssh/known_hosts ~/.ssh/known_hosts2"
_GLOBAL_FILES = "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2"
_SSH_PORT = 22
_NEVER = 86_400.0


class KnownHosts(MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko carries no types
    """What is known of one host. `accept` is the command by which a person gets to see its key and may accept it."""

    def __init__(self, ssh_config: Mapping[str, Any], host: str, port: int, accept: str, *, jump: bool) -> None:
        self.accept = accept
        self.place = f"{'jump host ' if jump else ''}{host} port {port}"
        self.name = ssh_config.get("hostkeyalias") or (host if port == _SSH_PORT else f"[{host}]:{port}")
        self.files = _files(ssh_config)
        files = known_hosts.read(self.files)
        self.entries = known_hosts.matching(files, self.name)
        # As ssh: a host on another port may be known by its plain name. That accepts a key, and never refuses one.
        plain = known_hosts.matching(files, host) if self.name.startswith("[") else []
        self.accepted = self.entries + [entry for entry in plain if not entry.marker]

    def transport(self, sock: Any, **options: Any) -> Transport:
        """A transport that asks first for the key types that are known (paramiko's `transport_factory`), and for
        ciphers that vouch for a packet by themselves: beside others stand codes that paramiko compares byte by byte."""
        transport = Transport(sock, **options)
        transport.handshake_timeout = _NEVER  # paramiko's 15 s would cut a longer limit of ours short
        security = transport.get_security_options()
        known = {entry.kind for entry in self.accepted if not entry.marker}
        # False sorts before True, and sorting keeps paramiko's order otherwise.
        security.key_types = sorted(security.key_types, key=lambda kind: _named(kind) not in known)
        security.ciphers = sorted(security.ciphers, key=lambda cipher: "-gcm@" not in cipher)
        return transport

    def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> None:  # noqa: ARG002 - paramiko's call
        """Raises Refused unless the key is known. paramiko knows no keys of its own here, so it asks for every host."""
        if not self.knows(key):
            raise Refused(
                f"the host key of {self.place} is not known: {shown(key)}; if the host's administrator confirms this"
                f" fingerprint, accept it with: {self.accept}"
            )

    def knows(self, key: PKey) -> bool:
        """Whether the host is known to have this key. Raises Refused if it is revoked, or known to be another."""
        kind, blob = key.get_name(), key.asbytes()
        same = [entry for entry in self.accepted if entry.blob == blob]
        if revoked := next((entry for entry in same if entry.marker == "@revoked"), None):
            raise Refused(
                f"{self.place} shows the key {shown(key)}, which {_at(revoked)} revokes; the host needs a new key"
            )
        if any(not entry.marker for entry in same):
            return True
        if old := next((entry for entry in self.entries if entry.kind == kind and not entry.marker), None):
            raise Refused(self._changed(shown(key), old))
        return False

    def _changed(self, now: str, old: known_hosts.Entry) -> str:
        remove = shlex.join(["ssh-keygen", "-f", str(old.file), "-R", self.name])
        return (
            f"the host key of {self.place} has changed: it shows {now}, but {_at(old)} holds"
            f" {known_hosts.fingerprint(old.blob)}; somebody may be listening in, so only if the host's administrator"
            f" confirms the new fingerprint, run: {remove} && {self.accept}"
        )


def shown(key: PKey) -> str:
    """A key as a person compares it: its type and fingerprint."""
    return f"{key.get_name()} {known_hosts.fingerprint(key.asbytes())}"


def _files(ssh_config: Mapping[str, Any]) -> list[Path]:
    named = ssh_config.get("userknownhostsfile", _USER_FILES) + " "
    named += ssh_config.get("globalknownhostsfile", _GLOBAL_FILES)
    words = (word.replace("%d", "~") for word in shlex.split(named) if word != "none")
    return [Path(word).expanduser() for word in words]


def _named(algorithm: str) -> str:
    """The key type behind a signature algorithm: RSA keys are `ssh-rsa` in known_hosts, however they sign."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm


def _at(entry: known_hosts.Entry) -> str:
    return f"{entry.file} line {entry.line}"
