"""`almanac import`: configurations and histories of the systems that Almanac replaces."""

from __future__ import annotations

from pathlib import Path
from time import time
from zoneinfo import ZoneInfo, available_timezones

import click

from collector.cli import _screen
from collector.collect import locked
from collector.config import load
from collector.export import years
from collector.importers import import_files, tgzs
from collector.importers.tgzs import History
from collector.scaffold import write_imported


def _zone(_context: click.Context, _option: click.Parameter, name: str | None) -> ZoneInfo | None:
    if name is not None and name not in available_timezones():
        raise click.BadParameter(f"{name} is no time zone of the IANA database; write one such as Asia/Taipei")
    return ZoneInfo(name) if name else None


@click.command(epilog="Example:  almanac import ~/.scm_monitor.cnf ~/.libfab.cnf --time-zone Asia/Taipei")
@click.argument("files_", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--time-zone", "zone", callback=_zone, help="The zone of the times in FILE, which carry none.")
@click.option(
    "--output", type=click.Path(path_type=Path), default=Path("almanac.toml"), help="Where to write; ./almanac.toml."
)
@click.pass_obj
def command(file: Path, files_: tuple[Path, ...], zone: ZoneInfo | None, output: Path) -> int:
    """Turn another system's configuration FILEs into almanac.toml, or take an old database FILE as history.

    \b
    env's scm-backup-monitor:  .scm_monitor.cnf and .libfab.cnf become almanac.toml (with its schema, and a site/
                               where there is none), then its SQLite file
                               (dbpath) is history; its times have no zone, so --time-zone is asked for.
    cesi, 1.0 to 2.7:          cesi.conf (ini) or cesi.conf.toml becomes almanac.toml, which only you may read.
    Instance Tracker:          settings.cfg becomes almanac.toml with [instances]; it is parsed, never executed.
    """
    databases = [one for one in files_ if tgzs.is_database(one)]
    if not databases:
        return _import_configuration(files_, zone, output)
    if len(files_) > 1:
        raise click.UsageError("A database is imported alone, after the configuration.")
    if zone is None:
        raise click.UsageError(f"{databases[0]}: its times have no zone; say which: --time-zone Asia/Taipei")
    return _import_history(file, databases[0], zone)


def _import_configuration(paths: tuple[Path, ...], zone: ZoneInfo | None, output: Path) -> int:
    text = import_files(paths, zone)
    if output.exists():
        raise click.UsageError(f"{output}: is there already and stays as it is; name another with --output")
    write_imported(output, text)
    click.echo(f"{output}: written; read its comments, then see that it is right with: almanac --config {output} check")
    return 0


def _import_history(file: Path, database: Path, zone: ZoneInfo) -> int:
    config = load(file)
    history = tgzs.read(database, config, zone, int(time()))
    with locked(config) as store:
        years.forget(config.export)  # first, so that nothing that breaks off the rest leaves them
        for (node, label), observations in history.observations.items():
            hub = next(source.hub for source in config.sources_of(node) if source.label == label)
            store.add_history(node, label, "tarballs", hub, observations)
    _tell(database, history)
    return 1 if history.faults or history.strangers or history.elsewhere else 0


def _tell(database: Path, history: History) -> None:
    taken = sum(map(len, history.observations.values()))
    nodes = len({node for node, _ in history.observations})
    click.echo(f"{database}: {taken} tarballs of {nodes} node{'s' * (nodes != 1)} are now history")
    for (hub, zone), rows in history.elsewhere.items():
        _screen.complain(f"{database}: {rows} rows of hub {hub} left out; they are imported with --time-zone {zone}")
    for (node, server), rows in history.strangers.items():
        _screen.complain(f"{database}: {rows} rows of {server} on {node} left out: no hub has this server and node")
    for fault in history.faults:
        _screen.complain(f"{database}: row {fault.line}: {fault.reason}: {fault.text}")
