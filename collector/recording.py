"""What was heard in a pass, kept in a folder and heard again: for bug reports, and for tests on real answers.

    pass.json         when the pass asked
    NODE-HASH.reply   what the node sent, byte for byte
    NODE-HASH.json    the circumstances, and the marker by which the reply is taken apart; written last

The sections' texts are not kept, so no secret of the configuration is. Replies hold what the nodes told.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from collector import files
from collector.config import Config
from collector.model import AlmanacError, NodeAnswer
from collector.question import Heard, answer

_T = TypeVar("_T")
_PASS = "pass.json"  # noqa: S105 - no password


class RecordingError(AlmanacError):
    """The folder can't be recorded to or replayed from."""


class RecordingBroken(RecordingError):
    """The recording broke off in the middle of a pass: disk full, folder gone."""

    exit_status = 4


@dataclass(frozen=True, slots=True)
class _Pass:
    version: int
    asked: int


_PASSES, _HEARD = TypeAdapter(_Pass), TypeAdapter(Heard)


def begin(folder: Path, asked: int) -> None:
    """Makes a folder ready for the pass of `asked`. Raises RecordingError if it can't be, or holds anything."""
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise RecordingError(f"{folder}: holds files already; name a new folder")
        files.replace(folder / _PASS, _PASSES.dump_json(_Pass(1, asked), indent=2))
    except OSError as error:
        raise RecordingError(f"{folder}: can't be recorded to: {error.strerror}; name another folder") from error


def write(folder: Path, heard: Heard) -> None:
    """Keeps what was heard of one node. Raises RecordingBroken."""
    asked, reply = heard.question, heard.reply
    stem = folder / _file_name(asked.node)
    untold = tuple(replace(section, text="") for section in asked.sections)
    circumstances = replace(heard, question=replace(asked, sections=untold), reply=reply and replace(reply, output=b""))
    try:
        if reply is not None:
            files.replace(stem.with_name(stem.name + ".reply"), reply.output)
        files.replace(stem.with_name(stem.name + ".json"), _HEARD.dump_json(circumstances, indent=2))
    except OSError as error:
        raise RecordingBroken(f"{folder}: recording {asked.node} failed: {error.strerror}; make room there") from error


def asked_at(folder: Path) -> int:
    """When the recorded pass asked, UTC seconds: the `now` of a replayed pass. Raises RecordingError."""
    recorded = _read(folder / _PASS, _PASSES)
    if recorded.version != 1:
        raise RecordingError(f"{folder / _PASS}: is of version {recorded.version}, but 1 is read; update Almanac")
    return recorded.asked


def replay(config: Config, folder: Path) -> Iterator[NodeAnswer]:
    """The answers of a recorded pass, parsed anew, by the node's name. Raises RecordingError, before the first."""
    asked_at(folder)
    every = [_heard(file) for file in folder.glob("*.json") if file.name != _PASS]
    for heard in every:
        _check(config, folder, heard)
    return (answer(config, heard) for heard in sorted(every, key=lambda heard: heard.question.node))


def _heard(file: Path) -> Heard:
    heard = _read(file, _HEARD)
    if heard.reply is None:
        return heard
    raw = file.with_suffix(".reply")
    try:
        return replace(heard, reply=replace(heard.reply, output=raw.read_bytes()))
    except OSError as error:
        raise _unreadable(raw, error) from error


def _read(file: Path, kind: TypeAdapter[_T]) -> _T:
    try:
        return kind.validate_json(file.read_bytes())
    except OSError as error:
        raise _unreadable(file, error) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise RecordingError(
            f"{file}: is not of a recording: {'.'.join(map(str, first['loc']))}: {first['msg']}; record it anew"
        ) from error


def _unreadable(file: Path, error: OSError) -> RecordingError:
    mend = "name a folder made with: almanac collect --record"
    return RecordingError(f"{file}: can't be replayed: {error.strerror}; {mend}")


def _check(config: Config, folder: Path, heard: Heard) -> None:
    node = heard.question.node
    sources = {source.label for source in config.sources_of(node)} if node in config.nodes else set()
    labels = {section.label for section in heard.question.sections} | set(heard.question.broken)
    if node not in config.nodes or not labels <= sources:
        missing = ", ".join(sorted(labels - sources)) or "no source"
        raise RecordingError(
            f"{folder}: was recorded of nodes.{node} with {missing}, which {config.file} does not have;"
            " replay it with the configuration of that pass"
        )


def _file_name(node: str) -> str:
    """A node's name as a file's: readable where it can be, told apart by a hash, safe and short in any case."""
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", node)[:60]
    return f"{readable}-{hashlib.sha256(node.encode()).hexdigest()[:12]}"
