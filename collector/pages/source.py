"""The site's source: what it must have, and RST for what has none yet."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from collector import files
from collector.config import Config
from collector.export.documents import Manifest
from collector.pages import generated
from collector.pages.declared import declared, shows
from collector.pages.errors import PagesError
from collector.pages.found import found

_SUFFIXES = (".rst", ".md", ".txt")

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
    pages = [path.removesuffix(".rst") for path in found(source) if path.endswith(".rst")]
    lines = []
    for page, rule in lacking.items():
        near = get_close_matches(page, pages, n=1)
        mend = f'did you mean "{near[0]}"?' if near else "write that page, or name another"
        lines.append(f'{config.file}: rules: {rule}: runbook: there is no page "{page}", {source / page}.rst; {mend}')
    return PagesError("\n".join(lines))


def write_missing(source: Path, manifest: Manifest) -> None:
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
        if not Path(os.path.realpath(page)).is_relative_to(os.path.realpath(source)):  # no matter whether links end
            raise PagesError(f"{page}: lies outside of {source}; make the export anew with: almanac export")
        if (kind, name) not in written and not any(page.with_name(page.name + s).exists() for s in _SUFFIXES):
            files.replace(page.with_name(f"{page.name}.rst"), generated.rst(kind, name).encode())
