"""Real sshds on loopback: what comes back, and what is said when nothing does."""

from __future__ import annotations

import logging
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.config import Node
from collector.model import Outcome
from collector.reach import Limits, NoConnection, Refused, TooSlow, ssh
from tests.reach.asking import LIMITS, Start, ask, fingerprint, jump_of, node, reason
from tests.servers.ports import free_port
from tests.servers.sshd import Sshd, new_key, public
from tests.servers.waiting import until


@pytest.mark.parametrize(
    ("script", "output", "status"),
    [
        (b"printf 'caf\\351\\000\\nno newline'; exit 3\n", b"caf\xe9\0\nno newline", 3),
        (b"echo out; echo err >&2\n", b"out\nerr\n", 0),
        (b"exit 0\n" + b"# " * 500_000, b"", 0),
        (b"echo begun\n" + b": " * 500_000 + b"\necho ended\n", b"begun\nended\n", 0),
        (b"tty\n", b"not a tty\n", 1),
        (b"ps -o args= -p $$\n", b"sh -s\n", 0),
    ],
)
def test_the_reply_is_what_the_node_said(sshd: Sshd, script: bytes, output: bytes, status: int) -> None:
    reply = ask(node(sshd), script)
    assert (reply.output, reply.outcome, reply.status) == (output, Outcome.OK, status)
    assert abs(reply.sent - time.time()) < 120


def test_one_connection_and_one_command_are_used(sshd: Sshd) -> None:
    ask(node(sshd))
    assert sshd.log().count("Accepted publickey") == 1
    assert sshd.log().count("Starting session: command") == 1


def test_a_banner_and_a_talkative_login_shell_are_ordinary(sshds: Start, tmp_path: Path) -> None:
    (tmp_path / "banner").write_text("Trespassers will be told off.\n" * 100)
    sshd = sshds("a", options=[f"Banner {tmp_path}/banner", "ForceCommand echo motd; eval $SSH_ORIGINAL_COMMAND"])
    assert ask(node(sshd)).output == b"motd\nwell\n"


def test_a_command_that_hangs_is_given_up_and_what_it_said_is_kept(sshd: Sshd) -> None:
    reply = ask(node(sshd), b"echo begun; sleep 1000\n", Limits(60, 8, 1000))
    assert (reply.output, reply.outcome, reply.status) == (b"begun\n", Outcome.TIMED_OUT, None)


def test_a_login_that_runs_something_else_and_hangs_is_given_up(sshds: Start) -> None:
    reply = ask(node(sshds("a", options=["ForceCommand sleep 1000"])), limits=Limits(60, 4, 1000))
    assert (reply.output, reply.outcome) == (b"", Outcome.TIMED_OUT)


def test_a_flood_is_cut_at_the_limit(sshd: Sshd) -> None:
    reply = ask(node(sshd), b"yes\n", Limits(60, 120, 3_000_000))
    assert (len(reply.output), reply.outcome, reply.status) == (3_000_000, Outcome.TOO_LONG, None)


def test_a_connection_lost_in_the_middle_is_cut_off(sshd: Sshd) -> None:
    said = bytearray()

    def hear(chunk: bytes) -> None:
        said.extend(chunk)
        if chunk.endswith(b"\n"):
            sshd.cut()

    reply = ssh.ask("SDU", node(sshd), b"echo begun; sleep 1000\n", LIMITS, hear)
    assert (said, reply.outcome, reply.status) == (b"begun\n", Outcome.CUT_OFF, None)


def test_ssh_config_names_host_port_user_and_key(sshds: Start, home: Path, key: Path) -> None:
    sshd = sshds("a")
    key.rename(home / "elsewhere")
    (home / "elsewhere.pub").write_text(public(key))
    (home / ".ssh" / "config").write_text(
        f"Host SDU\n HostName 127.0.0.1\n Port {sshd.port}\n User {sshd.user}\n IdentityFile ~/elsewhere\n"
    )
    assert ask(Node()).output == b"well\n"


