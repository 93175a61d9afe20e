"""The command `almanac`: a file per family of commands. Each parses words, calls one function, prints, and exits.

A module of this package that holds a click command named `command` is a command of that name; adding one edits no
other file. Only the module that is asked for is imported, so `almanac status` does not wait for matplotlib.

Exit status: 0 done and all well; 1 done, and problems or unreachable nodes are told; 2 the request or configuration is
wrong, nothing was changed; 3 another pass holds the lock; 4 the pass broke (disk full): what was recorded stays, the
old site stays, and the next pass heals; or Sphinx refused the site's pages: they are up with new data and old words; or
a series_file could not be written.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import sys
from difflib import get_close_matches
from pathlib import Path

import click

from collector.model import AlmanacError, printable

PLACES = (Path("almanac.toml"), Path("/etc/almanac/almanac.toml"))


class Families(click.Group):
    """Finds commands in the modules of this package; a trailing underscore keeps a Python word free (`import_`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx  # click passes it, the list depends on nothing
        return sorted(module.name.rstrip("_") for module in pkgutil.iter_modules(__path__) if module.name[0] != "_")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        word = "import_" if cmd_name == "import" else cmd_name
        found: click.Command = importlib.import_module(f"{__name__}.{word}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if (near := get_close_matches(args[0], self.list_commands(ctx), n=1)) and near[0] != args[0]:
            ctx.fail(f'There is no command "{args[0]}". Did you mean "{near[0]}"?')
        return super().resolve_command(ctx, args)


@click.group(cls=Families, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sphinxext-almanac", prog_name="almanac")
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    envvar="ALMANAC_CONFIG",
    help="The configuration; else ./almanac.toml, then /etc/almanac/almanac.toml.",
)
@click.pass_context
def almanac(ctx: click.Context, file: Path | None) -> None:
    """One honest page each morning about the machines you look after.

    \b
    Begin with:  almanac init      a configuration for this machine
                 almanac nightly   the whole pass, as cron runs it
    """
    ctx.obj = file or next((place for place in PLACES if place.exists()), PLACES[0])


_SELDOM = 300_000
"""What a command makes it mostly needs to its end: to look through it 400 times for what could go takes a pass a
twentieth of its time. What could have gone meanwhile is 100 MB where pages of 1,000 nodes are filled."""


def main() -> None:
    """Runs the command and exits. What a person has to mend is one sentence on standard error, never a traceback."""
    gc.set_threshold(_SELDOM)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start threads that wait, busily, for work
    try:
        status = almanac(standalone_mode=False) or 0
        click.echo(nl=False)  # what is still held back must be written, or told not to be
        click.echo(nl=False, err=True)
        os._exit(status)  # all goes with the process: Python would take apart every module first
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Abort:
        sys.exit(130)
    except AlmanacError as error:
        for line in str(error).splitlines():
            click.echo(f"almanac: {printable(line)}", err=True)
        for note in getattr(error, "__notes__", ()):
            click.echo(printable(note), err=True)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone, as `| head` does: nothing to say and nobody to hear
        sys.exit(1)
    except OSError as error:
        if error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python would try again at its end
        click.echo(f"almanac: standard output can't be written: {error.strerror}; send it elsewhere", err=True)
        sys.exit(4)
    finally:
        gc.freeze()  # all goes with the process: Python would look through it once more first
