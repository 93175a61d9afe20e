"""Which declarations a page makes, and which it only shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.pages.declared import declared


@pytest.mark.parametrize(("rst", "names"), [
    (".. almanac:node:: SDU\n   :no-index-entry:\n", ["SDU"]),
    (".. container:: wide\n\n   .. almanac:node:: SDU\n\n.. almanac:hub:: C H1 \n", ["C H1", "SDU"]),
    ("- one\n\n  .. only:: html\n\n\t.. almanac:environment:: lab & attic\n", ["lab & attic"]),
    ('.. note:: Code::\n\n   .. almanac:node:: "\\u2028 odd"\n', ["\u2028 odd"]),
    (".. code-block:: rst\n   :caption: x\n\n   .. note::\n\n      .. almanac:node:: SDU\n", []),
    ("Write::\n\n  .. almanac:node:: SDU\n\nand more\n\n.. almanac:node:: C\n", ["C"]),
    ("..\n   .. almanac:node:: SDU\n", []),
    (".. not now\n\n   .. almanac:node:: SDU\n", []),
    (".. almanac:nodes::\n\n.. almanac:subject:: SDU disk:/\n", []),
])  # fmt: skip
def test_a_declaration_counts_wherever_it_is_read(tmp_path: Path, rst: str, names: list[str]) -> None:
    (tmp_path / "page.rst").write_text(rst)
    assert sorted(name for _, name in declared(tmp_path)) == names
