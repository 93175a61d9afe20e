"""What publish leaves on disk, and what it refuses."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.publish import Generation, PublishError, generations, publish, switch


def written(tree: Path, pages: dict[str, str]) -> Path:
    """A tree with such pages, each a file of its own and not the one that may be there written in."""
    for name, text in pages.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).unlink(missing_ok=True)
        (tree / name).write_text(text)
    return tree


def served(target: Path) -> dict[str, str]:
    root = target / "current"
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def everything(target: Path) -> dict[str, tuple[int, int]]:
    """Each path below the target with its inode and time: equal before and after means nothing was written."""
    return {
        str(path.relative_to(target)): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in [target, *target.rglob("*")]
    }


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


PAGES = {"index.html": "front", "nodes/SDU.html": "SDU", "_static/style.css": "p {}"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return written(tmp_path / "html", PAGES)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "public"


def test_the_first_generation_is_the_tree(tree: Path, target: Path) -> None:
    generation = publish(tree, target, 3)
    assert generation == Generation(1, target / "generations/000001", files=3, linked=0, written=3, new=True)
    assert served(target) == PAGES
    assert (target / "current").readlink() == Path("generations/000001")
    assert names(target) == ["current", "generations"]
    assert names(target / "generations") == ["000001"]


def test_what_a_web_server_could_not_read_is_copied_and_all_else_is_linked(tree: Path, target: Path) -> None:
    (tree / "_static/style.css").chmod(0o600)
    made = publish(tree, target, 3).path
    assert [(made / name).samefile(tree / name) for name in PAGES] == [name != "_static/style.css" for name in PAGES]
    assert (made / "_static/style.css").stat().st_mode & 0o777 == 0o644


def test_a_change_is_new_and_the_rest_is_shared(tree: Path, target: Path) -> None:
    first = publish(tree, target, 3).path
    written(tree, {"nodes/SDU.html": "new", "nodes/C.html": "C"})
    (tree / "_static/style.css").unlink()
    second = publish(tree, target, 3)
    assert (second.number, second.files, second.linked, second.written, second.new) == (2, 3, 1, 2, True)
    assert served(target) == {"index.html": "front", "nodes/SDU.html": "new", "nodes/C.html": "C"}
    assert (first / "index.html").stat().st_ino == (second.path / "index.html").stat().st_ino
    assert (first / "nodes/SDU.html").read_text() == "SDU"
    assert (first / "_static/style.css").read_text() == "p {}"


def test_nothing_changed_writes_nothing(tree: Path, target: Path) -> None:
    first = publish(tree, target, 3)
    before = everything(target)
    again = publish(tree, target, 3)
    assert again == Generation(1, first.path, files=3, linked=3, written=0, new=False)
    assert everything(target) == before


def test_a_page_written_anew_with_the_same_bytes_is_no_change(tree: Path, target: Path) -> None:
    publish(tree, target, 3)
    os.utime(tree / "index.html", (1, 1))
    assert not publish(tree, target, 3).new


def test_a_change_within_one_tick_of_the_clock_is_seen(tree: Path, target: Path) -> None:
    first = publish(tree, target, 3)
    stamp = (first.path / "index.html").stat().st_mtime_ns
    written(tree, {"index.html": "FRONT"})  # as long as before
    os.utime(tree / "index.html", ns=(stamp, stamp))
    assert publish(tree, target, 3).new
    assert served(target)["index.html"] == "FRONT"


def test_a_page_that_went_is_a_change(tree: Path, target: Path) -> None:
    publish(tree, target, 3)
    (tree / "nodes/SDU.html").unlink()
    assert publish(tree, target, 3).new
    assert "nodes/SDU.html" not in served(target)


def test_the_web_server_may_read_whatever_the_umask(tree: Path, target: Path) -> None:
    with umask(0o077):
        (tree / "nodes/SDU.html").chmod(0o600)
        publish(tree, target, 3)
    modes = {stat.S_IMODE(path.lstat().st_mode) for path in (target / "generations").rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in [target, *target.rglob("*")] if path.is_dir()}
    assert (modes, folders) == ({0o644}, {0o755})


def test_a_page_keeps_its_time_so_that_browsers_may_keep_the_page(tree: Path, target: Path) -> None:
    os.utime(tree / "index.html", (1_352_823_023, 1_352_823_023))
    publish(tree, target, 3)
    written(tree, {"nodes/SDU.html": "new"})
    publish(tree, target, 3)
    assert (target / "current/index.html").stat().st_mtime == 1_352_823_023


def test_names_of_any_bytes_are_published(tree: Path, target: Path) -> None:
    name = os.fsdecode(b"caf\xe9 \n<b>.html")
    (tree / name).write_text("odd")
    publish(tree, target, 3)
    assert (target / "current" / name).read_text() == "odd"


def test_only_so_many_generations_are_kept(tree: Path, target: Path) -> None:
    for night in range(6):
        written(tree, {"index.html": f"night {night}"})
        publish(tree, target, 3)
    assert [kept.number for kept in generations(target)] == [4, 5, 6]
    assert served(target)["index.html"] == "night 5"


def test_the_current_generation_is_kept_however_old(tree: Path, target: Path) -> None:
    for night in range(3):
        publish(written(tree, {"index.html": f"night {night}"}), target, 3)
    switch(target, 1)
    publish(written(tree, {"index.html": "night 0"}), target, 1)  # is generation 1, so nothing new
    assert [(kept.number, kept.current) for kept in generations(target)] == [(1, True), (3, False)]


def test_one_can_switch_back_and_forth(tree: Path, target: Path) -> None:
    start = int((tree / "index.html").stat().st_mtime)  # by the clock of files, which lags behind by a tick
    publish(tree, target, 3)
    publish(written(tree, {"index.html": "second"}), target, 3)
    switch(target, 1)
    assert served(target) == PAGES
    assert [(kept.number, kept.current) for kept in generations(target)] == [(1, True), (2, False)]
    assert all(start <= kept.time <= time.time() for kept in generations(target))
    switch(target, 2)
    assert served(target)["index.html"] == "second"


def test_after_switching_back_the_next_pass_serves_its_own_pages(tree: Path, target: Path) -> None:
    publish(tree, target, 3)
    publish(written(tree, {"index.html": "second"}), target, 3)
    switch(target, 1)
    again = publish(tree, target, 3)
    assert (again.number, again.new, served(target)["index.html"]) == (2, False, "second")
    switch(target, 1)
    third = publish(written(tree, {"index.html": "third"}), target, 3)
    assert (third.number, third.new, served(target)["index.html"]) == (3, True, "third")


def test_nothing_published_is_no_generation(target: Path) -> None:
    assert generations(target) == ()


@pytest.mark.parametrize(("nights", "sentence"), [(0, "publish something first"), (2, "choose one of 1, 2")])
def test_a_generation_that_is_not_there_cannot_be_switched_to(
    tree: Path, target: Path, nights: int, sentence: str
) -> None:
    for night in range(nights):
        publish(written(tree, {"index.html": f"night {night}"}), target, 3)
    with pytest.raises(PublishError) as error:
        switch(target, 7)
    assert str(error.value) == f"{target}: there is no generation 7; {sentence}"


def test_a_current_that_is_a_folder_is_refused(tree: Path, target: Path) -> None:
    publish(tree, target, 3)
    (target / "current").unlink()
    written(target / "current", {"mine.html": "mine"})
    with pytest.raises(PublishError) as error:
        publish(tree, target, 3)
    assert str(error.value) == (
        f"{target}/current: is no link of almanac's; move it away, or name another folder in site.publish"
    )
    assert served(target) == {"mine.html": "mine"}


def test_a_current_that_points_elsewhere_is_refused(tree: Path, target: Path, tmp_path: Path) -> None:
    publish(tree, target, 3)
    (target / "current").unlink()
    (target / "current").symlink_to(tmp_path)
    with pytest.raises(PublishError, match="is no link of almanac's"):
        publish(tree, target, 3)


def test_a_folder_of_other_files_is_refused(tree: Path, target: Path) -> None:
    written(target, {"index.nginx-debian.html": "Welcome"})
    before = everything(target)
    with pytest.raises(PublishError) as error:
        publish(tree, target, 3)
    assert str(error.value) == f"{target}: holds other files; empty it, or name another folder in site.publish"
    assert everything(target) == before


def test_a_target_that_is_a_link_to_nothing_is_told(tree: Path, target: Path, tmp_path: Path) -> None:
    target.symlink_to(tmp_path / "gone")
    with pytest.raises(PublishError) as error:
        publish(tree, target, 3)
    assert str(error.value) == f"{target}: is a link to nothing; make the folder {tmp_path}/gone, or mend the link"


@pytest.mark.parametrize("there", [True, False])
def test_a_tree_without_a_page_is_not_published(tmp_path: Path, target: Path, there: bool) -> None:
    empty = tmp_path / "empty"
    if there:
        empty.mkdir()
    with pytest.raises(PublishError) as error:
        publish(empty, target, 3)
    assert str(error.value) == f"{empty}: holds no page to publish, so the old site stays; run: almanac build"
    assert not target.exists()


@pytest.mark.parametrize("odd", ["link to a file", "link to a folder", "fifo"])
def test_what_is_no_plain_file_is_refused(tree: Path, target: Path, tmp_path: Path, odd: str) -> None:
    publish(tree, target, 3)
    (tmp_path / "secret").write_text("secret")
    if odd == "fifo":
        os.mkfifo(tree / "odd")
    else:
        (tree / "odd").symlink_to(tmp_path / "secret" if odd == "link to a file" else tmp_path)
    with pytest.raises(PublishError) as error:
        publish(written(tree, {"index.html": "new"}), target, 3)
    assert str(error.value) == f"{tree}/odd: is no plain file, so the old site stays; put the file itself there"
    assert served(target) == PAGES


@pytest.mark.parametrize("place", [".", "html", "html/public"])
def test_a_target_within_or_around_the_tree_is_refused(tree: Path, tmp_path: Path, place: str) -> None:
    with pytest.raises(PublishError, match=r"lies within .* or around it; name another folder in site\.publish"):
        publish(tree, tmp_path / place, 3)


def test_a_page_that_no_web_server_could_read_any_more_is_mended(tree: Path, target: Path) -> None:
    publish(tree, target, 3)
    (tree / "index.html").chmod(0o600)  # and so what is published, which is the same file
    assert (publish(tree, target, 3).written, served(target)) == (1, PAGES)
    assert stat.S_IMODE((target / "current/index.html").stat().st_mode) == 0o644


@pytest.mark.parametrize("link", [True, False])
def test_a_published_page_that_was_tampered_with_is_mended(tree: Path, target: Path, link: bool) -> None:
    page = publish(tree, target, 3).path / "index.html"
    page.unlink()
    if link:
        page.with_name("x.htm").write_text("front")
        page.symlink_to("x.htm")  # a link of as many bytes as the page, to the same text
    else:
        page.write_text("owned")
    assert publish(tree, target, 3).written == 1
    assert served(target) == PAGES


def test_two_thousand_pages_without_a_change_make_no_new_generation(tmp_path: Path, target: Path) -> None:
    tree = written(tmp_path / "html", {f"nodes/{number % 50}/{number}.html": "x" * 20_000 for number in range(2000)})
    for path in tree.rglob("*.html"):
        os.utime(path, (1_352_823_023, 1_352_823_023))
    publish(tree, target, 3)
    again = publish(tree, target, 3)
    assert (again.new, again.linked) == (False, 2000)
