"""The Sphinx configuration of the status site. Pages are reStructuredText; what they show comes from the export."""

import json
from importlib import metadata
from pathlib import Path

extensions = ["sphinxext.almanac"]

# The folder that `almanac export` writes, relative to this file. `almanac build` names the one of almanac.toml itself.
almanac_export = "../data/export"

# Badges of nodes, hubs and environments below badges/, and an Atom feed of the problems, feed.xml.
almanac_outlets = True

project = "Almanac"
version = release = metadata.version("sphinxext-almanac")
copyright = "those who run this site"  # an EPUB must name somebody
html_theme = "almanac"
html_extra_path = ["robots.txt"]  # status pages are no search results
epub_exclude_files = ["robots.txt"]
html_show_sourcelink = False
html_copy_source = False
html_permalinks_icon = "#"
smartquotes = False  # pages say what their source says; to look for quotes would take a twentieth of a run
exclude_patterns = ["_build"]


def setup(app):
    """What Sphinx can't be told in a variable."""
    app.connect("config-inited", take_title, priority=600)  # after the extension has found the export
    app.connect("builder-inited", leave_search_out)


def take_title(_app, config):
    """The site's title is [site] title of almanac.toml, as the export tells it."""
    if not config.almanac_export:
        return  # there is no export yet, and the extension has said so
    manifest = Path(config.almanac_export, "manifest.json")
    config.project = config.html_title = json.loads(manifest.read_text(encoding="utf-8"))["title"]


def leave_search_out(app):
    """Sphinx's own search would know the words of the guide only, not what the nodes said."""
    app.builder.search = False