@pytest.mark.parametrize(
    "include", ["Include nodes.d/*.conf", 'include="~/.ssh/nodes.d/1.conf" absent', "Include=nested"]
)
def test_ssh_config_includes_other_files(sshds: Start, home: Path, include: str) -> None:
    sshd = sshds("a")
    ssh = home / ".ssh"
    (ssh / "nodes.d").mkdir()
    (ssh / "nodes.d" / "1.conf").write_text(
        f"Host SDU\n HostName 127.0.0.1\n Port {sshd.port}\nHost other\n User other\n"
    )
    (ssh / "nested").write_text("Include nodes.d/1.conf\n")
    (ssh / "user").write_text(f"User {sshd.user}\n")
    (ssh / "config").write_text(f"{include}\nPort 9\nHost other\n User other\nHost SD?\n Include user\n User wrong\n")
    assert ask(Node()).output == b"well\n"


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ("Host a\n Include b", "b line 1 begins a block, but the file is included below 'Host a'"),
        ("Include config", "config is included more than 16 deep"),
    ],
)
def test_an_include_that_can_not_be_followed_is_refused(home: Path, config: str, wanted: str) -> None:
    (home / ".ssh" / "config").write_text(config)
    (home / ".ssh" / "b").write_text("Host c\n Port 9\n")
    said = reason(NoConnection, Node(address="127.0.0.1"))
    assert wanted in said
    assert said.endswith("mend ~/.ssh/config")


def test_a_login_that_is_refused_names_user_and_keys(sshd: Sshd, home: Path, key: Path) -> None:
    sshd.admit()
    assert reason(Refused, node(sshd)) == (
        f"127.0.0.1 port {sshd.port} refused the login as {sshd.user} with ssh-ed25519 {fingerprint(key)};"
        f" put the public key into the file ~/.ssh/authorized_keys of {sshd.user} there"
    )
    assert "nobody-here" in reason(Refused, node(sshd, user="nobody-here"))


def test_a_login_that_is_broken_off_is_not_called_refused(sshds: Start, home: Path, key: Path) -> None:
    sshd = sshds("a", options=["MaxAuthTries 1"])  # it hangs up in the place of its first no
    sshd.admit()
    said = reason(NoConnection, node(sshd))
    offered = f"{sshd.user} with ssh-ed25519 {fingerprint(key)}"
    assert said.startswith(f"127.0.0.1 port {sshd.port} broke off the login as {offered} without a word;")


def test_only_the_key_named_is_offered(sshds: Start, home: Path, agent: Callable[..., None]) -> None:
    """Else a host hangs up after a few wrong ones."""
    sshd = sshds("a", options=["MaxAuthTries 1"])
    ours = new_key(home / "ours")
    agent(*(new_key(home / f"other{number}") for number in range(6)))
    sshd.admit(ours)
    assert ask(node(sshd, key=ours)).output == b"well\n"


def test_a_key_in_the_agent_is_used(sshd: Sshd, home: Path, key: Path, agent: Callable[..., None]) -> None:
    agent(key)
    key.unlink()
    Path(f"{key}.pub").unlink()
    assert ask(node(sshd)).output == b"well\n"


def test_an_encrypted_key_is_used_through_the_agent_and_else_told(
    sshd: Sshd, home: Path, agent: Callable[..., None]
) -> None:
    locked = new_key(home / "locked")
    sshd.admit(locked)
    agent(locked)
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", "sesame", "-f", locked], check=True, capture_output=True)
    assert ask(node(sshd, key=locked)).output == b"well\n"
    subprocess.run(["ssh-add", "-q", "-D"], check=True, capture_output=True)
    assert reason(Refused, node(sshd, key=locked)) == (
        f"127.0.0.1 port {sshd.port}: no key to log in with as {sshd.user};"
        f" the key file {locked} is encrypted; unlock it for the agent with: ssh-add {locked}"
    )


@pytest.fixture
def agent(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """A real ssh-agent; call it with keys to hold."""
    monkeypatch.setenv("SSH_AUTH_SOCK", str(home / "agent"))
    with subprocess.Popen(["ssh-agent", "-D", "-a", home / "agent"], stdout=subprocess.DEVNULL) as running:
        until((home / "agent").exists)
        yield lambda *keys: subprocess.run(["ssh-add", "-q", *keys], check=True, capture_output=True) and None
        running.terminate()


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (None, "the key file {} is not there"),
        (b"", "{} holds no private key that can be used"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "{} holds no private key"),
    ],
)
def test_a_key_file_that_is_no_use_is_told(sshd: Sshd, tmp_path: Path, content: bytes | None, wanted: str) -> None:
    file = tmp_path / "named"
    if content is not None:
        file.write_bytes(content)
    assert wanted.format(file) in reason(Refused, node(sshd, key=file))


