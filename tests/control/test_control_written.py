"""What is taken out of almanac.toml when a node leaves; what else people wrote there stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.config import load
from collector.control import written


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[nodes.a]\n[nodes.b]\n", "[nodes.b]\n"),
        (
            '# one\nenvironments.lab = ["a", "b"] # two\n[nodes.a]\nuser = "x" # gone\n[[nodes.a.sources]]\nkind = "host"\n'
            "[nodes.b] # three\n",
            '# one\nenvironments.lab = ["b"] # two\n[nodes.b] # three\n',
        ),
        ("[nodes.a]\n# of a\n[site]\ntitle = 't'\n[nodes.b]\n", None),
    ],
)
def test_a_table_is_taken_out_and_all_else_stays(tmp_path: Path, text: str, after: str | None) -> None:
    changed = written.without_node(text, tmp_path / "almanac.toml", "a")
    assert after is None or changed == after
    (tmp_path / "almanac.toml").write_text(changed)
    assert list(load(tmp_path / "almanac.toml").nodes) == ["b"]
