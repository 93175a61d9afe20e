"""`almanac build`: pages from the export; Sphinx runs only when its sources changed. With --as-of, of any night."""

from __future__ import annotations

from pathlib import Path

import click

from collector import nights
from collector.audiences import building
from collector.cli import _screen
from collector.collect import alone, locked
from collector.config import Config, load
from collector.export import views, write
from collector.export.read import NoExport, lost_charts, read_manifest
from collector.export.subjects import exact
from collector.pages import site


@click.command(epilog="Example:  almanac build --as-of 2026-11-24")
@click.option(
    "--as-of", "night", metavar="NIGHT", help="Build the site of a day, or of an ISO time, in its own folder."
)
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where --as-of builds; else below site.data.")
@click.pass_obj
def command(file: Path, night: str | None, folder: Path | None) -> int:
    """Build the pages from the export. Sphinx is started only when its sources changed.

    Charts that somebody has deleted from the export are drawn again.

    Exit status 4 if it refuses them: pages then show new data in the words of the last good build.

    With --as-of the site is built as it was after the last pass of that day, or the last one begun by that time, and
    nothing of the present one is touched.
    """
    config = load(file)
    if night is not None:
        return _build_again(config, night, folder)
    if folder is not None:
        raise click.UsageError("--to is where --as-of builds; name a night with --as-of too")
    _draw_lost(config)
    with alone(config):
        built = site.build(config)
        unbuilt = building.build(config)
    click.echo(f"{config.html}: {built.written} pages written{', Sphinx ran' if built.sphinx_ran else ''}")
    return _screen.tell_refusals([built.refusal, *unbuilt]) or 0


def _draw_lost(config: Config) -> None:
    """Exports anew where pictures have been lost from the export; what else there may be amiss, the build tells."""
    try:
        lost = lost_charts(config.export, read_manifest(config.export))
    except (NoExport, OSError):
        return
    if lost:
        with locked(config) as store:
            views.export_views(config, store, write.export(config, store))
        click.echo(f"{config.export}: {len(lost)} lost charts drawn again")


def _build_again(config: Config, night: str, folder: Path | None) -> int:
    nights.expect_record(config)
    with locked(config) as store:
        done = nights.build(config, store, night, folder)
    began = _screen.when(exact(done.night.started), str(config.site.time_zone))
    click.echo(f"{done.page}: open this page; the pass of {began}, {done.built.written} pages written")
    return _screen.tell_refusals([done.built.refusal]) or 0
