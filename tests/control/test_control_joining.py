"""A node joins through a real sshd that takes passwords, directly and through a jump host, is let in again, and leaves."""

from __future__ import annotations

import getpass
import os
import pwd
import secrets
import shutil
import signal
import sqlite3
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.config import load
from collector.control import joining
from collector.question import question
from collector.reach import Limits, ssh
from collector.reach.joining import Meeting
from collector.reach.script import compose
from collector.store.activity import Activity
from collector.store.persons import Person
from collector.store.store import Store
from tests.control.running import Done, command
from tests.servers.ports import free_port
from tests.servers.sshd import Sshd, new_key

FILE = """\
# Ours.
[site]
title = "Lab"      # beside

[nodes.here]
reach = "local"
"""


class Account:
    """A user of this machine with a password, whose home is a folder of the test's."""

    def __init__(self, home: Path) -> None:
        self.name, self.password, self.home = f"alm{secrets.token_hex(4)}", f"p {secrets.token_hex(8)}'\"$", home
        subprocess.run(["useradd", "-M", "-d", home, "-s", "/bin/sh", self.name], check=True)
        subprocess.run(["chpasswd"], input=f"{self.name}:{self.password}\n", text=True, check=True)
        entry = pwd.getpwnam(self.name)
        subprocess.run(["chown", f"{entry.pw_uid}:{entry.pw_gid}", home], check=True)

    @property
    def authorized(self) -> Path:
        return self.home / ".ssh" / "authorized_keys"

    def lines(self) -> list[str]:
        return self.authorized.read_text().splitlines() if self.authorized.exists() else []


@pytest.fixture
def account() -> Iterator[Account]:
    home = Path(tempfile.mkdtemp(prefix="almanac-"))  # where others than root get to, unlike pytest's folders
    made = Account(home)
    yield made
    subprocess.run(["userdel", "-f", made.name], check=True, capture_output=True)
    shutil.rmtree(home)


@pytest.fixture
def sshd(account: Account, tmp_path: Path) -> Iterator[Sshd]:
    options = ["PasswordAuthentication yes", "AuthorizedKeysFile .ssh/authorized_keys", f"SetEnv HOME={account.home}"]
    with Sshd(tmp_path / "node", options=options) as running:
        yield running


