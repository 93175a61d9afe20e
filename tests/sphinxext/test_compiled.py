"""Compiled templates are kept for all sites, and never in the way."""

import fcntl
import os
import stat
import sys
import threading
from pathlib import Path

import jinja2
import pytest

from collector.spread import fork
from sphinxext.almanac import compiled, fill
from sphinxext.almanac.compiled import Compiled, kept_in
from sphinxext.almanac.export import Export
from tests.sphinxext.sample_export import write_sample


def templates(folder, **sources):
    return jinja2.Environment(loader=jinja2.DictLoader(sources), bytecode_cache=Compiled(folder))


def rendered(folder, source="{{ 6 * factor }}"):
    """What a new process would make of a template."""
    return templates(folder, page=source).get_template("page").render(factor=7)


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
    compiled = Compiled(tmp_path)
    first, second = (compiled.get_cache_key(name) for name in ("first", "second"))
    loader = jinja2.DictLoader({"first": "1", "second": "2"})

    class Compiling(jinja2.Environment):
        def compile(self, *args):
            if not (child := fork()):
                leave_with(lambda: [locked_by_others(tmp_path, key) for key in (first, second)] == [True, False])
            assert os.waitpid(child, 0)[1] == 0
            return super().compile(*args)

    assert Compiling(loader=loader, bytecode_cache=compiled).get_template("first").render() == "1"


def test_the_turn_of_what_could_not_be_compiled_ends_with_the_next(tmp_path):
    open_files = len(list(Path("/proc/self/fd").iterdir()))
    both = templates(tmp_path, broken="{%", page="1")
    for _ in range(2):
        with pytest.raises(jinja2.TemplateSyntaxError):
            both.get_template("broken")
    assert both.get_template("page").render() == "1"
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


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Templates, and the frames of a site, where Python may keep what it compiles."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates", tmp_path / "site/html"


def test_they_are_kept_where_python_keeps_what_it_compiles(places, tmp_path, monkeypatch):
    assert kept_in(*places) == tmp_path / "templates/__pycache__"
    assert (tmp_path / "templates/__pycache__").is_dir()
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    assert kept_in(*places) == Path(f"{tmp_path}/cache{tmp_path}/templates")


def test_they_are_kept_with_the_site_where_python_must_not_write(places, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert kept_in(*places) == tmp_path / "site/html.templates"
    assert list((tmp_path / "templates").iterdir()) == []


def test_they_are_kept_with_the_site_where_nothing_can_be_written_beside_them(places, tmp_path, monkeypatch):
    (tmp_path / "templates/__pycache__").touch()
    assert kept_in(*places) == tmp_path / "site/html.templates"
    (tmp_path / "templates/__pycache__").unlink()
    monkeypatch.setattr(os, "access", lambda path, how: (path.name, how) != ("__pycache__", os.W_OK))  # root may
    assert kept_in(*places) == tmp_path / "site/html.templates"


def test_what_another_version_of_the_package_made_is_compiled_anew(folder, monkeypatch):
    (file,) = folder.glob("*.compiled")
    before = file.read_bytes()
    monkeypatch.setattr(compiled, "digest", lambda: "of another")
    assert rendered(folder) == "42"
    assert file.read_bytes() != before


def test_two_pythons_keep_theirs_beside_each_other(folder, monkeypatch):
    monkeypatch.setattr(sys.implementation, "cache_tag", "cpython-399")
    rendered(folder)
    assert len(list(folder.glob("*.compiled"))) == 2


def test_others_may_read_what_one_has_compiled(tmp_path):
    umask = os.umask(0o077)
    try:
        rendered(tmp_path)
    finally:
        os.umask(umask)
    (file,) = tmp_path.glob("*.compiled")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_an_installation_at_another_place_uses_the_same_files(tmp_path):
    for place in ("old", "new"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "page").write_text("1")
        loader = jinja2.FileSystemLoader(tmp_path / place)
        jinja2.Environment(loader=loader, bytecode_cache=Compiled(tmp_path / "kept")).get_template("page")
    assert len(list((tmp_path / "kept").glob("*.compiled"))) == 1


def test_nothing_that_looks_into_an_export_is_compiled(tmp_path):
    """One that is called while templates are compiled would be there for all sites, with what it found in one."""
    export = write_sample(tmp_path)
    ours, others = (fill.environment(Export(export)) for _ in range(2))
    for name, made in ours.filters.items():
        if made != others.filters[name]:
            ours.filters[name] = Unready(made)
    assert sum(isinstance(made, Unready) for made in ours.filters.values()) > 10
    for name in ours.list_templates(filter_func=lambda name: "__pycache__" not in name):
        ours.get_template(name)


class Unready:
    """Stands for a filter; fails where it is called."""

    def __init__(self, made):
        self.__dict__.update(getattr(made, "__dict__", {}))

    def __call__(self, *_given, **_named):
        pytest.fail("called")
