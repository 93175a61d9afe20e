"""The examples of the manual's page of rules load, and judge what they say they do."""

import re
from pathlib import Path
from textwrap import dedent

from collector.config import parse
from tests.config.test_config_load import FILE

GUIDE = Path(__file__).parents[2] / "site/guide"
_BLOCK = re.compile(r"^( *)\.\. code-block:: toml\n\n((?:\1   .*\n|\n)+)", re.MULTILINE)


def test_each_rule_of_the_manual_loads_and_is_in_force():
    page = (GUIDE / "rules.rst").read_text()
    examples = [dedent(block[2]) for block in _BLOCK.finditer(page)]
    config = parse("\n".join([(GUIDE / "almanac.toml").read_text(), *examples]), FILE, {})
    subjects = ("disk:/data1", "tarball:ZZ/svn/a", "process:batch:x", "host:system", "temperature:cpu", "node",
                "unit:nginx.service", "backups:ZZ")  # fmt: skip
    places = [(config.place(node), subject) for node in ("SDU", "web-2") for subject in subjects]
    rules = [rule for place, subject in places for rule in config.rulebook.of(place, subject)]
    names = set(re.findall(r'name = "([^"]*)"', "".join(examples)))
    assert names == {rule.name for rule in rules if rule.origin != "default"}
    assert {rule.kind for rule in rules} >= {"above", "age", "absent", "change", "state", "ratio"}
