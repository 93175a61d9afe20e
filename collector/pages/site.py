"""Pages from the export: RST for what has none yet, Sphinx only if what it reads has changed (see `typeset`), then the
frames filled, into data/html/, the pages to publish.

A run of Sphinx that warns, breaks or is killed leaves the last good one as it was. Its frames are then filled all the
same: a wrong word in a page withholds no data.
"""

from __future__ import annotations

import filecmp
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from collector import files
from collector.config import Config
from collector.export.read import read_manifest
from collector.pages import inventory, typeset
from collector.pages.ahead import Ahead, is_kept
from collector.pages.errors import PagesError
from collector.pages.source import no_runbook, write_missing
from collector.pages.typeset import Run, frames_of
from collector.spread import spread
from sphinxext.almanac.bring import remove
from sphinxext.almanac.export import Export, ExportError
from sphinxext.almanac.fill import Manner, fill, is_brought
from sphinxext.almanac.index import FillError, Index

_MOST_LINES = 20
"""So many of Sphinx's warnings are told."""
_FULL = re.compile(r"Errno (28|122)\b|No space left|Disk quota exceeded")
"""What of Sphinx's words means that the pages are not to blame."""


@dataclass(frozen=True, slots=True)
class Built:
    """Whether Sphinx had to run, and how many pages were written because they changed.

    refusal: what Sphinx said against the site's source, None if nothing; pages then show new data in their old words.
    """

    sphinx_ran: bool
    written: int
    refusal: PagesError | None = None


def build(
    config: Config, strict: bool = True, ready: Callable[[], object] | None = None, ahead: Ahead | None = None
) -> Built:
    """Brings `config.html` up to date with the export. `strict`: whether what Sphinx warns of is refused. `ready` is
    called when pages are filled, for an export whose charts may be missing until it returns. ahead: a run of Sphinx
    that was begun for this. Raises PagesError, NoExport, and what `ready` raises."""
    kept = False
    with suppress(OSError):  # which the build meets again
        kept = ahead is not None and is_kept(config, ahead)
    built = build_from(config, config.export, config.html, strict, ready)
    return replace(built, sphinx_ran=True) if kept else built


def build_from(
    config: Config, export: Path, html: Path, strict: bool = True, ready: Callable[[], object] | None = None
) -> Built:
    """Makes a site in `html` from any export, with the frames of the site as it is; else as `build`."""
    manifest = read_manifest(config.export)
    if ready is None and not files.is_whole(export):
        raise PagesError(f"{export}: is not whole, for an export was broken off; make it anew with: almanac export")
    try:
        typeset.clear(config.doctrees)
        write_missing(config.site.source, manifest)
        if lacking := no_runbook(config):
            raise lacking
        digest = typeset.digest(config, manifest)
        ran = not files.holds(config.doctrees / "digest", digest)
        if ran:
            _read_nodes(config.export)
        refused = _run_sphinx(config, digest, strict) if ran else None
        if refused is not None and not typeset.fits(config.doctrees, digest):
            raise _refusal(config, refused, "the old ones stay")
        with files.changing(html):
            written = _mirror(config, html)
            told = Export(export)
            manner = Manner(ready and partial(_on_disk, ready), unseen=True, spread=spread)
            written += fill(frames_of(config.doctrees), told, html, manner).written
            _bring_inventory(config, told, html)
    except (ExportError, FillError) as error:
        raise PagesError(f"{error}") from error
    except OSError as error:
        raise PagesError(f"{_reason(error, html)}; mend that and run: almanac build") from error
    if refused is None:
        return Built(ran, written)
    return Built(ran, written, _refusal(config, refused, "they show new data in the words of the last good build"))


def _on_disk(ready: Callable[[], object], pages: Sequence[str]) -> None:
    """Has pages on disk before they are published, while charts are still being drawn: later nothing else is to be
    done."""
    files.sync_all(pages)
    ready()


def _read_nodes(export: Path) -> None:
    """Raises ExportError that names a document that is damaged or lost; Sphinx would blame the site's pages for it."""
    told = Export(export)
    for name in told.nodes:
        told.node(name)


def whole(config: Config) -> Path:
    """The folder of pages to publish. Raises PagesError if a build was broken off: it may hold pages of two nights."""
    if not files.is_whole(config.html):
        raise PagesError(f"{config.html}: is not whole, for a build was broken off; run: almanac build")
    return config.html


def _refusal(config: Config, told: str, outcome: str) -> PagesError:
    if _FULL.search(told):
        where = f"{config.site.data}: No space left on its disk while Sphinx ran, {outcome}"
        return PagesError(f"{where}; make room and run: almanac build")
    where = f"{config.site.source}: Sphinx refuses these pages, {outcome}"
    lines = told.splitlines()
    more = [f"... and {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    return PagesError("\n".join([f"{where}; mend them and run: almanac build", *lines[:_MOST_LINES], *more]))


def _reason(error: OSError, folder: Path) -> str:
    """Which file, or folder, and what the system said; of many files that could not be copied the first."""
    if isinstance(error, shutil.Error):
        _, file, said = error.args[0][0]
        return f"{file}: {said.partition(': ')[0]}"
    return f"{error.filename or folder}: {error.strerror or error}"


def _run_sphinx(config: Config, digest: bytes, strict: bool) -> str | None:
    """Runs Sphinx; what it said if it is not content: what it has made goes then, for it takes room."""
    with Run(config, digest, strict) as run:
        if (refused := run.wait()) is None:
            run.keep(digest)
    return refused


def _mirror(config: Config, site: Path) -> int:
    """Brings what Sphinx wrote besides the frames into a site, and takes away what it writes no more.

    Pages of objects are left to `fill`, which knows what objects there are.
    """
    made = config.doctrees / "html"
    index = Index.read(frames_of(config.doctrees))
    framed = set(index.pages.values())
    wanted = {path for path in files.paths(made) if not (path.startswith(".buildinfo") or _is_filled(index, path))}
    copied = sum(_copy(made / path, site / path) for path in sorted(wanted - framed - {inventory.NAME}))
    kept = wanted | framed
    for path in files.paths(site):
        if path not in kept and not _is_filled(index, path):
            remove(site / path)
    return copied


def _bring_inventory(config: Config, told: Export, site: Path) -> None:
    """Brings Sphinx's inventory into a site, with the subjects of the export, of which outlines are kept."""
    made = (config.doctrees / "html" / inventory.NAME).read_bytes()
    anchors = {node: {subject.name: subject.anchor for subject in told.outline(node)} for node in told.nodes}
    files.replace(site / inventory.NAME, inventory.renewed(made, anchors))


def _is_filled(index: Index, path: str) -> bool:
    """Whether `fill` brings a file into the site and takes it away again."""
    return is_brought(path) or index.makes(path)


def _copy(source: Path, target: Path) -> bool:
    if target.exists() and filecmp.cmp(source, target):
        return False
    changed = files.replace(target, source.read_bytes())
    shutil.copystat(source, target)
    return changed
