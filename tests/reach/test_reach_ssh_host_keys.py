"""Who a host must prove to be, before anything of ours is sent to it; on real sshds."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from collector.reach import Refused
from tests.reach.asking import Start, ask, fingerprint, jump_of, node, reason
from tests.servers.sshd import Sshd, new_key, public

FINGERPRINT = "SHA256:[A-Za-z0-9+/]{43}"


def test_an_unknown_host_key_is_refused_and_the_command_told_accepts_it(sshds: Start, home: Path) -> None:
    sshd = sshds("a", known=False)
    said = reason(Refused, node(sshd))
    match = re.fullmatch(
        rf"the host key of 127\.0\.0\.1 port {sshd.port} is not known: ssh-ed25519 ({FINGERPRINT}); if the host's"
        rf" administrator confirms this fingerprint, accept it with: (ssh -p {sshd.port} \S+@127\.0\.0\.1 exit)",
        said,
    )
    assert match
    assert match[1] == fingerprint(sshd.host_keys[0])
    assert "Accepted" not in sshd.log()
    follow(match[2], home)
    assert ask(node(sshd)).output == b"well\n"


def follow(commands: str, home: Path) -> None:
    """Runs what a reason says. ssh takes ~ from the user database, not from HOME, and its question is answered here."""
    yes = f"-i {home}/.ssh/id_ed25519 -o UserKnownHostsFile={home}/.ssh/known_hosts -o StrictHostKeyChecking=accept-new"
    subprocess.run(commands.replace("ssh -p", f"ssh {yes} -p"), shell=True, check=True, capture_output=True)


def test_a_changed_host_key_is_refused_and_the_command_told_replaces_it(sshds: Start, home: Path) -> None:
    sshd = sshds("a", known=False)
    old = new_key(home / "old")
    file = home / ".ssh" / "known_hosts"
    file.write_text(f"# ours\n[127.0.0.1]:{sshd.port} {public(old)}\n")
    said = reason(Refused, node(sshd))
    assert said == (
        f"the host key of 127.0.0.1 port {sshd.port} has changed: it shows ssh-ed25519 {fingerprint(sshd.host_keys[0])},"
        f" but {file} line 2 holds {fingerprint(old)}; somebody may be listening in, so only if the host's administrator"
        f" confirms the new fingerprint, run: ssh-keygen -f {file} -R '[127.0.0.1]:{sshd.port}'"
        f" && ssh -p {sshd.port} {sshd.user}@127.0.0.1 exit"
    )
    assert "Accepted" not in sshd.log()
    follow(said.partition("run: ")[2], home)
    assert ask(node(sshd)).output == b"well\n"


def test_a_revoked_host_key_is_refused_although_it_is_known(sshd: Sshd, home: Path) -> None:
    file = home / ".ssh" / "known_hosts"
    file.write_text(file.read_text() + f"@revoked * {public(sshd.host_keys[0])}\n")
    assert re.search(rf"{re.escape(str(file))} line 2 revokes; the host needs a new key", reason(Refused, node(sshd)))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_host_that_is_known_by_one_of_its_keys_is_asked_for_that(sshds: Start, home: Path, kind: str) -> None:
    sshd = sshds("a", known=False, kinds=["ed25519", "ecdsa", "rsa"])
    (line,) = [line for line in sshd.known().splitlines() if kind in line.split()[1]]
    (home / ".ssh" / "known_hosts").write_text(line)
    assert ask(node(sshd)).output == b"well\n"


def test_a_host_known_by_other_keys_only_is_unknown(sshds: Start, home: Path, tmp_path: Path) -> None:
    sshd = sshds("a", known=False)
    rsa = public(new_key(tmp_path / "rsa", "rsa"))
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {rsa}\n")
    assert "is not known: ssh-ed25519" in reason(Refused, node(sshd))


@pytest.mark.parametrize("form", ["hashed", "plain name", "second key", "pattern", "global file", "alias"])
def test_known_hosts_is_read_as_ssh_reads_it(sshds: Start, home: Path, tmp_path: Path, form: str) -> None:
    sshd, file, config = sshds("a", known=False), home / ".ssh" / "known_hosts", home / ".ssh" / "config"
    match form:
        case "hashed":
            file.write_text(sshd.known())
            subprocess.run(["ssh-keygen", "-q", "-H", "-f", file], check=True, capture_output=True)
        case "plain name":
            file.write_text(sshd.known("127.0.0.1"))
        case "second key":
            file.write_text(f"[127.0.0.1]:{sshd.port} {public(new_key(tmp_path / 'other'))}\n{sshd.known()}")
        case "pattern":
            file.write_text(sshd.known("[127.0.0.*]:*"))
        case "global file":
            config.write_text(f"GlobalKnownHostsFile {tmp_path}/none {tmp_path}/all\n")
            (tmp_path / "all").write_text(sshd.known())
        case "alias":
            config.write_text("Host 127.0.0.1\n HostKeyAlias sdu\n UserKnownHostsFile %d/known\n")
            (home / "known").write_text(sshd.known("sdu"))
    assert ask(node(sshd)).output == b"well\n"


def test_strict_host_key_checking_can_not_be_switched_off(sshds: Start, home: Path) -> None:
    (home / ".ssh" / "config").write_text("StrictHostKeyChecking no\n")
    assert "is not known" in reason(Refused, node(sshds("a", known=False)))


@pytest.mark.parametrize("unknown", [0, 1, 2])
def test_the_host_key_of_every_jump_host_is_verified(chain: list[Sshd], home: Path, unknown: int) -> None:
    sshd = chain[unknown]
    known = "".join(each.known() for each in chain if each is not sshd)
    (home / ".ssh" / "known_hosts").write_text(known)
    said = reason(Refused, node(chain[-1], jump=jump_of(chain)))
    place = "127.0.0.1" if sshd is chain[-1] else "jump host 127.0.0.1"
    assert f"the host key of {place} port {sshd.port} is not known" in said
    through = f"-J {jump_of(chain[: unknown + 1])} " if unknown else ""
    assert said.endswith(f"accept it with: ssh -p {sshd.port} {through}{sshd.user}@127.0.0.1 exit")
    assert [each.log().count("Accepted publickey") for each in chain] == [1] * unknown + [0] * (3 - unknown)
