"""Compiled templates are kept from night to night, and never in the way."""

import fcntl
import os
import threading
from pathlib import Path

import jinja2
import pytest

from collector.spread import fork
from sphinxext.almanac.compiled import Compiled


def rendered(folder, source="{{ 6 * factor }}"):
    """What a new process would make of a template."""
    loader = jinja2.DictLoader({"page": source})
    return jinja2.Environment(loader=loader, bytecode_cache=Compiled(folder)).get_template("page").render(factor=7)


def leave_with(check):
    """Ends a fork, which never goes on as pytest: with 0 if a check holds."""
    status = 1
    try:
        status = 0 if check() else 1
    finally:
        os._exit(status)


def locked_by_others(folder, key):
    """Whether another process has the turn of a template by its key in the folder of compiled ones."""
    with (folder / "lock").open("w") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, int(key[:8], 16))
        except BlockingIOError:
            return True
        return False


@pytest.fixture
def folder(tmp_path):
    assert rendered(tmp_path / "kept") == "42"
    return tmp_path / "kept"


def test_a_template_is_compiled_once(folder, monkeypatch):
    monkeypatch.setattr(jinja2.Environment, "compile", None)
    assert rendered(folder) == "42"


def test_of_several_processes_one_compiles_a_template(tmp_path, monkeypatch):
    log = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    compiled = jinja2.Environment.compile

    def slowly(*args):
        os.write(log, b"compiled ")
        threading.Event().wait(0.3)  # the others come to it meanwhile
        return compiled(*args)

    monkeypatch.setattr(jinja2.Environment, "compile", slowly)
    others = []
    for _ in range(3):
        if child := fork():
            others.append(child)
        else:
            leave_with(lambda: rendered(tmp_path / "kept") == "42")
    assert [os.waitpid(child, 0)[1] for child in others] == [0, 0, 0]
    assert (tmp_path / "log").read_text() == "compiled "
    os.close(log)


def test_two_templates_are_compiled_side_by_side(tmp_path):
    first, second = (Compiled(tmp_path).get_cache_key(name) for name in ("first", "second"))
    loader = jinja2.DictLoader({"first": "1", "second": "2"})

    class Compiling(jinja2.Environment):
        def compile(self, *args):
            if not (child := fork()):
                leave_with(lambda: [locked_by_others(tmp_path, key) for key in (first, second)] == [True, False])
            assert os.waitpid(child, 0)[1] == 0
            return super().compile(*args)

    assert Compiling(loader=loader, bytecode_cache=Compiled(tmp_path)).get_template("first").render() == "1"


def test_the_turn_of_what_could_not_be_compiled_ends_with_the_next(tmp_path):
    open_files = len(list(Path("/proc/self/fd").iterdir()))
    templates = jinja2.Environment(loader=jinja2.DictLoader({"broken": "{%", "page": "1"}))
    templates.bytecode_cache = Compiled(tmp_path)
    for _ in range(2):
        with pytest.raises(jinja2.TemplateSyntaxError):
            templates.get_template("broken")
    assert templates.get_template("page").render() == "1"
    assert len(list(Path("/proc/self/fd").iterdir())) == open_files


def test_a_template_that_was_changed_is_compiled_anew(folder):
    assert rendered(folder, "{{ 5 * factor }}") == "35"
    assert len(list(folder.glob("*.compiled"))) == 1


def test_what_another_jinja2_made_is_compiled_anew(folder, monkeypatch):
    (file,) = folder.glob("*.compiled")
    before = file.read_bytes()
    monkeypatch.setattr(jinja2, "__version__", "99.0")
    assert rendered(folder) == "42"
    assert file.read_bytes() != before


@pytest.mark.parametrize("kept", [0, 1, 10, 30, 60, -1])
def test_a_broken_file_is_as_good_as_none(folder, kept):
    (file,) = folder.glob("*.compiled")
    whole = file.read_bytes()
    file.write_bytes(whole[:kept])
    assert rendered(folder) == "42"
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_templates_work_all_the_same(tmp_path):
    (tmp_path / "file").touch()
    assert rendered(tmp_path / "file" / "kept") == "42"