def test_without_any_key_the_mend_is_to_name_one(sshd: Sshd, key: Path) -> None:
    key.unlink()
    assert reason(Refused, node(sshd)).endswith("there is no key file and no agent: name a key file with nodes.SDU.key")


@pytest.mark.parametrize("cipher", ["aes128-gcm@openssh.com", "aes256-ctr"])
def test_a_host_that_has_one_cipher_only_is_spoken_to(sshds: Start, cipher: str) -> None:
    assert ask(node(sshds("a", options=[f"Ciphers {cipher}"]))).output == b"well\n"


def test_a_login_that_wants_a_password_besides_is_refused(sshds: Start) -> None:
    options = ["AuthenticationMethods publickey,password", "PasswordAuthentication yes"]
    assert "refused the login" in reason(Refused, node(sshds("a", options=options)))


def test_a_node_behind_jump_hosts_is_reached_through_each(chain: list[Sshd]) -> None:
    reply = ask(node(chain[-1], jump=jump_of(chain)), b"echo ${SSH_CONNECTION##* }\n")
    assert reply.output == b"%d\n" % chain[-1].port
    assert [sshd.log().count("Accepted publickey") for sshd in chain] == [1, 1, 1]


def test_proxy_jump_of_ssh_config_is_followed_in_its_order_never_in_a_circle(sshds: Start, home: Path) -> None:
    first, second, target = sshds("first"), sshds("second"), sshds("target")
    places = {"first": first, "second": second, "SDU": target}
    (home / ".ssh" / "config").write_text(
        "".join(f"Host {name}\n HostName 127.0.0.1\n Port {sshd.port}\n" for name, sshd in places.items())
        + "Host SDU\n ProxyJump second\nHost *\n ProxyJump first\n"
    )
    assert ask(Node(user=target.user), b"echo ${SSH_CONNECTION##* }\n").output == b"%d\n" % target.port
    assert [sshd.log().count("Accepted publickey") for sshd in places.values()] == [1, 1, 1]
    (home / ".ssh" / "known_hosts").write_text(first.known())
    assert f"the host key of jump host 127.0.0.1 port {second.port} is not known" in reason(
        Refused, Node(user=target.user)
    )
    assert [sshd.log().count("Accepted publickey") for sshd in places.values()] == [2, 1, 1]


def test_a_proxy_command_of_ssh_config_is_used(sshd: Sshd, home: Path) -> None:
    (home / ".ssh" / "config").write_text(
        f"Host SDU\n HostName 127.0.0.1\n Port {sshd.port}\n ProxyCommand busybox nc %h %p\n"
    )
    assert ask(Node(user=sshd.user)).output == b"well\n"


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("false", "it said nothing"),
        ("no-such-program %h %p", "no-such-program: not found"),
        ("sh -c 'echo one >&2; echo no route >&2; exit 3' 2>&1 >/dev/null", "it said nothing"),
        ("sh -c 'echo one >&2; echo no route >&2; exit 3'", "no route"),
    ],
)
def test_a_proxy_command_that_fails_is_told(home: Path, command: str, wanted: str) -> None:
    (home / ".ssh" / "config").write_text(f"Host SDU\n ProxyCommand {command}\n")
    said = reason(NoConnection, Node(user="a"), Limits(60, 120, 1000))
    assert said.startswith("the ProxyCommand to SDU port 22 ended: ")
    assert said.endswith(f"{wanted}; try it with: ssh -p 22 a@SDU exit")


def test_a_proxy_command_that_hangs_is_ended_with_its_children(home: Path) -> None:
    (home / ".ssh" / "config").write_text(f"Host SDU\n ProxyCommand sh -c 'sleep 1000 & echo $! > {home}/pid; wait'\n")
    assert "did not speak SSH within 3 s" in reason(TooSlow, Node(user="a"), Limits(3, 15, 1000))
    until(lambda: not alive(int((home / "pid").read_text())))


