"""`almanac instance`: the registry of application instances."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import time

import click

from collector.cli import _screen, _tables
from collector.collect import beginning, locked
from collector.config import INSTANCES, Config, load
from collector.export.subjects import exact
from collector.geography.atlas import opened
from collector.instances import crawl as crawling
from collector.instances.crawl import Told
from collector.instances.known import Known
from collector.instances.register import Register
from collector.intake import taking
from collector.intake.spool import SpoolError
from collector.life.stage import Records, last_pass
from collector.model import Outcome
from collector.people.who import actor
from collector.store.instances import Instance
from collector.store.store import Store

_UUID = click.argument("uuid")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")


def _fields(required: bool) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """The options of what is known of an instance."""
    helps = {
        "url": "Where it is served, such as https://app.example.org/base.",
        "contact": "Who runs it.",
        "email": "That person's mail address.",
        "organisation": "For whom it runs.",
    }

    def decorated(function: Callable[..., int]) -> Callable[..., int]:
        for name, text in reversed(helps.items()):
            function = click.option(f"--{name}", required=required, help=text)(function)
        return function

    return decorated


@click.group(epilog="Example:  almanac instance list --waiting")
def command() -> None:
    """Register, change, list and remove instances of an application: installations on other people's servers."""


@command.command(
    epilog="Example:  almanac instance add --url https://app.example.org --contact Ann --email ann@example.org"
    " --organisation CERN"
)
@_fields(required=True)
@click.pass_obj
def add(file: Path, /, **fields: str) -> int:
    """Register an instance. It gets a UUID, and is enabled."""
    with _register(load(file)) as register:
        new = register.add(fields)
    click.echo(f"{new.uuid} is the instance {new.url}")
    return 0


@command.command(epilog="Example:  almanac instance update 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d --contact Bob")
@_UUID
@_fields(required=False)
@click.pass_obj
def update(file: Path, /, uuid: str, **fields: str | None) -> int:
    """Change what is known of the instance UUID."""
    given = {name: value for name, value in fields.items() if value is not None}
    if not given:
        raise click.UsageError("Say what is to change: --url, --contact, --email or --organisation.")
    with _register(load(file)) as register:
        _tell_one(register.update(uuid, given), load(file))
    return 0


@command.command("list", epilog="Example:  almanac instance list --enabled")
@click.option("--enabled/--disabled", "asked", default=None, help="Only those that are asked, or that are not.")
@click.option("--waiting", is_flag=True, help="Only those that registered themselves and wait for approval.")
@_JSON
@click.pass_obj
def list_(file: Path, asked: bool | None, waiting: bool, as_json: bool) -> int:
    """List the instances, by organisation."""
    config = load(file)
    with _register(config) as register:
        every = [one for one in register.everyone() if one.is_waiting or not waiting]
    found = [one for one in every if asked in (None, one.is_asked)]
    if as_json:
        click.echo(json.dumps({"instances": [_document(one) for one in found]}, indent=2))
    elif found:
        _tell(found, config)
    else:
        none = "No instance of that kind is" if waiting or asked is not None else "No instance is"
        click.echo(f"{none} registered; see: almanac instance add --help")
    return 0