@pytest.fixture
def config(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "ours"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (tmp_path / "ours").mkdir()
    (tmp_path / "password").write_text(f"{account.password}\nnot this\n")
    file = tmp_path / "almanac.toml"
    file.write_text(FILE)
    file.chmod(0o640)
    return file


def known(tmp_path: Path) -> Path:
    return tmp_path / "ours" / ".ssh" / "known_hosts"


def mark(sshd: Sshd) -> str:
    told = subprocess.run(["ssh-keygen", "-lf", sshd.host_keys[0]], check=True, capture_output=True, text=True)
    return told.stdout.split()[1]


def add(config: Path, account: Account, sshd: Sshd, *words: str, print_: str | None = None) -> Done:
    return command(
        config, "node", "add", "127.0.0.1", "--user", account.name, "--port", str(sshd.port), "--name", "new",
        "--password-file", str(config.parent / "password"), "--fingerprint", print_ or mark(sshd), *words,
    )  # fmt: skip


def keys(config: Path) -> list[Path]:
    return sorted((config.parent / "data" / "keys").glob("*"))


def acts(config: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(config.parent / "data" / "almanac.db") as db:
        return db.execute("SELECT act, outcome FROM activity ORDER BY id").fetchall()


def untouched(config: Path, account: Account, tmp_path: Path) -> bool:
    here = known(tmp_path)
    return (
        config.read_text() == FILE
        and keys(config) == []
        and account.lines() == []
        and (not here.exists() or here.read_text() == "")
    )


def test_a_node_joins_is_let_in_again_and_leaves(config: Path, account: Account, sshd: Sshd, tmp_path: Path) -> None:
    done = add(config, account, sshd, "--from", "127.0.0.1,::1")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[-1] == "host: ok"
    key, public = keys(config)
    assert stat.S_IMODE(key.stat().st_mode) == stat.S_IMODE(public.stat().st_mode) == 0o600
    assert account.lines() == [f'restrict,from="127.0.0.1,::1" {public.read_text().strip()}']
    assert public.read_text().split()[-1] == f"almanac:{key.name}"
    assert stat.S_IMODE(account.authorized.stat().st_mode) == 0o600
    assert known(tmp_path).read_text() == sshd.known()
    assert config.read_text().startswith(FILE.rstrip() + "\n\n[nodes.new]\n")
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    assert command(config, "run", "--node", "new", "--yes", "--", "id -un").out.splitlines()[3] == f"  | {account.name}"

    own = "ssh-ed25519 AAAAsomebody else's"
    account.authorized.write_text(own)  # without a newline at its end, and without our key
    words = ["--password-file", str(tmp_path / "password"), "--gateway"]
    for _ in range(2):
        assert command(config, "node", "authorize", "new", *words).status == 0
        assert account.lines() == [own, f"restrict,port-forwarding {public.read_text().strip()}"]

    assert command(config, "node", "remove", "new", "--yes").status == 0
    assert (account.lines(), keys(config), config.read_text().rstrip()) == ([own], [], FILE.rstrip())
    assert acts(config) == [("manage-nodes", "done"), ("run", "done"), *[("manage-nodes", "done")] * 3]


def test_a_node_joins_through_another_one(config: Path, account: Account, sshd: Sshd, tmp_path: Path) -> None:
    (tmp_path / "ours" / ".ssh").mkdir(mode=0o700)
    options = ["PasswordAuthentication yes", "AuthorizedKeysFile .ssh/authorized_keys", f"SetEnv HOME={account.home}"]
    with Sshd(tmp_path / "gateway", options=options) as gateway:
        assert add(config, account, gateway, "--gateway", "--name", "gateway").status == 0
        done = add(config, account, sshd, "--via", "gateway")
        assert (done.status, done.err) == (0, "")
        node = load(config).nodes["new"]
        assert node.jump == f"{account.name}@127.0.0.1:{gateway.port}"
        assert node.jump_keys == (load(config).nodes["gateway"].key,)
        assert [line.split()[0] for line in account.lines()] == ["restrict,port-forwarding", "restrict"]
        assert "Accepted publickey" in sshd.log()
        refused = command(config, "node", "remove", "gateway", "--yes")
        assert (refused.status, refused.err) == (2, f"{config}: new is reached through gateway")
        assert command(config, "node", "remove", "new", "--yes").status == 0
        assert command(config, "node", "remove", "gateway", "--yes").status == 0
    assert (account.lines(), keys(config), config.read_text().rstrip()) == ([], [], FILE.rstrip())


def test_the_key_of_a_node_that_is_only_observed_asks_one_question(
    config: Path, account: Account, sshd: Sshd, tmp_path: Path
) -> None:
    done = add(config, account, sshd, "--observe-only")
    assert (done.status, done.err) == (0, "")
    (line,) = account.lines()
    assert line.startswith('restrict,command="exec sh -c ')
    for _ in range(2):
        assert command(config, "collect", "--node", "new").status == 0
    refused = command(config, "run", "--node", "new", "--yes", "--", "touch ~/touched")
    assert refused.status == 1
    assert "this key answers one question, and this is another" in refused.out
    for script in _foreign(config):
        reply = ssh.ask("new", load(config).nodes["new"], script, Limits(60, 120, 10_000))
        assert (reply.status, b"one question" in reply.output) == (126, True), script
    assert not (account.home / "touched").exists()

    with config.open("a") as file:
        file.write('[[nodes.new.sources]]\nkind = "command"\nname = "more"\ncommand = "echo 1"\n')
    assert command(config, "collect", "--node", "new").status == 1
    words = ["--password-file", str(tmp_path / "password"), "--observe-only"]
    assert command(config, "node", "authorize", "new", *words).status == 0
    assert command(config, "collect", "--node", "new").status == 0
    assert command(config, "node", "remove", "new", "--yes").status == 0
    assert (account.lines(), keys(config)) == ([], [])


def _foreign(config: Path) -> Iterator[bytes]:
    """The question with something of one's own smuggled in, wherever it may differ from pass to pass."""
    asked = question(load(config), "new", "ab")
    true = compose(asked.sections, "ab", asked.limits.node)
    first, mark, total, rest = true.split(b"\n", 3)
    for lines in (
        (b"touch ~/touched", mark, total, rest),
        (first, b"mark=ab; touch ~/touched", total, rest),
        (first, b"mark=$(touch ~/touched)", total, rest),
        (first, mark, b"total=1 && touch ~/touched", rest),
        (first, b"touch ~/touched", total, rest),
        (first, mark, total, b"touch ~/touched\n" + rest),
        (first, mark, total, rest + b"touch ~/touched\n"),
        (first, mark, total, rest.replace(b"before - 0 0", b"before - 0 0;touch ~/touched")),
        (first, mark, total, rest.replace(b"before - 0 0", b"before $(touch ~/touched) 0 0")),
        (first, mark, total, b""),
        (b"",),
    ):
        yield b"\n".join(lines)


def test_another_host_key_than_the_one_named_is_refused(
    config: Path, account: Account, sshd: Sshd, tmp_path: Path
) -> None:
    done = add(config, account, sshd, print_="SHA256:other")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"127.0.0.1 port {sshd.port} shows the key ssh-ed25519 {mark(sshd)}, not SHA256:other; nothing was sent to it"
    )
    assert untouched(config, account, tmp_path)
    assert "password" not in sshd.log().lower()


def test_an_unknown_host_key_is_never_accepted_where_nobody_is_asked(
    config: Path, account: Account, sshd: Sshd, tmp_path: Path
) -> None:
    done = command(config, "node", "add", "127.0.0.1", "--user", account.name, "--port", str(sshd.port))
    assert done.status == 2
    assert f"  ssh-ed25519 {mark(sshd)}" in done.err
    assert done.err.endswith("this is no terminal to ask on; name the right key: --fingerprint.")
    assert untouched(config, account, tmp_path)


def test_a_changed_host_key_is_refused(config: Path, account: Account, sshd: Sshd, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other")
    known(tmp_path).parent.mkdir(mode=0o700)
    line = f"[127.0.0.1]:{sshd.port} {Path(f'{other}.pub').read_text()}"
    known(tmp_path).write_text(line)
    done = add(config, account, sshd)
    assert done.status == 1
    assert "has changed" in done.err
    assert (known(tmp_path).read_text(), account.lines(), config.read_text()) == (line, [], FILE)


def test_a_wrong_password_leaves_nothing(config: Path, account: Account, sshd: Sshd, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("wrong\n")
    done = add(config, account, sshd)
    assert (done.status, done.err) == (1, f"127.0.0.1 port {sshd.port} refused the password of {account.name}")
    assert untouched(config, account, tmp_path)
    assert acts(config) == [("manage-nodes", "failed")]


@pytest.mark.parametrize(
    "option",
    ["AuthorizedKeysFile .ssh/other", "PubkeyAuthentication no\nAuthorizedKeysFile .ssh/authorized_keys"],
)
def test_a_key_that_the_node_does_not_take_is_taken_away_again(
    config: Path, account: Account, tmp_path: Path, option: str
) -> None:
    options = ["PasswordAuthentication yes", f"SetEnv HOME={account.home}", option]
    with Sshd(tmp_path / "node", options=options) as sshd:
        done = add(config, account, sshd)
    assert done.status == 1
    assert done.err.startswith(f"new: the key is there, but 127.0.0.1 port {sshd.port} refused the login")
    why, then = done.notes
    assert why.startswith("sshd refuses a key that is there if others may write to the home, ~/.ssh or the file")
    assert then == "what had been done is undone"
    assert untouched(config, account, tmp_path)


def test_a_file_that_somebody_changes_meanwhile_stays_and_all_is_undone(
    config: Path, account: Account, sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = joining.tried

    def changed_meanwhile(*words: object) -> object:
        config.write_text(FILE + "# more\n")
        return tried(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(joining, "tried", changed_meanwhile)
    done = add(config, account, sshd)
    assert (done.status, done.err) == (2, f"{config}: somebody has changed it meanwhile; run it again")
    assert config.read_text() == FILE + "# more\n"
    config.write_text(FILE)
    assert untouched(config, account, tmp_path)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
@pytest.mark.parametrize("within", [(joining, "tried"), (Meeting, "note"), (joining, "new_key")])
def test_what_is_broken_off_is_undone(
    config: Path, account: Account, sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: int, within: Any
) -> None:
    step = getattr(*within)

    def broken_off(*words: object) -> None:
        step(*words)
        os.kill(os.getpid(), by)

    monkeypatch.setattr(*within, broken_off)
    account.authorized.parent.mkdir(mode=0o700)
    account.authorized.write_text("# ours")
    shutil.chown(account.authorized.parent, account.name)
    shutil.chown(account.authorized, account.name)
    done = add(config, account, sshd)
    assert (done.status, done.err) == (1, "broken off")
    assert account.authorized.read_text() in ("# ours", "# ours\n")
    account.authorized.unlink()
    assert untouched(config, account, tmp_path)


@pytest.mark.parametrize(
    ("in_the_way", "status", "said"),
    [
        (
            "ours/.ssh/known_hosts",
            1,
            "{folder}/ours/.ssh/known_hosts: can't be written: Is a directory; see who owns it",
        ),
        (".almanac.toml.aside", 2, "{folder}/almanac.toml: can't be replaced: Is a directory; see who owns its folder"),
    ],
)
def test_what_can_t_be_written_here_is_told_and_all_is_undone(
    config: Path, account: Account, sshd: Sshd, in_the_way: str, status: int, said: str
) -> None:
    (config.parent / in_the_way).mkdir(parents=True)
    done = add(config, account, sshd)
    assert (done.status, done.err) == (status, said.format(folder=config.parent))
    assert (config.read_text(), keys(config), account.lines()) == (FILE, [], [])


def test_a_node_that_is_gone_is_removed_by_force_only(config: Path, account: Account, sshd: Sshd) -> None:
    assert add(config, account, sshd).status == 0
    before = config.read_text()
    sshd.__exit__()
    done = command(config, "node", "remove", "new", "--yes")
    assert (done.status, config.read_text()) == (1, before)
    assert "Connection refused" in done.err
    done = command(config, "node", "remove", "new", "--yes", "--force")
    assert (done.status, config.read_text().rstrip(), keys(config)) == (1, FILE.rstrip(), [])
    assert "take the line that ends in almanac:" in done.err
    sshd.__enter__()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "here"], "{config}: nodes.here is there already; give another --name, or see node authorize"),
        (["--via", "there"], "{config}: --via there: there is no such node that is reached by SSH"),
        (["--source", "tarballs"], "nodes.new.sources[0].folder: is missing"),
        (["--source", "nonsense"], "nonsense"),
        (["--from", '1",command="x'], '--from holds a character that may not stand there: 1",command="x'),
        (["--user", "-oProxyCommand=x"], "--user holds a character that may not stand there: -oProxyCommand=x"),
    ],
)
def test_a_request_that_is_wrong_is_told_and_nobody_is_asked(
    config: Path, account: Account, tmp_path: Path, words: list[str], said: str
) -> None:
    base = ["node", "add", "127.0.0.1", "--port", str(free_port()), "--name", "new", "--user", account.name]
    done = command(config, *base, "--fingerprint", "SHA256:x", *words)
    assert done.status == 2
    assert said.format(config=config) in done.err
    assert untouched(config, account, tmp_path)


@pytest.mark.parametrize("role", ["standard", "log-reader", "read-only"])
@pytest.mark.parametrize(
    "words", [("add", "127.0.0.1", "--user", "x"), ("authorize", "here"), ("remove", "here", "--yes")]
)
def test_only_admins_let_nodes_in_or_out(tmp_path: Path, role: str, words: tuple[str, ...]) -> None:
    file = tmp_path / "almanac.toml"
    file.write_text(FILE)
    person = Person("kim", role, getpass.getuser(), 1, "", "")
    with Store.open(tmp_path / "data" / "almanac.db") as store:
        store.put_person(person, Activity(1, "kim", "", "manage-users", None, "", "done", "add kim"))
    done = command(file, "node", *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"kim is {role}, so may not {words[0]} node ")
    assert file.read_text() == FILE
    assert acts(file)[1:] == [("manage-nodes", "refused")]
