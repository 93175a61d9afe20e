"""Frames and an export become pages, without Sphinx."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sphinxext.almanac.bring import bring_along
from sphinxext.almanac.export import ExportError
from sphinxext.almanac.fill import Filled, Manner, fill, is_brought
from sphinxext.almanac.index import FillError, Index
from sphinxext.almanac.slots import comment
from tests.sphinxext.hostile import HOSTILE, HOSTILE_TEXT
from tests.sphinxext.sample_export import write_sample

VALUE = {"slot": "value", "node": "SDU", "subject": "tarball:ZZ/svn/dybsvn", "metric": "size"}


def framed(root: Path, **pages: str) -> tuple[Path, Path, Path]:
    """An export, frames with these pages, and an empty site; `a__b` is the page a/b."""
    export, frames, out = write_sample(root / "export"), root / "frames", root / "out"
    paths = {page.replace("__", "/"): f"{page.replace('__', '/')}.html" for page in pages}
    for path, text in zip(paths.values(), pages.values(), strict=True):
        (frames / path).parent.mkdir(parents=True, exist_ok=True)
        (frames / path).write_text(text, encoding="utf-8", newline="")
    Index(paths, paths | {"nodes/SDU": "nodes/SDU.html"}).write(frames)
    return frames, export, out


def read(out: Path, page: str) -> str:
    return (out / f"{page}.html").read_bytes().decode()


def test_filling_never_loads_sphinx_or_docutils(tmp_path: Path) -> None:
    folders = framed(tmp_path, index=comment(VALUE))
    script = (
        "import sys; from pathlib import Path; from sphinxext.almanac.fill import fill; fill(*map(Path, sys.argv[1:]))"
    )
    script += "; sys.exit(any(name.split('.')[0] in ('sphinx', 'docutils', 'collector') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script, *map(str, folders)], check=False).returncode == 0


def test_all_but_the_slots_stays_byte_for_byte(tmp_path: Path) -> None:
    text = "\r\n<p>\tcafé \udc80 <!-- almanac: --> <!--almanac:{broken <!--almanacs:{}-->\n"
    frames, export, out = framed(tmp_path, index="")
    (frames / "index.html").write_bytes((text + comment(VALUE) + text).encode("utf-8", "surrogateescape"))
    fill(frames, export, out)
    page = (out / "index.html").read_bytes().decode("utf-8", "surrogateescape")
    assert page.startswith(f'{text}<span class="value"><button popovertarget=o0 value=1.9014e+09>1.9')
    assert page.endswith(text)


def test_a_second_fill_touches_nothing_and_a_change_only_its_pages(tmp_path: Path) -> None:
    folders = framed(tmp_path, index=comment({"slot": "changes"}), other=comment(VALUE))
    assert fill(*folders) == Filled(2, 0)
    stamps = {file: file.stat().st_mtime_ns for file in folders[2].rglob("*")}
    assert fill(*folders) == Filled(0, 2)
    assert stamps == {file: file.stat().st_mtime_ns for file in folders[2].rglob("*")}
    manifest = folders[1] / "manifest.json"
    manifest.write_text(manifest.read_text().replace("new backup item", "quite new item"))
    assert fill(*folders) == Filled(1, 1)
    assert "quite new item" in read(folders[2], "index")


def test_who_waits_for_pictures_is_told_which_pages_were_written_before_any_picture_is_there(tmp_path: Path) -> None:
    frames, export, out = framed(tmp_path, index=comment(VALUE), a__b=comment(VALUE))
    told = list[tuple[list[str], bool]]()

    def ready(pages: Sequence[str]) -> None:
        told.append((list(pages), (out / "charts").exists()))

    fill(frames, export, out, Manner(ready))
    (out / "index.html").unlink()
    fill(frames, export, out, Manner(ready))
    assert told == [([f"{out}/a/b.html", f"{out}/index.html"], False), ([f"{out}/index.html"], True)]


def test_a_page_is_replaced_not_written_over(tmp_path: Path) -> None:
    frames, export, out = framed(tmp_path, index=comment(VALUE))
    out.mkdir()
    (out / "index.html").write_text("published")
    os.link(out / "index.html", tmp_path / "generation.html")
    fill(frames, export, out)
    assert (tmp_path / "generation.html").read_text() == "published"
    assert [f.name for f in out.iterdir() if f.name.startswith(".")] == []


def test_no_page_is_ever_missing_from_a_folder_that_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames, export, out = framed(tmp_path, index=comment(VALUE))
    out.mkdir()
    (out / "index.html").write_text("yesterday's")
    gone = list[Path]()
    monkeypatch.setattr(Path, "unlink", lambda file, **_: gone.append(file))
    fill(frames, export, out)
    assert out / "index.html" not in gone
    assert read(out, "index") != "yesterday's"


def test_links_and_pictures_lead_up_from_any_depth(tmp_path: Path) -> None:
    chart = comment({"slot": "chart", "node": "SDU", "subject": "tarball:ZZ/svn/dybsvn", "range": "month"})
    frames, export, out = framed(tmp_path, index=chart, a__b__c=chart)
    fill(frames, export, out)
    picture = json.loads((export / "nodes/SDU.json").read_text())["subjects"][0]["metrics"][0]["charts"][0]["light"]
    assert f'src="{picture}"' in read(out, "index")
    assert f'src="../../{picture}"' in read(out, "a/b/c")
    assert 'href="../../nodes/SDU.html#' in read(out, "a/b/c")
    assert (out / picture).read_bytes() == (export / picture).read_bytes()


def test_pictures_and_json_come_along_as_links_and_go_with_the_export(tmp_path: Path) -> None:
    frames, export, out = framed(tmp_path, index=comment(VALUE))
    numbers = export / "series/SDU/x.2026.json"
    numbers.parent.mkdir(parents=True)
    numbers.write_text("{}")
    fill(frames, export, out)
    picture = next((export / "charts").rglob("*.png"))
    brought = out / picture.relative_to(export)
    assert brought.samefile(picture)
    assert {f.name for f in (out / "data").iterdir()} == {
        "manifest.json",
        "nodes",
        "pulse.txt",
        "scm_backup_monitor_SDU.json",
        "series",
    }
    assert (out / "data/series/SDU/x.2026.json").samefile(numbers)
    assert (out / "data/nodes/SDU.json").samefile(export / "nodes/SDU.json")
    (out / "data/page.html").write_text("a page of a folder with this name")
    picture.unlink()
    numbers.unlink()
    (export / "nodes/demo-3.json").unlink()
    fill(frames, export, out)
    assert not brought.exists()
    assert not (out / "data/series/SDU").exists()
    assert not (out / "data/nodes/demo-3.json").exists()
    assert (out / "data/page.html").exists()


def test_a_new_picture_does_not_change_the_one_in_an_older_generation(tmp_path: Path) -> None:
    frames, export, out = framed(tmp_path, index=comment(VALUE))
    fill(frames, export, out)
    picture = sorted((export / "charts").rglob("*.png"))[0]
    old = picture.read_bytes()
    os.link(out / picture.relative_to(export), tmp_path / "generation.png")
    aside = picture.with_suffix(".aside")
    aside.write_bytes(b"new")
    aside.replace(picture)
    fill(frames, export, out)
    assert (tmp_path / "generation.png").read_bytes() == old
    assert (out / picture.relative_to(export)).read_bytes() == b"new"


class Unnumbered:
    """A folder's entries as a file system in user space tells them that knows no numbers: all have the same one."""

    def __init__(self, entry: os.DirEntry[str]) -> None:
        self.name, self.is_dir, self.is_symlink = entry.name, entry.is_dir, entry.is_symlink

    def inode(self) -> int:
        return 0xFFFF_FFFF


