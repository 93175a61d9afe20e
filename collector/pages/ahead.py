"""Sphinx, begun over what is expected of an export while that is only on its way: none of its data is read by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from collector.config import Config
from collector.export.expected import expected
from collector.export.read import NoExport, read_manifest
from collector.model import AlmanacError
from collector.pages import typeset
from collector.pages.source import write_missing
from collector.pages.typeset import Run


@dataclass(frozen=True, slots=True)
class Ahead:
    """A run of Sphinx over what is expected of an export, and of what it is."""

    run: Run
    digest: bytes


@contextmanager
def begun(config: Config) -> Iterator[Ahead | None]:
    """Has Sphinx run while an export is only on its way, where it has something new to read; what keeps it from that
    is told by `build`."""
    with ExitStack() as stack:
        ahead = None
        with suppress(AlmanacError, OSError):
            ahead = _begun(config)
            if ahead is not None:
                stack.enter_context(ahead.run)
        yield ahead


def _begun(config: Config) -> Ahead | None:
    known = expected(config, instances=config.instances is not None and _had_instances(config.export))
    write_missing(config.site.source, known)
    digest, last = typeset.digest(config, known), config.doctrees / "digest"
    if last.exists() and typeset.foreseen(last.read_bytes()) == typeset.foreseen(digest):
        return None
    return Ahead(Run(config, digest, expected=known), digest)


def _had_instances(export: Path) -> bool:
    """Whether the last export told of instances. Where it did not they may be out of reach still: a page of them would
    be refused."""
    with suppress(NoExport):
        return read_manifest(export).registry is not None
    return False


def is_kept(config: Config, ahead: Ahead) -> bool:
    """Whether the run that was begun ahead read the same as one would now, and found no fault: it then is the last
    good one. Raises NoExport, OSError."""
    digest = typeset.digest(config, read_manifest(config.export))
    with ahead.run:
        if typeset.foreseen(digest) != typeset.foreseen(ahead.digest) or ahead.run.wait() is not None:
            return False
        ahead.run.keep(digest)
    return True
