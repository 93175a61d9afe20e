"""What the guide shows: every snippet builds, every configuration is right, every command is one."""

from __future__ import annotations

import re
from pathlib import Path

from collector.config import kinds as source_kinds
from collector.config import parse, settings
from collector.config.rules import RuleSettings
from tests.sphinxext.page_reading import read
from tests.sphinxext.sphinx_site import project
from tests.sphinxext.status_site import SITE


def _guide(page: str) -> str:
    return (SITE / "guide" / page).read_text(encoding="utf-8")


def _snippets(page: str, language: str) -> list[str]:
    found = re.findall(rf"^\.\. code-block:: {language}\n\n((?:   .*\n|\n)+)", _guide(page), re.MULTILINE)
    return [re.sub("^   ", "", snippet, flags=re.MULTILINE) for snippet in found]


def test_all_rst_that_the_guide_shows_builds(tmp_path: Path) -> None:
    snippets = _snippets("pages.rst", "rst") + _snippets("kiosk.rst", "rst")
    assert len(snippets) >= 5
    moulds = [snippet for snippet in snippets if "almanac:each::" in snippet]
    snippets = [snippet for snippet in snippets if snippet not in moulds]
    made = project(tmp_path, **{f"snippet{i}": snippet for i, snippet in enumerate(snippets)})
    for i, mould in enumerate(moulds):
        made.write(f"moulds{i}/each", f"One\n===\n\n{mould}")
    for page in ("kiosk", "halls/north", "rooms/datacentre"):
        made.write(page, ":orphan:\n\nOf the reader's own\n===================\n")
    assert made.build() == ""
    assert moulds
    assert len(list(made.out().glob("moulds0/*.html"))) == 8
    built = [read(made.page(f"pages/snippet{i}")) for i in range(len(snippets))]
    assert not any("no such" in page.text or "is not known" in page.text for page in built)


def test_the_whole_configuration_that_the_guide_shows_is_right_and_names_every_key() -> None:
    example = _guide("almanac.toml")
    parse(example, Path("almanac.toml"), {})
    manual = example + "".join(map(_guide, ("configuration.rst", "sources.rst", "rules.rst", "logs.rst")))
    models = [settings.Site, settings.Limits, settings.Hub, settings.Node, settings.Group, settings.SourceSettings]
    models += [RuleSettings, settings.Logs]
    models += [source_kinds.find(kind).Settings for kind in ("tarballs", "host", "processes", "logs")]
    unsaid = {
        f"{model.__module__}.{key}"
        for model in models
        for key in model.model_fields
        if not re.search(rf"\b{key}\b", manual)
    }
    assert unsaid == set()


def test_every_configuration_that_the_guide_shows_in_part_is_right() -> None:
    whole = '[hubs.ZZ]\nserver = "dayabay"\n[nodes.backup-1]\n[nodes.SDU]\n[nodes.web-2]\n'
    secrets = dict.fromkeys(("KITCHEN_SECRET", "INTAKE_TOKEN", "KIOSK_KEY", "NORTH_KEY"), "0" * 32)
    for page in ("start.rst", "sources.rst", "ssh.rst", "beats.rst", "logs.rst", "intake.rst"):
        for snippet in _snippets(page, "toml"):
            declared = "".join(
                f"{line}\n"
                for line in whole.splitlines()
                if line not in snippet and "hubs" not in line and "server" not in line
            )
            parse(declared + snippet, Path("almanac.toml"), secrets)


def test_every_command_that_the_guide_shows_is_one() -> None:
    shown = {
        line.strip().removeprefix("$ ").split()[1]
        for page in (SITE / "guide").glob("*.rst")
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("$ almanac ")
    }
    assert shown == {
        "ack",
        "activity",
        "build",
        "check",
        "collect",
        "db",
        "demo",
        "diff",
        "import",
        "init",
        "judge",
        "log",
        "nightly",
        "node",
        "process",
        "publish",
        "report",
        "rules",
        "run",
        "silence",
        "uptime",
        "user",
        "vm",
    }
