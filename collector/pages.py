"""Pages from the export: RST for what has none yet, Sphinx only if what it reads has changed (see `typeset`), then the
frames filled, into data/html/, the pages to publish.

A run of Sphinx that warns, breaks or is killed leaves the last good one as it was. Its frames are then filled all the
same: a wrong word in a page withholds no data.
"""

from __future__ import annotations

import filecmp
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from collector import files, generated, inventory, typeset
from collector.config import Config
from collector.declared import declared, shows
from collector.export.documents import Manifest
from collector.export.expected import expected
from collector.export.read import NoExport, read_manifest
from collector.model import AlmanacError
from collector.spread import spread
from collector.typeset import PagesError, Run, frames_of
from sphinxext.almanac.bring import remove
from sphinxext.almanac.export import Export, ExportError
from sphinxext.almanac.fill import Manner, fill, is_brought
from sphinxext.almanac.index import FillError, Index

_SUFFIXES = (".rst", ".md", ".txt")
_MOST_LINES = 20
"""So many of Sphinx's warnings are told."""
_FULL = re.compile(r"Errno (28|122)\b|No space left|Disk quota exceeded")
"""What of Sphinx's words means that the pages are not to blame."""


LOG_PAGES = {
    "logs/index.rst": ":orphan:\n\nLogs\n====\n\nWhat logs say, by day and node.\n\n.. almanac:logs::\n",
    "logs/each.rst": ":orphan:\n\nLog lines\n=========\n\n.. almanac:each:: log\n",
}
"""The pages of lines of logs, where there are some."""
INSTANCE_PAGES = {
    "instances/index.rst": (
        ":orphan:\n\nInstances\n=========\n\n:doc:`Statistics <statistics>` of all of them.\n\n.. almanac:instances::\n"
    ),
    "instances/statistics.rst": (
        ":orphan:\n\nStatistics\n==========\n\n"
        "Over all :doc:`instances <index>` that are asked.\n\n.. almanac:statistics::\n"
    ),
    "instances/each.rst": ":orphan:\n\nInstance\n========\n\n.. almanac:each:: instance\n",
}
"""Those of instances of an application, where these are asked."""
CLUSTER_PAGES = {
    "clusters/index.rst": ":orphan:\n\nClusters\n========\n\n.. almanac:clusters::\n",
    "clusters/vms.rst": ":orphan:\n\nVMs\n===\n\nOf all :doc:`clusters <index>`.\n\n.. almanac:vms::\n",
}
"""Those of clusters of VMs, where these are watched."""


@dataclass(frozen=True, slots=True)
class Built:
    """Whether Sphinx had to run, and how many pages were written because they changed.

    refusal: what Sphinx said against the site's source, None if nothing; pages then show new data in their old words.
    """

    sphinx_ran: bool
    written: int
    refusal: PagesError | None = None


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
    _write_missing(config.site.source, known)
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


def _is_kept(config: Config, ahead: Ahead) -> bool:
    """Whether the run that was begun ahead read the same as one would now, and found no fault: it then is the last
    good one. Raises NoExport, OSError."""
    digest = typeset.digest(config, read_manifest(config.export))
    with ahead.run:
        if typeset.foreseen(digest) != typeset.foreseen(ahead.digest) or ahead.run.wait() is not None:
            return False
        ahead.run.keep(digest)
    return True


def build(
    config: Config, strict: bool = True, ready: Callable[[], object] | None = None, ahead: Ahead | None = None
) -> Built:
    """Brings `config.html` up to date with the export. `strict`: whether what Sphinx warns of is refused. `ready` is
    called when pages are filled, for an export whose charts may be missing until it returns. ahead: a run of Sphinx
    that was begun for this. Raises PagesError, NoExport, and what `ready` raises."""
    kept = False
    with suppress(OSError):  # which the build meets again
        kept = ahead is not None and _is_kept(config, ahead)
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
        _write_missing(config.site.source, manifest)
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


# ---- RST for hubs, environments, groups and nodes that have none


def no_site(source: Path) -> PagesError | None:
    """What to do where there is no site to be built."""
    if (source / "conf.py").is_file():
        return None
    more = "" if source.name == "site" else "; then name its site/ as site.source"
    return PagesError(f"{source}: there is no conf.py, so no site; make one with: almanac init {source.parent}{more}")


def no_runbook(config: Config) -> PagesError | None:
    """What to do where rules name pages as runbooks that the site does not have."""
    source = config.site.source
    names = {rule.runbook: rule.name for rule in config.rules if rule.runbook}
    lacking = {page: rule for page, rule in names.items() if not (source / f"{page}.rst").is_file()}
    if not lacking:
        return None
    pages = [file.relative_to(source).with_suffix("").as_posix() for file in source.rglob("*.rst")]
    lines = []
    for page, rule in lacking.items():
        near = get_close_matches(page, pages, n=1)
        mend = f'did you mean "{near[0]}"?' if near else "write that page, or name another"
        lines.append(f'{config.file}: rules: {rule}: runbook: there is no page "{page}", {source / page}.rst; {mend}')
    return PagesError("\n".join(lines))


def _write_missing(source: Path, manifest: Manifest) -> None:
    """Writes the page of each hub, environment, group and node that no page declares, and those of logs, of
    instances and of clusters, once; a person may edit or move them."""
    if missing := no_site(source):
        raise missing
    written = declared(source)
    wanted = LOG_PAGES if ("each", "log") not in written and any(one.logs for one in manifest.every.values()) else {}
    if ("each", "instance") not in written and manifest.registry:
        wanted = wanted | INSTANCE_PAGES
    if manifest.clusters and not shows(source, "clusters"):
        wanted = wanted | CLUSTER_PAGES
    for path, text in wanted.items():
        if not (source / path).exists():
            files.replace(source / path, text.encode())
    for kind, name, path in generated.wanted(manifest):
        page = source / path
        if not page.resolve().is_relative_to(source.resolve()):
            raise PagesError(f"{page}: lies outside of {source}; make the export anew with: almanac export")
        if (kind, name) not in written and not any(page.with_name(page.name + s).exists() for s in _SUFFIXES):
            files.replace(page.with_name(f"{page.name}.rst"), generated.rst(kind, name).encode())


# ---- What Sphinx writes


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
