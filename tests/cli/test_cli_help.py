"""Every command explains itself, with an example, and stands in the manual."""

from pathlib import Path

import click
import pytest

from collector.cli import almanac

GUIDE = Path(__file__).parents[2] / "site/guide"


def commands():
    context = click.Context(almanac)
    for name in almanac.list_commands(context):
        command = almanac.get_command(context, name)
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", one) for inner, one in command.commands.items())


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_command_has_help_an_example_and_a_place_in_the_manual(name, command):
    assert command.help, "says what it is for"
    assert f"Example:  almanac {name}" in command.epilog.replace("--config /srv/almanac/almanac.toml ", "")
    assert all(option.help for option in command.params if isinstance(option, click.Option)), (
        "says what each option does"
    )
    manual = "".join(page.read_text() for page in GUIDE.rglob("*.rst"))
    assert f"almanac {name}" in manual


def test_an_unknown_command_is_told(cli):
    done = cli("frobnicate")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command 'frobnicate'" in done.stderr
