"""`almanac intake`: the small server by which applications register themselves."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from collector.cli import _screen
from collector.config import load
from collector.intake import check
from collector.intake.check import expected

APP = "collector.intake.wsgi:app"


@click.command(epilog="Example:  almanac intake --print")
@click.option("--print", "only_print", is_flag=True, help="Print the command that runs it, and end.")
@click.pass_obj
def command(file: Path, only_print: bool) -> int:
    """Run the server by which applications register themselves, and devices give signs of life, until it is stopped.

    It needs [intake] in almanac.toml, and the optional libraries Flask and gunicorn. A web server stands before it.
    """
    config = load(file)
    settings = expected(config)
    environment = {"ALMANAC_CONFIG": str(file.absolute())}
    words = [sys.executable, "-m", "gunicorn", "--bind", settings.listen, "--workers", "1", "--no-control-socket"]
    words += ["--threads", str(settings.all_threads), "--graceful-timeout", "5"]  # listeners never end by themselves
    words += ["--worker-class", "collector.intake.worker.Worker", APP]
    if not only_print:
        for missing in check.lacking(config):
            raise missing
        for sentence in check.told(config):
            _screen.complain(sentence)
        os.execve(words[0], words, os.environ | environment)  # noqa: S606  # no shell is wanted
    click.echo(shlex.join(["env", *(f"{name}={value}" for name, value in environment.items()), *words]))
    return 0
