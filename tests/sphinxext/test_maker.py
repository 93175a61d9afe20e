"""Which version of the extension makes pages is told by all that it is made of."""

import shutil
from pathlib import Path

import pytest

from sphinxext.almanac import maker


@pytest.fixture
def digest(tmp_path, monkeypatch):
    """The digest of a copy of the package, as another process would find it now."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(maker.__file__).parent, tmp_path / "almanac", symlinks=True, ignore=ignored)
    monkeypatch.setattr(maker, "__file__", str(tmp_path / "almanac/maker.py"))
    return maker.digest.__wrapped__


@pytest.mark.parametrize("part", ["format.py", "templates/slots/node.html", "theme/layout.html"])
def test_each_part_counts(digest, tmp_path, part):
    before = digest()
    file = tmp_path / "almanac" / part
    text = file.read_text()
    file.write_text(text + "\n")
    assert digest() != before
    file.write_text(text)
    assert digest() == before
    file.rename(file.with_name("renamed"))
    assert digest() != before


def test_what_python_and_editors_leave_does_not(digest, tmp_path):
    before = digest()
    (tmp_path / "almanac/templates/__pycache__").mkdir()
    (tmp_path / "almanac/templates/__pycache__/page.compiled").touch()
    (tmp_path / "almanac/.#fill.py").symlink_to("alice@desk.4711:1795722444")
    assert digest() == before
