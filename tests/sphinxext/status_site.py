"""The site that comes with Almanac, with a page for all that an export names, as a project that Sphinx can build."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from collector.pages.source import LOG_PAGES
from sphinxext.almanac.names import quoted
from tests.sphinxext.sample_export import write_sample
from tests.sphinxext.sphinx_site import Project

SITE = Path(__file__).parents[2] / "site"
KINDS = {"hub": "hubs", "environment": "environments", "group": "groups", "node": "nodes"}


def status_site(root: Path, write: Callable[[Path], Path] = write_sample) -> Project:
    """The project; `write` makes its export."""
    made = Project(root)
    manifest = json.loads((write(made.export) / "manifest.json").read_bytes())
    shutil.copytree(SITE, root / "site", ignore=shutil.ignore_patterns("_build"))
    for kind, table in KINDS.items():
        for name, entry in manifest[table].items():
            title = re.sub(r"([^\w\s]|_)", r"\\\1", name)
            made.write(entry["page"], f"{title}\n{'=' * 2 * len(title)}\n\n.. almanac:{kind}:: {quoted(name)}\n")
    for path, text in LOG_PAGES.items():
        made.write(path.removesuffix(".rst"), text)
    return made


def build(project: Project) -> str:
    """Runs Sphinx and gives back its warnings."""
    return project.build(almanac_export=str(project.export))
