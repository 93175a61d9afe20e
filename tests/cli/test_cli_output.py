"""What is printed, and where it can't be."""

from pathlib import Path

import pytest
from rich.text import Text

from collector.cli import _screen


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
    _screen.table(("what", "state"), [(text, Text("ok"))])
    said = capsys.readouterr()
    plain = "2\u202f500 d late: \\x1b[31m\\u202e"
    assert said.err == f"{plain}\n"
    assert plain in said.out


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
