"""Pages of a day of logs: what stands on them, and that they are made once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sphinxext.almanac import settled
from sphinxext.almanac.each import Mould
from sphinxext.almanac.export import ExportError
from sphinxext.almanac.fill import Filled, fill
from sphinxext.almanac.index import Index
from sphinxext.almanac.slots import comment
from tests.sphinxext.hostile import HOSTILE_TEXT
from tests.sphinxext.page_reading import read
from tests.sphinxext.sample_export import write_sample
from tests.sphinxext.sample_logs import DAY_OF_ALL, LOG, LOG_DAY, LOG_OF_ALL

FRAME = "".join(comment({"slot": slot}) for slot in ("tab", "masthead", "banner", "footer"))
FRAME += "<h1>\ue0a1title\ue0a1</h1>" + comment({"slot": "each", "kind": "log"})


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Frames, an export and a site."""
    frames = tmp_path / "frames"
    (frames / "logs").mkdir(parents=True)
    (frames / "logs/each.html").write_text(FRAME)
    (frames / "index.html").write_text(comment({"slot": "logs"}))
    mould = Mould("logs/each.html", "logs/NAME.html", "logs/NAME.html")
    Index({"index": "index.html"}, {"index": "index.html"}, {"log": mould}).write(frames)
    return frames, write_sample(tmp_path / "export"), tmp_path / "out"


def page(folders: tuple[Path, Path, Path]) -> Path:
    return folders[2] / f"{LOG_DAY.page}.html"


def test_a_day_tells_each_line_with_its_time_in_the_sites_zone(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    made = read(page(folders).read_text())
    assert made.faults == []
    assert made.count("tr") == 1 + len(LOG.lines)
    words = ("00:00:01 CST", "11:04:05 CST", "23:59:59 CST", "5\u202f001 lines", "4\u202f998 lines are left out")
    for said in (*words, HOSTILE_TEXT, "--since 2026-11-22 --until 2026-11-22 -n 0"):
        assert said in made.text


def test_a_day_of_all_nodes_tells_each_lines_node(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    made = read((folders[2] / f"{DAY_OF_ALL.page}.html").read_text())
    assert made.faults == []
    assert made.count("tr") == 1 + len(LOG_OF_ALL.lines)
    for said in ("Log lines of all nodes, 2026-11-22", "web-2", "out of memory", "almanac log --since 2026-11-22"):
        assert said in made.text


def test_nothing_of_the_last_pass_stands_on_it_and_it_is_made_once(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    before = page(folders).stat()
    manifest = folders[1] / "manifest.json"
    told = json.loads(manifest.read_text())
    told["last_pass"] |= {"id": 1285, "started": "2026-11-23T18:10:00Z", "due": "2026-11-24T18:10:00Z"}
    told["problems"] = []
    manifest.write_text(json.dumps(told))
    (folders[1] / LOG_DAY.file).write_text("{ this is not even read }")
    assert fill(*folders) == Filled(0, 3)
    assert (page(folders).stat().st_ino, page(folders).stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_lines_that_change_and_a_page_that_was_lost_are_made_anew(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    page(folders).write_text("damaged")
    assert fill(*folders) == Filled(1, 2)
    node = next(file for file in (folders[1] / "nodes").iterdir() if LOG_DAY.file in file.read_text())
    node.write_text(node.read_text().replace(LOG_DAY.file, "logs/other.json"))
    (folders[1] / "logs/other.json").write_text((folders[1] / LOG_DAY.file).read_text().replace("run-parts", "walk"))
    assert fill(*folders) == Filled(1, 2)
    assert "walk" in page(folders).read_text()
    manifest = folders[1] / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"logs": 1', '"logs": 0'))
    fill(*folders)
    assert not page(folders).exists()


def test_another_version_makes_it_anew(folders: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    fill(*folders)
    seal = page(folders).read_text().rpartition("<!--")[2]
    monkeypatch.setattr(settled, "digest", lambda: "of another")
    fill(*folders)
    assert page(folders).read_text().rpartition("<!--")[2] != seal


def test_lines_that_are_damaged_are_told_with_the_mend(folders: tuple[Path, Path, Path]) -> None:
    (folders[1] / LOG_DAY.file).write_text("{")
    with pytest.raises(ExportError) as raised:
        fill(*folders)
    assert str(raised.value) == f"{folders[1] / LOG_DAY.file}: is damaged or lost; remove it and run: almanac export"


def test_the_list_of_days_leads_to_them(folders: tuple[Path, Path, Path]) -> None:
    fill(*folders)
    text = (folders[2] / "index.html").read_text()
    links = [one for one in read(text).all("a", "href") if one.startswith("logs/")]
    assert links == [f"{DAY_OF_ALL.page}.html", f"{LOG_DAY.page}.html"]
    assert all((folders[2] / link).exists() for link in links)
    assert read(text).faults == []
