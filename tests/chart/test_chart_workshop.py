"""Many pictures at once: the same bytes as drawn alone, and a clear end whatever happens to who draws."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from collector.chart import workshop
from collector.chart.job import Job
from collector.chart.painter import Painter
from collector.chart.picture import Line, Panel, Picture
from collector.chart.workshop import BATCH, ENOUGH, DrawingError, Workshop

DAY, END = 86400, 1795459200


def job(folder, number):
    times = tuple(END - night * DAY for night in range(30))
    line = Line(times, tuple(float(night % (number + 2)) for night in range(30)))
    picture = Picture(f"chart {number}", END - 30 * DAY, END, (Panel("count", (line,)),))
    return Job(picture, folder / f"{number}.light.png", folder / "dark" / f"{number}.png")


def ordered(shop, folder, count):
    jobs = [job(folder, number) for number in range(count)]
    for one in jobs:
        shop.order(one)
    return jobs


@pytest.mark.parametrize(
    ("count", "cores", "helpers", "in_the_end"), [(3, 4, 0, 1), (BATCH, 4, 1, 1), (2 * ENOUGH - BATCH, 3, 2, 2)]
)
def test_pictures_are_the_same_whoever_draws_them(tmp_path, count, cores, helpers, in_the_end):
    with Workshop(240, 100, cores) as shop:
        jobs = ordered(shop, tmp_path, count)
        assert len(shop._helpers) == helpers
        assert not jobs[-1].light.exists()
        shop.finish()
        assert len(shop._helpers) == in_the_end
        assert shop.drawn == count
    painter = Painter(240, 100)
    for one in jobs:
        assert (one.light.read_bytes(), one.dark.read_bytes()) == painter.draw(one.picture)
    assert not list(tmp_path.rglob(".*")), "nothing is left beside them"


@pytest.mark.parametrize(("cores", "before", "after"), [(1, 1, 1), (2, 1, 2)])
def test_a_core_is_left_to_who_orders_until_he_waits(tmp_path, cores, before, after):
    with Workshop(240, 100, cores) as shop:
        ordered(shop, tmp_path, 3 * ENOUGH + 1)
        assert len(shop._helpers) == before
        shop.finish()
        assert (len(shop._helpers), shop.drawn) == (after, 3 * ENOUGH + 1)


def test_pictures_are_drawn_but_not_in_their_places_while_nobody_waits(tmp_path):
    with Workshop(240, 100, cores=2) as shop:
        jobs = ordered(shop, tmp_path, BATCH + 1)
        shop.hasten()
        for sent in shop._sent:
            sent.result(timeout=60)
        assert not jobs[-1].light.exists()
        assert len(list(tmp_path.rglob(".*.aside"))) == 2 * len(jobs)
        shop.finish()
        assert all(one.light.exists() and one.dark.exists() for one in jobs)
    assert not list(tmp_path.rglob(".*"))


def test_nobody_is_started_for_nothing(tmp_path):
    with Workshop(240, 100) as shop:
        shop.finish()
        assert (shop._helpers, shop.drawn) == ([], 0)


def test_ordering_loads_nothing_that_draws():
    script = "import sys; import collector.export.write; print('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"


def test_a_helper_that_is_killed_is_one_clear_error(tmp_path):
    with Workshop(240, 100, cores=2) as shop:
        ordered(shop, tmp_path, ENOUGH)
        shop._helpers[0].kill()
        with pytest.raises(
            DrawingError, match=r"^a process that draws charts was killed by SIGKILL; the export before"
        ):
            shop.finish()
        pid = shop._helpers[0]._process.pid
    assert not Path(f"/proc/{pid}").exists()


def test_a_helper_that_breaks_says_its_last_word(tmp_path, monkeypatch):
    monkeypatch.setattr(workshop.sys, "executable", "/bin/false")
    with Workshop(240, 100, cores=2) as shop:
        ordered(shop, tmp_path, ENOUGH)
        with pytest.raises(DrawingError, match="ended with exit status 1; the export"):
            shop.finish()


def test_a_folder_that_cannot_be_written_is_told_as_by_this_process(tmp_path):
    (tmp_path / "dark").write_text("in the way")
    for cores in (1, 2):
        with Workshop(240, 100, cores) as shop:
            ordered(shop, tmp_path, ENOUGH)
            with pytest.raises(NotADirectoryError) as told:
                shop.finish()
        assert told.value.filename.startswith(str(tmp_path / "dark"))


def test_an_interrupted_pass_leaves_no_process_behind(tmp_path):
    script = (
        "import sys; from pathlib import Path; from tests.chart.test_chart_workshop import *\n"
        "with Workshop(720, 230, cores=3) as shop:\n"
        f"    ordered(shop, Path({str(tmp_path)!r}), 6 * ENOUGH)\n"
        "    print(*(helper._process.pid for helper in shop._helpers), flush=True)\n"
        "    shop.finish()\n"
    )
    root = Path(__file__).parents[2]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=pipe, stderr=pipe, cwd=root, start_new_session=True, text=True
    ) as pass_:
        helpers = pass_.stdout.readline().split()
        os.killpg(pass_.pid, signal.SIGINT)
        _, said = pass_.communicate(timeout=60)
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert "BrokenPipe" not in said
    time.sleep(0.1)
    assert len(helpers) == 2
    assert not any(Path(f"/proc/{helper}").exists() for helper in helpers)
