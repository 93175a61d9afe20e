"""What people did, on the overview and on a node's page, without the word of anybody becoming markup."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from sphinxext.almanac.export import Export
from sphinxext.almanac.fill import Press, environment
from sphinxext.almanac.place import Place
from tests.sphinxext.page_reading import read
from tests.sphinxext.sample_export import _file, _write, activity, write_empty, write_sample
from tests.sphinxext.sample_nodes import sample_nodes


def press(folder: Path) -> Press:
    export = Export(folder)
    return Press(environment(export), Place(export, {}, {}, "index.html"), "index")


def test_the_overview_tells_who_did_what_where_and_how_it_ended(tmp_path: Path) -> None:
    page = read(press(write_sample(tmp_path)).render({"slot": "activity"}))
    text = " ".join(page.text.split())
    assert page.faults == []
    for row in (
        "restart web:gunicorn web-2 ann 23 Nov 02:10 CST done",
        "stop web:gunicorn web-2 bob (robert)",
        "run reboot C games, nobody known",
        "added bob ann",
    ):
        assert row in text
    assert text.count("refused") == 2


def test_where_nobody_did_anything_it_says_so(tmp_path: Path) -> None:
    export = write_empty(tmp_path)
    assert "Nothing was done by hand yet" in press(export).render({"slot": "activity"})


def test_a_node_tells_what_was_done_there_and_one_without_nothing(tmp_path: Path) -> None:
    folder = write_sample(tmp_path)
    node = next(one for one in sample_nodes() if one.name == "web-2")
    told = replace(node, activity=tuple(one for one in activity() if one.node == "web-2"))
    _write(folder / _file("web-2"), asdict(told))
    page = press(folder).render({"slot": "node", "name": "web-2"})
    assert page.count("web:gunicorn</th>") >= 2
    assert "Done here by hand" in page
    assert "Done here by hand" not in press(folder).render({"slot": "node", "name": "C"})
