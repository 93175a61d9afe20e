"""Messages on their way, a file each: written before anything is sent, taken out when somebody has answered for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from collector import files
from collector.digest.told import Told


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message and whom it is for.

    id: its Message-ID, the same for a pass and a recipient.   made: UTC seconds.   told: what the recipient will have
    been told by it.   state: `handed` from just before it is handed over until that is answered for.
    message: the whole mail, ASCII; of a channel the text, with `title` above it.   reason: why it is still here.
    period: the kind of period that it tells of and its name, None if it tells of a pass.
    """

    recipient: str
    id: str
    made: int
    told: Told
    message: str
    title: str = ""
    state: Literal["ready", "handed"] = "ready"
    tries: int = 0
    reason: str = ""
    period: tuple[str, str] | None = None


_ENVELOPE = TypeAdapter(Envelope)


class Spool:
    """A folder of envelopes. All raise OSError where the disk does not let them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, envelope: Envelope) -> None:
        """Keeps a message, or how it stands now."""
        files.replace(self._file(envelope), _ENVELOPE.dump_json(envelope))
        files.sync(self._folder)

    def hand(self, envelope: Envelope) -> None:
        """Notes that it is being handed over: from now on it may have arrived."""
        self.put(replace(envelope, state="handed"))

    def take(self, envelope: Envelope) -> None:
        """Takes it out: it was delivered, or never will be."""
        self._file(envelope).unlink(missing_ok=True)
        files.sync(self._folder)

    def waiting(self) -> Iterator[Envelope]:
        """All messages, the oldest first; a file that is none of ours is left alone."""
        for file in sorted(self._folder.glob("[0-9]*.json")):
            try:
                yield _ENVELOPE.validate_json(file.read_bytes())
            except (FileNotFoundError, ValidationError):
                continue

    def _file(self, envelope: Envelope) -> Path:
        order = "0" if envelope.period is None else "1"
        return self._folder / f"{envelope.made:012}-{order}-{sha256(envelope.id.encode()).hexdigest()[:16]}.json"