@command.command(epilog="Example:  almanac instance show 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@_JSON
@click.pass_obj
def show(file: Path, uuid: str, as_json: bool) -> int:
    """Tell what is known of the instance UUID."""
    config = load(file)
    with _register(config) as register:
        found = register.find(uuid)
    if as_json:
        click.echo(json.dumps(_document(found), indent=2))
    else:
        _tell_one(found, config)
    return 0


def _changed(file: Path, change: Callable[[Register], Instance], done: str) -> int:
    """Makes the change of one instance, and says what was done."""
    with _register(load(file)) as register:
        click.echo(f"{change(register).url} is {done}")
    return 0


@command.command(epilog="Example:  almanac instance enable 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@click.pass_obj
def enable(file: Path, uuid: str) -> int:
    """Have the instance UUID asked from now on."""
    return _changed(file, lambda register: register.enable(uuid, True), "enabled")


@command.command(epilog="Example:  almanac instance disable 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@click.pass_obj
def disable(file: Path, uuid: str) -> int:
    """Have the instance UUID asked no more; what it told stays on record."""
    return _changed(file, lambda register: register.enable(uuid, False), "disabled")


@command.command(epilog="Example:  almanac instance approve 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@click.pass_obj
def approve(file: Path, uuid: str) -> int:
    """Let the instance UUID, which registered itself, be asked from now on."""
    return _changed(file, lambda register: register.approve(uuid), "approved")


@command.command(epilog="Example:  almanac instance secret 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@click.pass_obj
def secret(file: Path, uuid: str) -> int:
    """Give the instance UUID a new secret, by which it may change itself, and print it. The old one is void."""
    with _register(load(file)) as register:
        click.echo(register.new_secret(uuid))
    return 0


@command.command(epilog="Example:  almanac instance remove 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@click.pass_obj
def remove(file: Path, uuid: str) -> int:
    """Take the instance UUID out of the registry; what it told stays on record."""
    return _changed(file, lambda register: register.remove(uuid), "removed")


@command.command(epilog="Example:  almanac instance crawl")
@click.argument("uuid", required=False)
@_JSON
@click.pass_obj
def crawl(file: Path, uuid: str | None, as_json: bool) -> int:
    """Ask all enabled instances now, or the one UUID, and record what they tell. Exit status 1 if one did not answer.

    Every pass does so too. Pages tell of it from the next pass on, or after: almanac export && almanac build && almanac
    publish
    """
    config = load(file)
    crawling.settings_of(config)
    with locked(config) as store:
        _exchange(config, store)
        register = Register(store, actor(config, store))
        wanted = (register.find(uuid),) if uuid else crawling.enabled(store)
        register.note_crawl(wanted)
        started = beginning(store)
        pass_id = store.begin_pass(started)
        told = crawling.crawl(config, store, pass_id, started, wanted)
        store.end_pass(pass_id, int(time()))
    if as_json:
        click.echo(json.dumps({"crawled": [_outcome(one) for one in told]}, indent=2))
    else:
        _tables.table(("url", "outcome", ""), ((one.instance.url, one.outcome, one.reason) for one in told))
        click.echo(f"{sum(one.outcome is Outcome.OK for one in told)} of {len(told)} instances answered")
    return int(any(one.outcome is not Outcome.OK for one in told))


@command.command(epilog="Example:  almanac instance statistics")
@_JSON
@click.pass_obj
def statistics(file: Path, as_json: bool) -> int:
    """Tell how the values of fields with `chart = true` are spread over the enabled instances, as last asked."""
    config = load(file)
    settings = crawling.settings_of(config)
    with Store.open(config.database) as store:
        enabled = tuple(one.uuid for one in Register(store, actor(config, store)).everyone() if one.is_asked)
        record = Records(config, store, last_pass(store)).of(INSTANCES)
    atlas = opened(settings.locations)
    found = Known(record, settings, atlas).charts(enabled)
    if atlas.fault:
        click.echo(f"almanac: {atlas.fault}", err=True)
    if as_json:
        click.echo(json.dumps({"charts": [asdict(one) for one in found]}, indent=2))
        return 0
    for one in found:
        click.echo(f"{_screen.plain(one.label)} ({one.chart_type})")
        _tables.table((one.of_groups, one.of_numbers), ((group, f"{number:g}") for group, number in one.rows))
        click.echo(f"{one.left_out} instances without a number are left out\n" if one.left_out else "")
    if not found:
        click.echo("No instance has told a field with chart = true; see: almanac instance crawl")
    return 0


def _outcome(one: Told) -> dict[str, object]:
    found = {"uuid": one.instance.uuid, "url": one.instance.url, "outcome": one.outcome, "reason": one.reason}
    return {**found, "took": round(one.took, 3)}


@contextmanager
def _register(config: Config) -> Iterator[Register]:
    """The registry of a configuration, with what registered itself since, and the change told to `almanac intake`. It
    waits for no pass: SQLite's own lock is enough."""
    with Store.open(config.database) as store:
        went = _exchange(config, store)
        yield Register(store, actor(config, store))
        if went:
            _exchange(config, store)


def _exchange(config: Config, store: Store) -> bool:
    """Who may not write the spool can use the registry all the same; the next pass makes up for it. Whether it went."""
    if config.intake:
        try:
            taking.exchange(config, store)
        except SpoolError as error:
            _screen.complain(f"almanac: {error}; the next pass takes in what is there")
            return False
    return True


def _document(one: Instance) -> dict[str, object]:
    return {
        "uuid": one.uuid,
        "enabled": one.enabled,
        "waiting": one.is_waiting,
        "url": one.url,
        "contact": one.contact,
        "email": one.email,
        "organisation": one.organisation,
        "since": exact(one.added),
    }


def _tell(found: Sequence[Instance], config: Config) -> None:
    zone = str(config.site.time_zone)
    rows = (
        (one.organisation, one.url, one.contact, _word(one), _screen.when(exact(one.added), zone), one.uuid)
        for one in found
    )
    _tables.table(("organisation", "url", "contact", "", "since", "uuid"), rows)


def _tell_one(one: Instance, config: Config) -> None:
    since = _screen.when(exact(one.added), str(config.site.time_zone))
    told = {**_document(one), "enabled": _word(one), "since": since}
    _tables.table(("", ""), ((name, str(value)) for name, value in told.items() if name != "waiting"))


def _word(one: Instance) -> str:
    if one.is_waiting:
        return "waits for approval"
    return "enabled" if one.enabled else "disabled"
