"""A node's key: made, put into the node's authorized_keys, tried by a real question, and taken away again.

What the key allows is to run commands as the node's user: the questions are scripts, so a forced `sh` would forbid
nothing. `restrict` forbids the rest: terminals, forwarding, the agent, X11, ~/.ssh/rc. Almanac can do no more than that
user can: an account that may only read is the bound, or a forced command that knows the one question (`forced`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from shlex import quote
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from collector.config import Config, Node
from collector.model import AlmanacError, NodeAnswer, Outcome, printable
from collector.reach import Limits, Refused, Unreached, ssh
from collector.reach.joining import Meeting
from collector.sweep import sweep

_ON_NODE = files(__package__).joinpath("join.sh").read_text(encoding="utf-8")
_SECONDS, _CAP = 30.0, 65_536
_WHY_REFUSED = (
    "sshd refuses a key that is there if others may write to the home, ~/.ssh or the file (StrictModes), or if it reads"
    " another file (AuthorizedKeysFile) or no keys at all (PubkeyAuthentication)"
)


class NotJoined(AlmanacError):
    """A node did not become, or cease to be, one of ours; what was done is undone, or it is said how to."""

    exit_status = 1


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the key may be used for.

    gateway: also to reach other nodes through this one.   origin: from which addresses alone, as sshd's from= takes
    them; empty if from any.   observe_only: to ask what is asked now, and nothing else.   command: what is run by it,
    empty for anything.
    """

    gateway: bool = False
    origin: str = ""
    observe_only: bool = False
    command: str = ""

    @property
    def options(self) -> str:
        """As they stand before the key."""
        words = ["restrict", *(["port-forwarding"] if self.gateway else [])]
        named = {"from": self.origin, "command": self.command.replace('"', '\\"')}
        return ",".join([*words, *(f'{word}="{value}"' for word, value in named.items() if value)])


def new_key(folder: Path, uuid: UUID) -> Path:
    """Makes a key pair, FOLDER/UUID and FOLDER/UUID.pub, that only we may read. Raises OSError."""
    key = Ed25519PrivateKey.generate()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / str(uuid)
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    _write(_public(path), public + f" almanac:{uuid}\n".encode())
    return path


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _public(key: Path) -> Path:
    return key.with_name(f"{key.name}.pub")


def drop_key(key: Path) -> None:
    """Removes a key pair; one that is gone is gone. Raises OSError."""
    for path in (key, _public(key)):
        path.unlink(missing_ok=True)


def script(key: Path, allowance: Allowance | None) -> bytes:
    """The script that puts a key into authorized_keys, once, or takes it away with None. Raises NotJoined."""
    try:
        public = _public(key).read_text().strip()
    except OSError as error:
        said = f"{_public(key)}: can't be read: {error.strerror}; a key is replaced by node remove, node add"
        raise NotJoined(said) from error
    line = f"{allowance.options} {public}" if allowance else ""
    return f"{{\nblob={quote(public.split()[1])}\nline={quote(line)}\n{_ON_NODE}}}\n".encode()


def put(meeting: Meeting, key: Path, allowance: Allowance | None) -> None:
    """Puts the key there, or takes it away with None, for who is logged in by password. Raises NotJoined."""
    status, said = meeting.run(script(key, allowance), Limits(_SECONDS, _SECONDS, _CAP))
    if status != 0:
        raise NotJoined(f"{meeting.hop.place}: ~/.ssh/authorized_keys could not be written: {_last(said)}")


def take_away(name: str, node: Node, key: Path) -> None:
    """Takes the key away, by that key itself, and sees that it is refused from then on. Raises NotJoined."""
    limits = Limits(_SECONDS, _SECONDS, _CAP)
    try:
        reply = ssh.ask(name, node, script(key, None), limits)
    except Unreached as error:
        raise NotJoined(f"{name}: {error}") from error
    if reply.status != 0:
        raise NotJoined(f"{name}: ~/.ssh/authorized_keys could not be written: {_last(reply.output)}")
    try:
        ssh.ask(name, node, b"exit 0\n", limits)
    except Refused:
        return
    except Unreached as error:
        raise NotJoined(f"{name}: whether the key is refused now is not known: {error}") from error
    raise NotJoined(f"{name}: still accepts the key; another file than ~/.ssh/authorized_keys must hold it")


def tried(config: Config, name: str, now: int) -> NodeAnswer:
    """The answer to the question that a pass asks. Raises NotJoined if it did not get there. `now`: UTC seconds."""
    (heard,) = sweep(config, [name], now)
    if heard.outcome is not Outcome.OK:
        error = NotJoined(f"{name}: the key is there, but {heard.reason}")
        if heard.outcome is Outcome.REFUSED:
            error.add_note(_WHY_REFUSED)
        raise error
    return heard


def _last(said: bytes) -> str:
    lines = said.strip().splitlines()
    return printable(lines[-1][:300]) if lines else "it said nothing"


class Undoing:
    """What is to be undone, the last first, if it does not come to a good end: each with what to say if that fails.

    A step is noted before it is done, since it may be broken off halfway; so undoing it must also do where it was not.
    """

    def __init__(self) -> None:
        self._steps: list[tuple[Callable[[], object], str]] = []

    def later(self, step: Callable[[], object], by_hand: str) -> None:
        """Notes a step."""
        self._steps.append((step, by_hand))

    @property
    def is_due(self) -> bool:
        """Whether there is anything to be undone."""
        return bool(self._steps)

    def keep(self) -> None:
        """It has come to a good end: nothing is undone any more."""
        self._steps.clear()

    def undo(self) -> list[str]:
        """Undoes all; what is left to be done by hand."""
        left = []
        while self._steps:
            step, by_hand = self._steps.pop()
            try:
                step()
            except (Exception, KeyboardInterrupt):  # whatever it is, the other steps are to be undone
                left.append(by_hand)
        return left
