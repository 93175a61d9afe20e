"""Many pictures at once: the same bytes as drawn alone, and a clear end whatever happens to who draws."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from collector.chart import crew
from collector.chart.crew import DrawingError
from collector.chart.helper import LOT
from collector.chart.job import Job
from collector.chart.painter import Painter
from collector.chart.picture import Line, Panel, Picture
from collector.chart.workshop import BATCH, Workshop
from tests.servers.waiting import PATIENCE, until

DAY, END = 86400, 1795459200
MANY = 400
LONG = 200 * "x"
"""With such a name for their folder, what a process tells of all its pictures does not go into a pipe at once."""


def job(folder, number):
    times = tuple(END - night * DAY for night in range(30))
    line = Line(times, tuple(float(night % (number + 2)) for night in range(30)))
    picture = Picture(f"chart {number}", END - 30 * DAY, END, (Panel("count", (line,)),))
    return Job(picture, f"{folder}/{number}.light.png", f"{folder}/dark/{number}.png")


def ordered(shop, folder, count):
    jobs = [job(folder, number) for number in range(count)]
    for one in jobs:
        shop.order(one)
    return jobs


@pytest.mark.parametrize(("count", "cores"), [(3, 4), (2 * BATCH, 1), (LOT + BATCH + 1, 2)])
def test_pictures_are_the_same_whoever_draws_them(tmp_path, count, cores):
    with Workshop(240, 100, cores) as shop:
        jobs = ordered(shop, tmp_path, count)
        shop.finish()
        assert shop.drawn == count
    painter = Painter(240, 100)
    for one in jobs:
        assert (Path(one.light).read_bytes(), Path(one.dark).read_bytes()) == painter.draw(one.picture)
    assert not list(tmp_path.rglob(".*")), "nothing is left beside them"


def test_who_draws_goes_on_after_what_was_ordered_first(tmp_path):
    with Workshop(240, 100, cores=2) as shop:
        ordered(shop, tmp_path / "first", BATCH + 1)
        shop.finish()
        pid = shop.open().pid
        jobs = ordered(shop, tmp_path / "second", 3)
        shop.finish()
        assert (shop.open().pid, shop.drawn) == (pid, BATCH + 4)
        assert all(Path(one.light).exists() and Path(one.dark).exists() for one in jobs)


def test_what_is_drawn_goes_again_where_it_breaks(tmp_path):
    (tmp_path / "old.png").write_text("of before")
    with pytest.raises(KeyError), Workshop(240, 100, cores=2) as shop:
        ordered(shop, tmp_path, BATCH)
        shop.finish()
        ordered(shop, tmp_path / "more", BATCH + 1)
        raise KeyError
    assert [file.name for file in tmp_path.rglob("*.png")] == ["old.png"]


def test_nobody_is_started_for_nothing(tmp_path):
    with Workshop(240, 100) as shop:
        shop.finish()
        assert (shop._crew, shop.drawn) == (None, 0)


def test_who_was_made_ready_for_nothing_ends(tmp_path):
    with Workshop(240, 100) as shop:
        pid = shop.open().pid
    assert not Path(f"/proc/{pid}").exists()


def test_ordering_loads_nothing_that_draws():
    script = "import sys; import collector.export.write; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"


def test_a_pass_has_who_draws_started_before_all_else_is_loaded():
    script = (
        "import sys; import collector.cli.nightly\n"
        "print(*{'numpy', 'pydantic', 'collector.config', 'collector.nightly'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "\n"


def test_where_nobody_can_be_started_nothing_stays_open(monkeypatch):
    monkeypatch.setattr(crew.sys, "executable", "/not/there")
    before = set(Path("/proc/self/fd").iterdir())
    with Workshop() as shop:
        shop.prepare()
        with pytest.raises(FileNotFoundError):
            shop.open()
    assert set(Path("/proc/self/fd").iterdir()) <= before


def drawing(pid):
    """The processes that a crew's first one has started, once there is one."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    until(children.read_text)
    return [int(child) for child in children.read_text().split()]


def test_a_helper_that_is_killed_is_one_clear_error(tmp_path):
    with Workshop(240, 100, cores=2) as shop:
        ordered(shop, tmp_path / "first", MANY)
        pid = shop.open().pid
        os.kill(drawing(pid)[0], signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        ordered(shop, tmp_path / "second", BATCH)  # so not all can have been drawn, however fast the first ones were
        with pytest.raises(
            DrawingError, match=r"^a process that draws charts was killed by SIGKILL; the export before"
        ):
            shop.finish()
    assert not Path(f"/proc/{pid}").exists()
    assert not list(tmp_path.rglob("*.png*")), "no picture is left, nor half of one"


def test_a_helper_that_breaks_says_its_last_word(tmp_path, monkeypatch):
    monkeypatch.setattr(crew.sys, "executable", "/bin/false")
    with Workshop(240, 100, cores=2) as shop, pytest.raises(DrawingError, match="ended with exit status 1; the export"):
        ordered(shop, tmp_path, 3)
        shop.finish()


def test_a_helper_that_breaks_while_it_brings_to_disk_ends_at_once():
    script = (
        "import io, pickle; from collector.chart.helper import settle; from collector.chart.job import Answer\n"
        "settle(io.BytesIO(pickle.dumps(([0], Answer(1)))))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("TypeError: ")


def test_a_folder_that_cannot_be_written_is_told_as_by_this_process(tmp_path):
    (tmp_path / "dark").write_text("in the way")
    for cores in (1, 2):
        with Workshop(240, 100, cores) as shop:
            ordered(shop, tmp_path, BATCH)
            with pytest.raises(NotADirectoryError) as told:
                shop.finish()
        assert told.value.filename.startswith(str(tmp_path / "dark"))


@pytest.mark.parametrize(
    ("kill", "stop", "last"), [(os.killpg, signal.SIGINT, "KeyboardInterrupt"), (os.kill, signal.SIGKILL, "")]
)
def test_an_interrupted_pass_leaves_no_process_behind(tmp_path, kill, stop, last):
    script = (
        "from pathlib import Path; from tests.chart.test_chart_workshop import *\n"
        "with Workshop(720, 230, cores=3) as shop:\n"
        f"    ordered(shop, Path({str(tmp_path / LONG)!r}), 3 * MANY)\n"
        "    print(pid := shop.open().pid, *drawing(pid), flush=True)\n"
        "    shop.finish()\n"
        "    signal.pause()\n"  # however fast it was, it is broken off
    )
    root = Path(__file__).parents[2]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=pipe, stderr=pipe, cwd=root, start_new_session=True, text=True
    ) as pass_:
        helpers = pass_.stdout.readline().split()
        kill(pass_.pid, stop)
        _, said = pass_.communicate(timeout=PATIENCE)
    assert said.rstrip().endswith(last)
    assert "BrokenPipe" not in said
    assert len(helpers) > 1
    until(lambda: not any(map(alive, helpers)))


def alive(pid):
    """Whether a process still does anything: one that has ended may wait for a parent that is slow to ask."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
