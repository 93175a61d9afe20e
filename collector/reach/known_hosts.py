"""Who a host must prove to be: OpenSSH's known_hosts files, read as sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT" describes.

paramiko's own reader passes over @revoked, patterns and a second key of the same type, so only its hash is used here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

_SPECIAL = re.compile(r"[*?!]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a known_hosts file: where it stands, `@revoked` or "", the hosts it is for, and the key."""

    file: Path
    line: int
    marker: str
    hosts: str
    kind: str
    blob: bytes


def read(paths: Iterable[Path]) -> list[Entry]:
    """All lines that hold a key, file by file. What can't be read or understood is passed over, as ssh does."""
    return [entry for path in paths for entry in _entries(path)]


def _entries(path: Path) -> Iterable[Entry]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for number, line in enumerate(lines, 1):
        words = line.split()
        marker = words.pop(0) if words and words[0].startswith("@") else ""
        if len(words) < 3 or words[0].startswith("#"):
            continue
        try:
            blob = base64.b64decode(words[2], validate=True)
        except binascii.Error:
            continue
        yield Entry(path, number, marker, words[0], words[1], blob)


def matching(entries: Sequence[Entry], host: str) -> list[Entry]:
    """The entries for a host as known_hosts names it: `name`, or `[name]:port` when the port is not 22."""
    return [entry for entry in entries if _is_for(entry.hosts, host.lower())]


def _is_for(hosts: str, host: str) -> bool:
    if hosts.startswith("|1|"):
        return _is_hash_of(hosts, host)
    patterns = hosts.lower().split(",")
    if not _SPECIAL.search(hosts):
        return host in patterns
    barred = any(_fits(host, pattern[1:]) for pattern in patterns if pattern.startswith("!"))
    return not barred and any(_fits(host, pattern) for pattern in patterns)


def _fits(host: str, pattern: str) -> bool:
    """Only * and ? are special: brackets stand for themselves, around a host with a port."""
    return fnmatchcase(host, pattern.replace("[", "[[]"))


def _is_hash_of(hashed: str, host: str) -> bool:
    """`|1|salt|hash`: HMAC-SHA1 of the name, both in base64 (ssh-keygen -H)."""
    try:
        salt, digest = (base64.b64decode(word, validate=True) for word in hashed.split("|")[2:4])
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.new(salt, host.encode(), "sha1").digest(), digest)


def fingerprint(blob: bytes) -> str:
    """A key as ssh-keygen -l shows it: `SHA256:...`."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
