"""Names that have left the configuration are remembered by the record, whatever becomes of exports."""

import json
import shutil
from pathlib import Path

import pytest

from collector.collect import collect
from collector.config import Config, load
from collector.export.write import export
from collector.store.store import Store
from tests.store.answers import heard, night

WHOLE = """
[hubs.ZZ]
server = "dayabay"
nodes = ["SDU"]
[nodes.here]
reach = "local"
[nodes.SDU]
[[nodes.SDU.sources]]
kind = "tarballs"
folder = "/backup"
[environments]
lab = ["SDU"]
[groups.nas]
nodes = ["SDU"]
"""
LESS = '[nodes.here]\nreach = "local"\n'
SECOND = "2026-11-19T11:06:40Z"


def config(folder: Path, text: str) -> Config:
    (folder / "almanac.toml").write_text(text)
    return load(folder / "almanac.toml")


def gone_after(folder: Path, *passes: str) -> dict[str, dict[str, str]]:
    """What the export tells after a pass by each configuration."""
    with Store.open(folder / "almanac.db") as store:
        for number, text in enumerate(passes):
            known = config(folder, text)
            answers = [heard(number)] if "SDU" in known.nodes else []
            collect(known, store, night(number), answers, lambda _: None)
        shutil.rmtree(known.export, ignore_errors=True)
        export(known, store)
    told: dict[str, dict[str, str]] = json.loads((known.export / "manifest.json").read_text())["gone"]
    return told


@pytest.mark.parametrize(("passes", "wanted"), [
    ([WHOLE], {}),
    ([WHOLE, LESS, LESS], {table: {name: SECOND} for table, name in (("environments", "lab"), ("groups", "nas"), ("hubs", "ZZ"), ("nodes", "SDU"))}),
    ([WHOLE, LESS, WHOLE], {}),
])  # fmt: skip
def test_a_name_that_left_keeps_the_time_of_the_first_pass_without_it(
    tmp_path: Path, passes: list[str], wanted: dict[str, dict[str, str]]
) -> None:
    assert gone_after(tmp_path, *passes) == wanted
