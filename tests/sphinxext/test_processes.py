"""All processes on one page: counted by group and within each environment, and listed."""

from __future__ import annotations

from pathlib import Path

from sphinxext.almanac.export import Export
from sphinxext.almanac.fill import Press, environment
from sphinxext.almanac.find import find
from sphinxext.almanac.place import Place
from tests.sphinxext.page_reading import read
from tests.sphinxext.sample_export import write_empty, write_sample


def press(folder: Path) -> Press:
    export = Export(folder)
    return Press(environment(export), Place(export, {}, {}, "processes.html"), "processes")


def test_each_process_counts_once_in_all_and_once_in_each_environment_of_its_node(tmp_path: Path) -> None:
    export = Export(write_sample(tmp_path))
    found = find(export, {"slot": "processes"})
    for row in found.groups:
        mine = [one for one in found.rows if one.subject.group == row.group]
        assert sum(number for _, number in row.all) == len(mine)
        for name, tally in row.environments:
            assert sum(number for _, number in tally) == sum(name in one.entry.environments for one in mine)
    assert sum(number for _, number in found.tally) == len(found.rows)
    assert found.answered <= found.asked == len({one.entry.name for one in found.rows})


def test_the_page_tells_how_many_stand_how(tmp_path: Path) -> None:
    text = press(write_sample(tmp_path)).render({"slot": "processes"})
    page = read(text)
    words = " ".join(page.text.replace("\u202f", " ").split())
    assert page.faults == []
    assert "web 1 running1 stopped1 failed show" in words
    assert "web:gunicorn FATAL web-2" in words
    assert any(href.startswith("?all-processes.has=web%3A") for href in page.all("a", "href"))


def test_what_is_stopped_has_the_same_sign_wherever_it_stands(tmp_path: Path) -> None:
    pages = press(write_sample(tmp_path))
    node, subject = "web-2", "process:web:cron beat"
    for selector in (
        {"slot": "processes"},
        {"slot": "node", "name": node},
        {"slot": "state", "node": node, "subject": subject, "metric": "state"},
    ):
        assert '<span class="state unknown">STOPPED</span>' in pages.render(selector)


def test_one_environment_has_its_own_alone(tmp_path: Path) -> None:
    export = Export(write_sample(tmp_path))
    every = find(export, {"slot": "processes"})
    name = every.environments[0]
    found = find(export, {"slot": "processes", "environment": name})
    assert found.rows
    assert {one.entry.name for one in found.rows} <= set(export.manifest.environments[name].nodes)


def test_where_none_are_watched_it_says_so(tmp_path: Path) -> None:
    assert "No processes are watched here yet." in press(write_empty(tmp_path)).render({"slot": "processes"})
