"""The rules for consoles of VMs, beside pages that everybody is shown."""

from __future__ import annotations

import grp
import os
import re
from pathlib import Path

import pytest

from collector import publish
from collector.audiences import serving
from collector.audiences.rules import Unfit
from collector.config import Config, ConfigError, parse
from collector.publish import PublishError
from collector.store.activity import Activity
from collector.store.persons import Person
from collector.store.store import Store

GROUP = grp.getgrgid(os.getgid()).gr_name
SITE = f'[site]\nurl = "https://status.example.org/"\nweb_group = "{GROUP}"\n'


def configured(folder: Path, consoles: str = "[consoles]\n") -> Config:
    return parse(SITE + consoles, folder / "almanac.toml", {})


def guarded(config: Config) -> set[str]:
    """The files of rules once they are written."""
    with Store.open(config.database) as store:
        for name, role in (("ann", "admin"), ("bob", "standard"), ("carl", "log-reader")):
            row = Activity(1, name, name, "manage-users", None, "", "done", "added")
            store.put_person(Person(name, role, None, 1, "", f"$2y${name}"), row)
        serving.guard(config, store)
    rules = config.site.publish / "closed/rules"
    return {file.name for file in rules.glob("[!.]*")} if rules.exists() else set()


def test_they_stand_beside_the_pages_and_go_with_their_table(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/index.html").write_text("all")
    config = configured(tmp_path)
    assert guarded(config) == {"_consoles.htpasswd", "consoles-nginx.conf", "websockify.service"}
    rules = config.site.publish / "closed/rules"
    assert (rules / "_consoles.htpasswd").read_text() == "ann:$2y$ann\nbob:$2y$bob\n"
    assert (
        f'--token-source "{config.site.data}/consoles" 127.0.0.1:6080\n' in (rules / "websockify.service").read_text()
    )
    publish.publish(tmp_path / "tree", config.site.publish, 5)
    assert guarded(config)
    assert (config.site.publish / "current/index.html").read_text() == "all"
    assert guarded(configured(tmp_path, "")) == set()
    assert (config.site.publish / "current/index.html").exists()


@pytest.mark.parametrize(
    ("consoles", "fault", "said"),
    [
        (
            '[consoles]\nnovnc = "none"\n',
            PublishError,
            "consoles.novnc: .*/none holds no vnc.html; install noVNC, in Debian",
        ),
        (
            '[consoles]\nnovnc = "a;b"\n',
            Unfit,
            "which web servers take for more than a name; name another folder in consoles",
        ),
    ],
)
def test_a_folder_that_is_none_is_told(tmp_path: Path, consoles: str, fault: type[Exception], said: str) -> None:
    (tmp_path / "a;b").mkdir()
    (tmp_path / "a;b/vnc.html").touch()
    with pytest.raises(fault, match=said):
        guarded(configured(tmp_path, consoles))


def test_what_they_need_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        parse("[consoles]\n", tmp_path / "almanac.toml", {})
    assert set(re.findall("there is no (site[.][a-z_]+)", str(refused.value))) == {"site.web_group", "site.url"}
