"""The installed package alone, without the checkout, is enough: a first configuration, a pass, a page, the manual."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "data", "build", "*.egg-info", "__pycache__")
RUN = "import collector, sys; assert collector.__file__.startswith(sys.argv.pop(1)); from collector.cli import main; main()"


def test_the_wheel_makes_a_site_of_its_own(tmp_path):
    source = tmp_path / "source"  # a build leaves its own folder behind
    shutil.copytree(ROOT, source, symlinks=True, ignore=LEFT_OUT)
    pip = [sys.executable, "-m", "pip", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", tmp_path, source], check=True)
    (wheel,) = tmp_path.glob("sphinxext_almanac-*.whl")
    installed = tmp_path / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--target", installed, wheel], check=True)
    environ = {**os.environ, "PYTHONPATH": str(installed)}
    folder = tmp_path / "site"
    for words in (("init", folder), ("--config", folder / "almanac.toml", "nightly")):
        command = [sys.executable, "-c", RUN, installed, *words]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        # This machine is watched, and its own load or disk may rightly be a problem.
        told = done.stderr.splitlines()
        assert all(re.match("(warning|critical): here ", line) for line in told), done.stderr
        assert done.returncode == (1 if told else 0)
    assert (folder / "cron/crontab").read_bytes() == (ROOT / "cron/crontab").read_bytes()
    served = folder / "data/public/current"
    assert {"index.html", "nodes/here.html", "guide/index.html"} <= {
        str(page.relative_to(served)) for page in served.rglob("*.html")
    }
