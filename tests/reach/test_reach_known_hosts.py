"""Lines of known_hosts as sshd(8) describes them; ssh-keygen writes and hashes them here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from collector.reach import known_hosts
from tests.servers.sshd import new_key, public


@pytest.fixture(scope="module")
def blob(tmp_path_factory: pytest.TempPathFactory) -> str:
    """`ssh-ed25519 AAAA...`"""
    return public(new_key(tmp_path_factory.mktemp("keys") / "key"))


@pytest.mark.parametrize(
    ("hosts", "host", "wanted"),
    [
        ("backup.example.org", "backup.example.org", True),
        ("backup.example.org", "BACKUP.example.org", True),
        ("backup.example.org", "backup.example.org.evil.net", False),
        ("a,b,192.0.2.7", "192.0.2.7", True),
        ("*.example.org", "backup.example.org", True),
        ("*.example.org", "example.org", False),
        ("node?", "node1", True),
        ("*.example.org,!bad.example.org", "bad.example.org", False),
        ("!bad.example.org", "good.example.org", False),
        ("[backup]:2222", "[backup]:2222", True),
        ("[backup]:2222", "backup", False),
        ("[a-z]", "b", False),
        ("[*]:2222", "[backup]:2222", True),
        ("2001:db8::7", "2001:db8::7", True),
        ("|1|not base64|at all", "backup", False),
        ("|1|", "backup", False),
    ],
)
def test_a_line_is_for_the_hosts_that_it_names(tmp_path: Path, blob: str, hosts: str, host: str, wanted: bool) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"# a remark\n\n{hosts} {blob} and a comment\n")
    found = known_hosts.matching(known_hosts.read([file]), host)
    assert [(entry.file, entry.line) for entry in found] == ([(file, 3)] if wanted else [])


def test_hashed_lines_are_found_as_ssh_keygen_hashes_them(tmp_path: Path, blob: str) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"backup {blob}\n[backup]:2222 {blob}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", file], check=True, capture_output=True)
    assert "backup" not in file.read_text()
    entries = known_hosts.read([file])
    assert [entry.line for entry in known_hosts.matching(entries, "backup")] == [1]
    assert [entry.line for entry in known_hosts.matching(entries, "[backup]:2222")] == [2]
    assert known_hosts.matching(entries, "other") == []


def test_markers_are_told_and_odd_lines_passed_over(tmp_path: Path, blob: str) -> None:
    file = tmp_path / "known_hosts"
    file.write_bytes(
        f"@revoked * {blob}\nhost\nhost ssh-rsa\nhost ssh-rsa !!!\n@revoked\n".encode() + b"\xff\xfe a b\n"
    )
    assert [(entry.line, entry.marker, entry.kind) for entry in known_hosts.read([file, tmp_path / "absent"])] == [
        (1, "@revoked", "ssh-ed25519")
    ]


def test_a_fingerprint_is_as_ssh_keygen_shows_it(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key")
    shown = subprocess.run(["ssh-keygen", "-l", "-f", key], check=True, capture_output=True, text=True).stdout
    file = tmp_path / "known_hosts"
    file.write_text(f"host {public(key)}\n")
    assert known_hosts.fingerprint(known_hosts.read([file])[0].blob) == shown.split()[1]
