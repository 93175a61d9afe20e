"""`almanac report`: tell people of the last pass, or show what they would be told."""

from __future__ import annotations

from pathlib import Path
from time import time

import click

from collector import files
from collector.cli import _screen
from collector.collect import alone
from collector.config import load
from collector.config.reports import is_address
from collector.digest import facts, stage
from collector.digest.desk import Desk, Sample
from collector.digest.period import Kind
from collector.digest.recipients import everything, recipients
from collector.digest.stage import Asked, Reported


@click.command(epilog="Example:  almanac report --to ops@example.org --stdout")
@click.option("--to", "address", help="Only to this address; what it is told now, due or not.")
@click.option(
    "--period",
    "kind",
    type=click.Choice(["week", "month"]),
    help="The last whole week or month, instead of the last pass.",
)
@click.option("--eml", type=click.Path(path_type=Path), help="Send nothing; write the mail to this file.")
@click.option("--stdout", "shown", is_flag=True, help="Send nothing; print the mail's text.")
@click.pass_obj
def command(file: Path, address: str | None, kind: Kind | None, eml: Path | None, shown: bool) -> int:
    """Send what is due of the last pass, and what waits from passes before, as nightly does at its end.

    Each pass is told to a recipient once, however often this is called. --eml and --stdout show what would be told
    now, to an address of almanac.toml or to any other, who is taken for one who watches the whole fleet.
    """
    config = load(file)
    known = {one.name: one for one in recipients(config)}
    if eml or shown:
        recipient = known.get(address or "") or everything(_mailable(address))
        _show(Desk(config, facts.read(config.export), int(time())).sample(recipient, kind), eml, shown)
        return 0
    if not known:
        raise click.UsageError(f"{file} names nobody to be told; add [[reports]] with to = [...], and [mail]")
    _screen.expect("recipient", [address] if address else [], known)
    with alone(config):
        done = stage.report(config, int(time()), Asked(address, kind))
    return _told(done)


def _told(done: Reported) -> int:
    for name in done.sent:
        click.echo(f"{name}: sent")
    if not done.sent and not done.undelivered:
        click.echo("Nothing is due, or all of it was sent.")
    return _screen.tell_refusals(done.undelivered) or 0


def _mailable(address: str | None) -> str:
    if address is not None and not is_address(address):
        raise click.UsageError(f"{address!a} is no mail address; write one such as ops@example.org")
    return address or "root@localhost"


def _show(sample: Sample, eml: Path | None, shown: bool) -> None:
    if shown:
        click.echo(sample.text, nl=False)
    if eml is not None:
        _write(eml, sample.mail)


def _write(file: Path, mail: str) -> None:
    try:
        files.replace(file.absolute(), mail.encode("ascii"))
    except OSError as error:
        raise click.UsageError(f"{file}: can't be written: {error.strerror}; name another file") from error