def test_pictures_are_renewed_where_folders_tell_no_numbers_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, export, out = framed(tmp_path, index=comment(VALUE))
    scan = os.scandir

    class Folder(list[Unnumbered]):
        def __init__(self, path: str) -> None:
            with scan(path) as entries:
                super().__init__(map(Unnumbered, entries))

        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(os, "scandir", Folder)
    for night in (b"first", b"second"):
        picture = export / "charts/SDU/own.light.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.unlink(missing_ok=True)
        picture.write_bytes(night)
        bring_along(export, out, is_brought)
        assert (out / "charts/SDU/own.light.png").read_bytes() == night


@pytest.mark.parametrize("selector", [
    {"slot": "node", "name": HOSTILE},
    {"slot": "subject", "node": HOSTILE, "name": f"process:{HOSTILE_TEXT}"},
    {"slot": "state", "node": HOSTILE, "subject": f"process:{HOSTILE_TEXT}", "metric": HOSTILE_TEXT},
    {"slot": "value", "node": HOSTILE, "subject": HOSTILE_TEXT, "metric": "size"},
    {"slot": "stockchart", "file": "scm_backup_monitor_SDU.json", "id": HOSTILE},
    {"slot": "stockchart", "file": HOSTILE, "id": HOSTILE},
    {"slot": "hub", "name": HOSTILE},
    {"slot": "chart", "node": HOSTILE, "subject": HOSTILE, "metric": HOSTILE, "range": HOSTILE},
    {"slot": "status", "environment": "lab & attic", "kind": "process"},
    {"slot": "environment", "name": "lab & attic"},
    {"slot": "nodes"}, {"slot": "problems"}, {"slot": "changes"}, {"slot": "fleet"}, {"slot": "headline"},
])  # fmt: skip
def test_no_name_makes_markup_or_slots(tmp_path: Path, selector: dict[str, str]) -> None:
    frames, export, out = framed(tmp_path, index=f"<main>{comment(selector)}</main>")
    fill(frames, export, out)
    page = read(out, "index")
    assert "<script" not in page
    assert "<!--" not in page
    assert "onmouseover='" not in page
    assert page.startswith("<main>")
    assert page.endswith("</main>")


