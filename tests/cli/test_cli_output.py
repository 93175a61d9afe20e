"""What is printed, and where it can't be."""

import os
from collections import Counter
from io import StringIO
from pathlib import Path

import click
import pytest
from rich.console import Console
from rich.text import Text

from collector.cli import _screen, _tables


@pytest.mark.parametrize("words", [("check",), ("check", "--schema"), ("--help",), ("publish", "--list")])
def test_output_that_cannot_be_written_is_one_sentence(cli, tmp_path, words):
    (tmp_path / "almanac.toml").write_text('[nodes.here]\nreach = "local"\n')
    with Path("/dev/full").open("w") as full:
        done = cli(*words, stdout=full)
    assert (done.returncode, done.stderr) == (
        4,
        "almanac: standard output can't be written: No space left on device; send it elsewhere\n",
    )


def test_thousands_stand_apart_on_a_terminal_and_what_steers_one_is_spelt_out(capsys):
    text = "2\u202f500 d late: \x1b[31m\u202e"
    _screen.complain(text)
    _tables.table(("what", "state"), [(text, Text("ok"))])
    said = capsys.readouterr()
    plain = "2\u202f500 d late: \\x1b[31m\\u202e"
    assert said.err == f"{plain}\n"
    assert plain in said.out


def test_on_a_narrow_terminal_a_long_text_stands_below_its_row(cli, tmp_path):
    (tmp_path / "almanac.toml").write_text('[nodes.far]\naddress = "127.0.0.1"\nport = 1\n')
    terminal = {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm"}
    told = [cli("check", "--reach", env=os.environ | terminal | {"COLUMNS": width}).stdout for width in ("40", "200")]
    narrow, wide = ([click.unstyle(line).rstrip() for line in text.splitlines()[1:]] for text in told)
    said = "127.0.0.1 port 1: Connection refused; is it up, and is nodes.far.port where its sshd listens?"
    assert narrow[0].endswith("far  unreachable")
    assert " ".join(line.strip() for line in narrow[1:]) == said
    assert all(line.startswith("  ") and len(line) <= 40 for line in narrow[1:])
    assert wide[0].split() == ["node", "outcome", "took", "reason"]
    assert wide[1].endswith(said)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_no_letter_is_lost_of_several_long_texts_in_a_row(width, monkeypatch):
    written = StringIO()
    monkeypatch.setattr(_tables, "out", Console(file=written, force_terminal=True, color_system=None, width=width))
    subject, since = "tarball:svn/dybsvn-with-a-long-name/x", "2026-11-20 02:10 UTC"
    held = "acknowledged by ann until 2026-12-01 00:00 UTC: disk on order, comes Thursday"
    row = ("critical", "backup late", "dayabay-backup-1", subject, since, "The newest backup is 7 days old.", held)
    headings = ("problem", "name", "node", "subject", "since", "what", "held")
    _tables.table(headings, [row])
    told = "".join(click.unstyle(written.getvalue()).split())
    assert Counter(told) == Counter("".join((*headings, *row)).replace(" ", ""))


def test_a_site_is_switched_back_whatever_has_become_of_the_database(cli, tmp_path):
    shelf = tmp_path / "data/public/generations"
    for number in (1, 2):
        (shelf / f"{number:06}").mkdir(parents=True)
        (shelf / f"{number:06}/index.html").write_text(str(number))
    (shelf.parent / "current").symlink_to("generations/000002")
    (tmp_path / "almanac.toml").write_text('[nodes.here]\nreach = "local"\n')
    assert cli("publish", "--switch", "1").returncode == 0
    assert (shelf.parent / "current/index.html").read_text() == "1"
    assert not (tmp_path / "data/almanac.db").exists()
    (tmp_path / "data/almanac.db").write_text("no database")
    done = cli("publish", "--switch", "2")
    assert done.returncode == 0
    assert "file is not a database" in done.stderr
    assert done.stderr.endswith("; this switch is not on record\n")