def alive(pid: int) -> bool:
    """Whether a process runs; a dead one that nobody has asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_port_where_nothing_listens_is_told() -> None:
    port = free_port()
    said = reason(NoConnection, Node(address="127.0.0.1", port=port, user="a"))
    assert said == (
        f"127.0.0.1 port {port}: Connection refused; is it up, and is nodes.SDU.port where its sshd listens?"
    )


def test_a_name_that_is_not_known_is_told(home: Path) -> None:
    said = reason(NoConnection, Node(address="no-such-host.invalid"))
    assert re.fullmatch(r"no-such-host\.invalid port 22: the name is not known \(.*\); mend nodes\.SDU\.address", said)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_port_that_takes_connections_and_says_nothing_is_given_up(home: Path, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    said = reason(TooSlow, Node(address="127.0.0.1", port=port, user="a"), Limits(1, 15, 1000))
    assert said == (
        f"127.0.0.1 port {port} did not speak SSH within 1 s; is its sshd stuck?"
        f" Try it with: ssh -p {port} a@127.0.0.1 exit"
    )


def web_server(listener: socket.socket) -> Node:
    """A node whose port speaks something else, once."""

    def serve() -> None:
        with listener.accept()[0] as client:
            client.sendall(b"HTTP/1.1 400 \x1b[31mBad Request\r\n\r\n" * 200)

    threading.Thread(target=serve, daemon=True).start()
    return Node(address="127.0.0.1", port=listener.getsockname()[1])


def test_a_port_that_speaks_something_else_is_told(home: Path, listener: socket.socket) -> None:
    said = reason(NoConnection, web_server(listener))
    assert "broke off the SSH handshake" in said
    assert said.isprintable()


def test_a_jump_host_that_can_not_go_on_is_told(sshds: Start) -> None:
    jump, port = sshds("jump"), free_port()
    settings = {"address": "127.0.0.1", "port": port, "user": jump.user, "jump": f"{jump.user}@127.0.0.1:{jump.port}"}
    said = reason(NoConnection, Node.model_validate(settings))
    assert f"127.0.0.1 port {port} can't be reached from the jump host before it: Connect" in said


def test_a_host_that_lets_nobody_run_a_command_is_told(sshds: Start) -> None:
    assert "accepted the login but runs no command" in reason(Refused, node(sshds("a", options=["MaxSessions 0"])))


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ("Host\n  nonsense", "; mend ~/.ssh/config"),
        ("Host *\n  ProxyJump a@b:port", "; mend nodes.SDU or ProxyJump in ~/.ssh/config"),
    ],
)
def test_a_way_that_is_written_wrongly_is_told(home: Path, config: str, wanted: str) -> None:
    (home / ".ssh" / "config").write_text(config)
    assert reason(NoConnection, Node(address="127.0.0.1")).endswith(wanted)


def test_a_jump_host_that_is_not_known_is_to_be_mended_where_it_is_written() -> None:
    said = reason(NoConnection, Node(address="127.0.0.1", jump="no-such-host.invalid"))
    assert said.startswith("jump host no-such-host.invalid port 22: the name is not known (")
    assert said.endswith("); mend nodes.SDU.jump (or ProxyJump in ~/.ssh/config)")


def test_nothing_reaches_standard_error_and_no_connection_stays(
    sshds: Start, capfd: pytest.CaptureFixture[str], home: Path, listener: socket.socket
) -> None:
    sshd = sshds("a", known=False)
    root, kept = logging.getLogger(), logging.getLogger().handlers[:]
    root.handlers = []  # pytest's own would hide that Python prints what has no handler
    try:
        reason(Refused, node(sshd))
        reason(NoConnection, web_server(listener))
        reason(NoConnection, Node(address="127.0.0.1", port=free_port()))
    finally:
        root.handlers = kept
    assert capfd.readouterr() == ("", "")
    until(lambda: not [thread for thread in threading.enumerate() if "Transport" in type(thread).__name__])
    until(lambda: not [link for link in Path(f"/proc/{os.getpid()}/fd").iterdir() if connected_to(link, sshd.port)])


def connected_to(link: Path, port: int) -> bool:
    try:
        with socket.socket(fileno=os.dup(int(link.name))) as found:
            return found.getpeername()[1] == port
    except (OSError, IndexError, TypeError):
        return False