@pytest.mark.parametrize(("selector", "said"), [
    ({"slot": "node", "name": "OLD"}, "OLD"),
    ({"slot": "hub", "name": "XX"}, "XX"),
    ({"slot": "status", "environment": "lost"}, "lost"),
    ({"slot": "chart", "node": "OLD", "subject": "host:"}, "OLD"),
    ({"slot": "chart", "node": "SDU", "subject": "tarball:ZZ/gone"}, "tarball:ZZ/gone"),
    (VALUE | {"metric": "weight"}, "weight"),
    (VALUE | {"slot": "state"}, "size"),
    ({"slot": "stockchart", "file": "old.json", "id": "x"}, "old.json"),
])  # fmt: skip
def test_what_has_gone_is_said_to_be_gone(tmp_path: Path, selector: dict[str, str], said: str) -> None:
    frames, export, out = framed(tmp_path, index=comment(selector))
    fill(frames, export, out)
    assert said in read(out, "index")
    assert "Gone" in read(out, "index") or "no such" in read(out, "index")


def test_frames_or_export_that_are_not_whole_are_refused_with_the_mend(tmp_path: Path) -> None:
    frames, export, out = framed(tmp_path, index=comment({"slot": "node", "name": "SDU"}))
    (export / "nodes/SDU.json").rename(tmp_path / "SDU.json")
    with pytest.raises(ExportError, match=r"SDU.json: there is no export here; make one with: almanac export"):
        fill(frames, export, out)
    (export / "manifest.json").write_text('{"version": 2}')
    with pytest.raises(ExportError, match="has version 2, not 1; make it anew with: almanac export"):
        fill(frames, export, out)
    (export / "manifest.json").write_text("[]")
    with pytest.raises(ExportError, match=r"manifest.json: is no export"):
        fill(frames, export, out)
    (export / "manifest.json").write_text('{"version"')
    with pytest.raises(ExportError, match=r"manifest.json: can't be read \(Expecting"):
        fill(frames, export, out)
    (export / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(ExportError, match=r"manifest.json: can't be read \(.*recursion"):
        fill(frames, export, out)
    (frames / "index.json").unlink()
    with pytest.raises(FillError, match=r"index.json: can't be read; build the pages anew"):
        fill(frames, export, out)
