"""Builds small Sphinx projects for real, in this process."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tests.sphinxext.sample_export import write_sample

CONF = """
extensions = ["sphinxext.almanac"]
project, version, copyright = "Status", "1", "the lab"
almanac_export = "../export"
latex_engine = "xelatex"
man_pages = [("index", "status", "Status", "", 1)]
exclude_patterns = ["out"]
"""
PAGE = {
    "html": "{}.html",
    "dirhtml": "{}/index.html",
    "text": "{}.txt",
    "latex": "status.tex",
    "epub": "{}.xhtml",
    "man": "status.1",
}


@dataclass(frozen=True)
class Project:
    """A folder with `export/` and `site/`."""

    root: Path

    @property
    def export(self) -> Path:
        return self.root / "export"

    def write(self, page: str, text: str) -> Path:
        """Writes a page's RST."""
        file = self.root / "site" / f"{page}.rst"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def build(self, builder: str = "html", out: str = "", jobs: int = 1, **settings: object) -> str:
        """Runs Sphinx and gives back its warnings."""
        target, warnings = self.out(builder, out), StringIO()
        with patch_docutils(self.root / "site"), docutils_namespace():
            app = Sphinx(
                self.root / "site", self.root / "site", target, target.with_name(f"{target.name}-trees"), builder,
                confoverrides=settings, status=None, warning=warnings, warningiserror=False, parallel=jobs,
            )  # fmt: skip
            app.build()
        return re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())

    def out(self, builder: str = "html", out: str = "") -> Path:
        return self.root / (out or f"out-{builder}")

    def page(self, page: str = "index", builder: str = "html", out: str = "") -> str:
        """What was built of a page."""
        path = "index.html" if (builder, page) == ("dirhtml", "index") else PAGE[builder].format(page)
        return (self.out(builder, out) / path).read_text(encoding="utf-8")

    def files(self, builder: str = "html", out: str = "") -> dict[str, bytes]:
        """All that was built, by path."""
        folder = self.out(builder, out)
        return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def project(root: Path, index: str = "", **pages: str) -> Project:
    """A project whose index is titled Status; further pages are taken up by a globbed toctree."""
    made = Project(root)
    write_sample(made.export)
    (root / "site").mkdir(exist_ok=True)
    (root / "site/conf.py").write_text(CONF)
    glob = "\n\n.. toctree::\n   :glob:\n\n   pages/*\n" if pages else ""
    made.write("index", f"Status\n======\n\n{index}{glob}")
    for page, text in pages.items():
        made.write(f"pages/{page}", f"{page}\n{'=' * 40}\n\n{text}\n")
    return made
