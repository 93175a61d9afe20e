"""The inventory that other projects link by tells the subjects of the export, not those of the day Sphinx last ran."""

import zlib

import pytest
from sphinx.util.inventory import InventoryFile

from collector.pages.inventory import renewed

SPHINX = """# Sphinx inventory version 2
# Project: Small: "<b>"
# Version:\x20
# The remainder of this file is compressed using zlib.
"""
LINES = [
    "index std:doc -1 index.html Overview",
    "SDU almanac:node 1 nodes/SDU.html#$ -",
    "a node almanac:node 1 elsewhere.html#x -",
    "SDU tarball:old almanac:subject -1 nodes/SDU.html#old -",
    "SDU disk:/ almanac:subject 1 own.html#disk -",
]


def packed(lines):
    return SPHINX.encode() + zlib.compress("".join(f"{line}\n" for line in lines).encode())


def subjects(inventory):
    found = InventoryFile.loads(inventory, uri="").data
    return {name: item.uri for name, item in found.get("almanac:subject", {}).items()}


def test_subjects_are_those_of_the_export():
    anchors = {
        "SDU": {"tarball:new one": "new", "disk:/": "disk"},
        "a node": {"unit:x": "x"},
        "no page": {"unit:y": "y"},
    }
    inventory = renewed(packed(LINES), anchors)
    assert subjects(inventory) == {
        "SDU tarball:new one": "nodes/SDU.html#new",
        "SDU disk:/": "own.html#disk",
        "a node unit:x": "elsewhere.html#x",
    }
    assert {"std:doc", "almanac:node"} <= set(InventoryFile.loads(inventory, uri="").data)
    assert inventory.startswith(SPHINX.encode())


@pytest.mark.parametrize("anchors", [{}, {"SDU": {"tarball:old": "old"}}])
def test_the_same_export_gives_the_same_inventory(anchors):
    once = renewed(packed(LINES), anchors)
    assert renewed(once, anchors) == once
    assert renewed(packed(LINES[:3] + LINES[4:]), anchors) == once
