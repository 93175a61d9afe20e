"""cesi's configuration in each of its forms becomes one that loads and asks the same supervisords with the same login."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import almanac
from collector.config import load as load_config
from collector.importers import ImportRefused, import_files

V1 = """\
[node:gulsah]
username = gulsah
password = a%%b%40c ; a remark
host = gulsah.xyz.com
port = 9001
[node:kaan]
Username =
password =
host = 10.0.0.2
port = 9002
[environment:lab]
members = gulsah, kaan,nobody, gulsah
[environment:all]
members = kaan
[environment:empty]
members =
[group:x]
programs = a
[cesi]
database = /x/y/userinfo.db
activity_log = /x/y/cesi_activity.log
host = 0.0.0.0
"""
V2_0 = """\
[node:a]
username = u
password = p ;w$X
host = h
port = 1
[node:b]
username =
password =
host = h
port = 2
[environment:lab]
members = a
[cesi]
name = Ours
admin_username = admin
admin_password = admin
"""
V2_1 = """\
[node:a]
environment = live
username =
password =
host = h
port = 1
[node:b]
environment =
username =
password =
host = h
port = 2
[cesi]
admin_username = admin
"""
TOML = """\
[cesi]
database = "sqlite:///users.db"
activity_log = "activity.log"
admin_username = "admin"
admin_password = "admin"
[[nodes]]
name = "web"
environment = ""
username = "u"
password = 'p$x#/?"'
host = "https://web.example.org/sv/"
port = "443"
[[nodes]]
name = "web"
environment = "x"
username = ""
password = ""
host = "other"
port = "1"
[[nodes]]
name = "job"
environment = "live"
username = "u%41"
password = "%23"
host = "http://job"
port = 9001
"""


def load(folder: Path, text: str) -> tuple[dict[str, Any], str]:
    """By node: where its supervisord listens, user, password and environments; and the text of the new file."""
    old, new = folder / "cesi.conf", folder / "almanac.toml"
    old.write_text(text)
    new.write_text(import_files([old]))
    config = load_config(new, {})
    found = {}
    for name, node in config.nodes.items():
        (source,) = node.sources
        where = source.supervisor  # type: ignore[attr-defined]
        url = f"{where.scheme}://{where.host}{where.path}"
        password = source.password and source.password.get_secret_value()  # type: ignore[attr-defined]
        user = source.username  # type: ignore[attr-defined]
        found[name] = (node.reach, url, user, password, config.environments_of(name))
    return found, new.read_text()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            V1,
            {
                "gulsah": ("local", "http://gulsah.xyz.com:9001/RPC2", "gulsah", "a%b@c", ["lab"]),
                "kaan": ("local", "http://10.0.0.2:9002/RPC2", None, None, ["lab", "all"]),
            },
        ),
        (
            V2_0,
            {
                "a": ("local", "http://h:1/RPC2", "u", "p ;w$X", ["lab"]),
                "b": ("local", "http://h:2/RPC2", None, None, ["defaults"]),
            },
        ),
        (
            V2_1,
            {
                "a": ("local", "http://h:1/RPC2", None, None, ["live"]),
                "b": ("local", "http://h:2/RPC2", None, None, ["default"]),
            },
        ),
        (
            TOML,
            {
                "web": ("local", "https://web.example.org:443/sv/RPC2", "u", 'p$x#/?"', ["default"]),
                "job": ("local", "http://job:9001/RPC2", "uA", "#", ["live"]),
            },
        ),
        ("[node:a]\nhost = h\n[cesi]\nname = x\n", {"a": ("local", "http://h:5000/RPC2", None, None, [])}),
        ('[cesi]\ndatabase = "sqlite:///users.db"\n', {}),
    ],
    ids=["1.0", "2.0", "2.1", "2.7", "1.5", "no nodes"],
)
def test_each_form_becomes_an_equal_configuration(tmp_path: Path, text: str, wanted: dict[str, Any]) -> None:
    assert load(tmp_path, text)[0] == wanted


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        (V1, ['CHECK: "nobody" in members', '[group:x] had no effect', '"empty" has no members', "percent-decoded"]),
        (V2_0, ['title = "Ours"']),
        (V2_1, ['An empty environment was "default"']),
        (TOML, ['CHECK: node "web" stood there twice']),
        ("[node:a]\nhost = h\nusername = u\n[cesi]\n", ["CHECK: a user alone", "CHECK: 5000 by default"]),
    ],
)  # fmt: skip
def test_comments_say_what_is_not_the_same(tmp_path: Path, text: str, remarks: list[str]) -> None:
    written = load(tmp_path, text)[1]
    assert [remark for remark in remarks if remark not in written] == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("[node:a/b]\nhost = h\n", ["line 1: [node:a/b]: its name is missing, or holds a slash or a control character; write another"]),
        ("[cesi]\n[node:a]\nport = 1\n", ["line 2: [node:a]: host is missing; write host = where its supervisord listens"]),
        ("[node:a]\nhost = h\nport = x\n[node:b]\nhost = a b\n", [
            'line 1: [node:a]: "h:x" is no host with a port; write such as host = "web-1", port = "9001"',
            'line 4: [node:b]: "a b:" is no host with a port; write such as host = "web-1", port = "9001"']),
        ('[[nodes]]\nname = "a"\nenvironment = "x/y"\nhost = "h"\nport = "1"\n', [
            '[[nodes]] number 1: environment "x/y" can be no name here; write another']),
        ('[[nodes]]\nhost = "h"\nport = "1"\n', [
            "[[nodes]] number 1: its name is missing, or holds a slash or a control character; write another"]),
        ("[node:a]\nhost\n", ['line 2: "host" is neither [SECTION] nor KEY = VALUE; mend or remove it']),
        ("[[nodes]]\nname = x\n", ["line 2: not TOML: a value is missing or is no TOML; texts want quotes, as in title = \"Backups\""]),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_told(tmp_path: Path, text: str, lines: list[str]) -> None:
    (tmp_path / "c").write_text(text)
    with pytest.raises(ImportRefused) as refused:
        import_files([tmp_path / "c"])
    assert [line.removeprefix(f"{tmp_path}/c: ") for line in refused.value.lines] == lines


def test_two_of_them_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(TOML)
    with pytest.raises(ImportRefused, match="both are cesi's; import one at a time"):
        import_files([tmp_path / "a", tmp_path / "b"])


def test_no_password_is_told_in_a_comment(tmp_path: Path) -> None:
    text = V1.replace("a%%b%40c", "hush%0a") + "[node:c]\npassword = hush\nhost = h\n"
    (tmp_path / "c").write_text(text)
    assert "hush" not in import_files([tmp_path / "c"])


def test_what_was_imported_is_its_owners_alone_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cesi.conf.toml").write_text(TOML)
    done = CliRunner().invoke(almanac, ["import", "cesi.conf.toml"], standalone_mode=False)
    assert done.exception is None
    assert (tmp_path / "almanac.toml").stat().st_mode & 0o777 == 0o600
    tomllib.loads((tmp_path / "almanac.toml").read_text())
