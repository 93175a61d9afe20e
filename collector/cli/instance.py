"""`almanac instance`: the registry of application instances."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from collector.cli import _screen
from collector.config import Config, load
from collector.export.subjects import exact
from collector.instances.register import Register
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


@click.group()
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
@click.option("--enabled/--disabled", "enabled", default=None, help="Only those that are asked, or that are not.")
@_JSON
@click.pass_obj
def list_(file: Path, enabled: bool | None, as_json: bool) -> int:
    """List the instances, by organisation."""
    config = load(file)
    with _register(config) as register:
        found = [one for one in register.everyone() if enabled in (None, one.enabled)]
    if as_json:
        click.echo(json.dumps({"instances": [_document(one) for one in found]}, indent=2))
    elif found:
        _tell(found, config)
    else:
        click.echo("There is no such instance; see: almanac instance add --help")
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


@command.command(epilog="Example:  almanac instance enable 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@click.pass_obj
def enable(file: Path, uuid: str) -> int:
    """Have the instance UUID asked from now on."""
    with _register(load(file)) as register:
        click.echo(f"{register.enable(uuid, True).url} is enabled")
    return 0


@command.command(epilog="Example:  almanac instance disable 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@click.pass_obj
def disable(file: Path, uuid: str) -> int:
    """Have the instance UUID asked no more; what it told stays on record."""
    with _register(load(file)) as register:
        click.echo(f"{register.enable(uuid, False).url} is disabled")
    return 0


@command.command(epilog="Example:  almanac instance remove 6f1c3f0e-3b1f-4e0c-9d55-0c3b1a2f4e5d")
@_UUID
@click.pass_obj
def remove(file: Path, uuid: str) -> int:
    """Take the instance UUID out of the registry; what it told stays on record."""
    with _register(load(file)) as register:
        click.echo(f"{register.remove(uuid).url} is removed")
    return 0


@contextmanager
def _register(config: Config) -> Iterator[Register]:
    """The registry of a configuration. It waits for no pass: SQLite's own lock is enough."""
    with Store.open(config.database) as store:
        yield Register(store, actor(config, store))


def _document(one: Instance) -> dict[str, object]:
    return {
        "uuid": one.uuid,
        "enabled": one.enabled,
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
    _screen.table(("organisation", "url", "contact", "", "since", "uuid"), rows)


def _tell_one(one: Instance, config: Config) -> None:
    since = _screen.when(exact(one.added), str(config.site.time_zone))
    told = {**_document(one), "enabled": _word(one), "since": since}
    _screen.table(("", ""), ((name, str(value)) for name, value in told.items()))


def _word(one: Instance) -> str:
    return "enabled" if one.enabled else "disabled"
