"""Compiled templates are kept from night to night, and never in the way."""

import jinja2
import pytest

from sphinxext.almanac.compiled import Compiled


def rendered(folder, source="{{ 6 * factor }}"):
    """What a new process would make of a template."""
    loader = jinja2.DictLoader({"page": source})
    return jinja2.Environment(loader=loader, bytecode_cache=Compiled(folder)).get_template("page").render(factor=7)


@pytest.fixture
def folder(tmp_path):
    assert rendered(tmp_path / "kept") == "42"
    return tmp_path / "kept"


def test_a_template_is_compiled_once(folder, monkeypatch):
    monkeypatch.setattr(jinja2.Environment, "compile", None)
    assert rendered(folder) == "42"


def test_a_template_that_was_changed_is_compiled_anew(folder):
    assert rendered(folder, "{{ 5 * factor }}") == "35"
    assert len(list(folder.iterdir())) == 1


def test_what_another_jinja2_made_is_compiled_anew(folder, monkeypatch):
    (file,) = folder.iterdir()
    before = file.read_bytes()
    monkeypatch.setattr(jinja2, "__version__", "99.0")
    assert rendered(folder) == "42"
    assert file.read_bytes() != before


@pytest.mark.parametrize("kept", [0, 1, 10, 30, 60, -1])
def test_a_broken_file_is_as_good_as_none(folder, kept):
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:kept])
    assert rendered(folder) == "42"
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_templates_work_all_the_same(tmp_path):
    (tmp_path / "file").touch()
    assert rendered(tmp_path / "file" / "kept") == "42"
