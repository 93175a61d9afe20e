"""`almanac user`: the people who use Almanac, with their roles and passwords."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from collector.audiences import serving
from collector.cli import _screen, _tables
from collector.config import Config, load
from collector.export.subjects import exact
from collector.people import audiences
from collector.people.register import Book
from collector.people.roles import Role
from collector.people.who import actor
from collector.store.persons import Person
from collector.store.store import Store

_NAME = click.argument("name")
_STDIN = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read passwords from standard input, a line each."
)
_ROLE = click.Choice([role.value for role in Role])


@click.group(epilog="Example:  almanac user add ann --role admin")
def command() -> None:
    """Add, change, list and remove people. There is no default password.

    While there is nobody, whoever may write the database is admin. As soon as there is a person, an operating-system
    user acts as the person whose --login that is, and may do nothing without one.
    """


@command.command(epilog="Example:  almanac user add bob --role log-reader --login bob")
@_NAME
@click.option("--role", type=_ROLE, default="read-only", show_default=True, help="What the person may do.")
@click.option("--login", help="The operating-system user who is this person; the first person is you by default.")
@_STDIN
@click.pass_obj
def add(file: Path, name: str, role: str, login: str | None, from_stdin: bool) -> int:
    """Add a person NAME, and ask for a password.

    An admin may do everything; a standard user everything but manage people and nodes; a log-reader views pages and
    reads logs; a read-only person views pages.
    """
    config = load(file)
    with _book(config) as book:
        first = not book.everyone()
        login = login or (book.who.login if first else None)
        book.expect_addable(name, Role(role), login)
        book.add(name, Role(role), login, _new_password(from_stdin))
        click.echo(f"{name} is {role}{f', as operating-system user {login}' if login else ''}")
        _let_in(config, book)
    return 0


@command.command(epilog="Example:  almanac user change bob --role standard")
@_NAME
@click.option("--role", type=_ROLE, help="What the person may do from now on.")
@click.option("--login", help='The operating-system user who is this person; "" for none.')
@click.pass_obj
def change(file: Path, name: str, role: str | None, login: str | None) -> int:
    """Give a person NAME another role, or another operating-system user."""
    if role is None and login is None:
        raise click.UsageError("Say what is to change: --role or --login.")
    config = load(file)
    with _book(config) as book:
        book.change(name, Role(role) if role else None, login)
        click.echo(f"{name} is changed; see: almanac user list")
        _let_in(config, book)
    return 0


@command.command(epilog="Example:  almanac user passwd bob")
@click.argument("name", required=False)
@_STDIN
@click.pass_obj
def passwd(file: Path, name: str | None, from_stdin: bool) -> int:
    """Change a password: your own, for which the old one is asked, or as an admin that of NAME."""
    config = load(file)
    with _book(config) as book:
        wanted = name or book.who.person
        if not wanted:
            book.expect_password("")
        old = _line("Old password", from_stdin) if book.expect_password(wanted) else None
        book.set_password(wanted, _new_password(from_stdin), old)
        click.echo(f"{wanted}: the password is changed")
        _let_in(config, book)
    return 0


@command.command(epilog="Example:  almanac user remove bob")
@_NAME
@click.pass_obj
def remove(file: Path, name: str) -> int:
    """Take a person NAME away. What they did stays in the activity log; the last admin can't go."""
    config = load(file)
    with _book(config) as book:
        book.remove(name)
        click.echo(f"{name} is removed")
        _let_in(config, book)
    return 0


@command.command("list", epilog="Example:  almanac user list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
@click.pass_obj
def list_(file: Path, as_json: bool) -> int:
    """List the people, with roles, operating-system users and what they are shown."""
    config = load(file)
    with _book(config) as book:
        everyone = book.listed()
    if as_json:
        told = [{"name": one.name, "role": one.role, "login": one.login, "added": exact(one.added)} for one in everyone]
        click.echo(json.dumps({"people": told}, indent=2))
    elif everyone:
        zone = str(config.site.time_zone)
        rows = (
            (one.name, one.role, one.login or "", _screen.when(exact(one.added), zone), _shown(config, one))
            for one in everyone
        )
        _tables.table(("name", "role", "login", "since", "sees"), rows)
        named = {one for audience in config.audiences.values() for one in audience.people}
        if strangers := sorted(named - {one.name for one in everyone}):
            _screen.complain(f"{config.file}: audiences: {', '.join(strangers)}: there is no such person yet")
    else:
        click.echo("There is nobody yet, so whoever may write the database is admin; see: almanac user add --help")
    return 0


def _shown(config: Config, person: Person) -> str:
    """Below which addresses a person is shown pages."""
    if not config.audiences or audiences.admins([person]):
        return "/"
    found = [f"/{view.url}" for view in audiences.views(config, [person]) if view.people]
    return " ".join(found) or "nothing"


@contextmanager
def _book(config: Config) -> Iterator[Book]:
    """The people of a configuration. It waits for no pass: SQLite's own lock is enough."""
    with Store.open(config.database) as store:
        yield Book(store, actor(config, store))


def _let_in(config: Config, book: Book) -> None:
    """Has web servers know people as they are now, where pages are not for everybody."""
    if config.audiences or config.consoles:
        serving.write_rules(config, book.store)


def _new_password(from_stdin: bool) -> str:
    if from_stdin:
        return _line("", from_stdin)
    return str(click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))


def _line(what: str, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().removesuffix("\n")
    return str(click.prompt(what, hide_input=True, err=True))
