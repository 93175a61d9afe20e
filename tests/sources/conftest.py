"""The shells that nodes have: a probe's text run as a section runs, with nothing but busybox's applets in the last."""

import os
import shutil
import subprocess

import pytest


@pytest.fixture(scope="session")
def applets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("applets")
    subprocess.run(["busybox", "--install", "-s", folder], check=True)
    return str(folder)


@pytest.fixture(params=["dash", "bash", "busybox"])
def ask(request, applets):
    """A function: sh text -> the completed process, as bytes. `path` replaces the PATH."""

    def run(text, path=None):
        own = applets if request.param == "busybox" else os.environ["PATH"]
        shell = f"{applets}/sh" if request.param == "busybox" else shutil.which(request.param)
        environ = {"LC_ALL": "C", "PATH": path or own}
        return subprocess.run(
            [shell, "-c", f"set -u\n{text}"], env=environ, stdin=subprocess.DEVNULL, capture_output=True
        )

    return run
