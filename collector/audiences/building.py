"""The pages of each view, by the same stage as all pages: Sphinx if its source changed, then frames filled."""

from __future__ import annotations

from collections.abc import Iterator

from collector import files
from collector.audiences import excerpt
from collector.config import Config
from collector.export.views import SHOWN_NODES, shown_nodes
from collector.model import AlmanacError
from collector.pages import site
from collector.pages.errors import PagesError
from collector.people.audiences import View, narrowed, views


def build(config: Config) -> tuple[AlmanacError, ...]:
    """Builds all views that were exported; what could not be built keeps its old pages, and is told."""
    return tuple(filter(None, (_built(config, view) for view in exported(config))))


def exported(config: Config) -> Iterator[View]:
    """The views that have an export; of whom they are is for `serving` to know."""
    return (view for view in views(config, ()) if (narrowed(config, view).export / "manifest.json").exists())


def is_current(config: Config, view: View) -> bool:
    """Whether a view was exported for just the nodes that the configuration shows it now."""
    narrow = narrowed(config, view)
    return files.holds(narrow.export.with_name(SHOWN_NODES), shown_nodes(config, view))


def _built(config: Config, view: View) -> AlmanacError | None:
    narrow = narrowed(config, view)
    if not is_current(config, view):
        return PagesError(
            f"audiences.{view.audience}: its nodes are others now, so its pages are not built; run: almanac export"
        )
    try:
        excerpt.bring(config, narrow, view)
        return site.build(narrow, strict=False).refusal
    except AlmanacError as error:
        return error
    except OSError as error:
        return PagesError(f"{error.filename or narrow.site.source}: {error.strerror}; mend that and run: almanac build")
