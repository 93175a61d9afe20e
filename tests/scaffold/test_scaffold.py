import json
import re
import resource
import signal
import socket
import tempfile
import tomllib
from pathlib import Path

import pytest

from collector import config
from collector.scaffold import Machine, ScaffoldRefused, scaffold, this_machine, write_imported, write_site
from collector.scaffold.writing import _is_shipped, almanac_toml

MACHINES = [
    Machine(),
    Machine("Asia/Taipei", "/run/supervisor.sock"),
    Machine("UTC", None, ("cron.service", "ssh.service")),
    Machine("Europe/Berlin", "/run/supervisor.sock", ("cron.service",)),
]


@pytest.mark.parametrize("machine", MACHINES)
def test_the_first_configuration_loads_and_asks_this_machine(machine, tmp_path):
    scaffold(tmp_path, machine)
    settings = config.load(tmp_path / "almanac.toml", {})
    assert str(settings.site.time_zone) == machine.zone
    wanted = ["host", "processes"] if machine.supervisor or machine.units else ["host"]
    assert [source.kind for source in settings.sources_of("here")] == wanted
    processes = [source for source in settings.sources_of("here") if source.kind == "processes"]
    assert [source.units for source in processes] == [machine.units][: len(processes)]
    assert (settings.nodes["here"].reach, list(settings.nodes)) == ("local", ["here"])
    assert settings.site.source == tmp_path / "site"


def test_every_example_in_its_comments_loads_when_switched_on(tmp_path):
    text = almanac_toml(Machine())
    lines = [re.sub(r"^# (?=#? ?\[|\w+ = |# \w+ = )", "", line) for line in text.splitlines()]
    switched_on = "\n".join(line for line in lines if not line.startswith("# pattern"))
    settings = config.parse(switched_on, tmp_path / "almanac.toml", {})
    assert sorted(settings.nodes) == ["backup-1", "here"]
    assert [source.label for source in settings.sources_of("backup-1")] == ["tarballs:ZZ", "host"]
    assert [source.label for source in settings.sources_of("here")] == ["host", "processes"]
    assert settings.environments["production"].nodes == ("here", "backup-1")
    assert settings.site.url == "https://status.example.org/"


def test_defaults_told_in_comments_are_the_true_ones(tmp_path):
    text = almanac_toml(Machine())
    head = text[: text.index("# ----")]
    told = config.parse(re.sub(r"^# (?=\[|\w+ = )", "", head, flags=re.MULTILINE), tmp_path / "a.toml", {})
    true = config.parse("", tmp_path / "a.toml", {})
    assert told.limits == true.limits
    assert told.site.model_copy(update={"url": None}) == true.site


def test_the_written_files_are_the_site_the_schema_and_the_configuration(tmp_path):
    written = {str(path.relative_to(tmp_path)) for path in scaffold(tmp_path, Machine())}
    cron = {f"cron/{path.name}" for path in (Path(__file__).parents[2] / "cron").iterdir()}
    assert (
        cron | {"almanac.toml", "almanac.schema.json", "site/conf.py", "site/index.rst", "site/nodes/index.rst"}
        <= written
    )
    assert written == {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert (tmp_path / "almanac.toml").read_text().startswith("#:schema ./almanac.schema.json\n")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("conf.py", True),
        ("guide/start.rst", True),
        ("nodes/index.rst", True),
        ("nodes/SDU.rst", False),
        ("hubs/ZZ.rst", False),
        ("environments/production.rst", False),
        ("__pycache__/conf.cpython-311.pyc", False),
        ("_build/index.html", False),
        ("guide/overview.png", False),
    ],
)
def test_pages_generated_for_another_site_are_not_copied(name, wanted):
    assert _is_shipped(Path(name)) == wanted


def written(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_where_almanac_toml_was_removed_it_is_written_anew_with_its_schema(tmp_path):
    scaffold(tmp_path, Machine())
    (tmp_path / "almanac.toml").unlink()
    (tmp_path / "cron/crontab").write_text("mine\n")
    (tmp_path / "almanac.schema.json").write_text("old\n")
    assert {path.name for path in scaffold(tmp_path, Machine())} == {"almanac.toml", "almanac.schema.json"}
    assert (tmp_path / "cron/crontab").read_text() == "mine\n"
    assert json.loads((tmp_path / "almanac.schema.json").read_text())["title"] == "almanac.toml"


def test_an_imported_configuration_is_written_whole_or_not_at_all(tmp_path):
    (tmp_path / "almanac.schema.json").mkdir()
    with pytest.raises(ScaffoldRefused, match=r"almanac\.schema\.json: can't be written: Is a directory; name another"):
        write_imported(tmp_path / "almanac.toml", "imported\n")
    assert written(tmp_path) == []
    (tmp_path / "almanac.schema.json").rmdir()
    made = write_imported(tmp_path / "almanac.toml", "imported\n")
    assert written(tmp_path) == sorted(str(path.relative_to(tmp_path)) for path in made)
    with pytest.raises(ScaffoldRefused, match="is there already and stays as it is; name another with --output"):
        write_imported(tmp_path / "almanac.toml", "imported\n")


def test_nothing_is_overwritten_and_then_nothing_is_written(tmp_path):
    name = "site/index.rst"
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine\n")
    with pytest.raises(ScaffoldRefused) as refused:
        scaffold(tmp_path, Machine())
    assert refused.value.lines == [f"{tmp_path / name}: is there already and stays as it is; name a new folder"]
    assert (written(tmp_path), (tmp_path / name).read_text()) == ([name], "mine\n")


def test_where_a_configuration_is_the_site_alone_is_written(tmp_path):
    (tmp_path / "almanac.toml").write_text("mine\n")
    scaffold(tmp_path, Machine())
    assert (tmp_path / "almanac.toml").read_text() == "mine\n"
    assert "site/conf.py" in written(tmp_path)
    assert "almanac.schema.json" not in written(tmp_path)


def test_where_a_site_is_the_configuration_alone_is_written_as_after_an_import_to_another_name(tmp_path):
    write_site(tmp_path / "site")
    (tmp_path / "site/index.rst").write_text("mine\n")
    written = [path.relative_to(tmp_path).parts[0] for path in scaffold(tmp_path, Machine())]
    assert list(dict.fromkeys(written)) == ["almanac.toml", "cron", "almanac.schema.json"]
    assert (tmp_path / "site/index.rst").read_text() == "mine\n"
    with pytest.raises(ScaffoldRefused, match="more of its files"):
        scaffold(tmp_path, Machine())


def test_a_link_that_points_nowhere_is_not_written_through(tmp_path):
    (tmp_path / "almanac.toml").symlink_to("elsewhere")
    with pytest.raises(ScaffoldRefused, match="is there already"):
        scaffold(tmp_path, Machine())
    assert [path.name for path in tmp_path.iterdir()] == ["almanac.toml"]


def test_a_file_where_the_folder_should_be_is_said(tmp_path):
    (tmp_path / "here").write_text("")
    with pytest.raises(ScaffoldRefused) as refused:
        scaffold(tmp_path / "here", Machine())
    assert refused.value.lines == [
        f"{tmp_path}/here/almanac.toml: can't be written: Not a directory; name another folder"
    ]


def test_a_write_that_fails_in_the_middle_leaves_nothing_behind(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6000, before[1]))  # almanac.toml fits, not all of the site does
    try:
        with pytest.raises(ScaffoldRefused) as refused:
            scaffold(tmp_path / "new/folder", Machine())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert str(refused.value).endswith(": can't be written: File too large; name another folder")
    assert list(tmp_path.iterdir()) == []


def test_a_site_is_completed_and_what_a_person_wrote_stays(tmp_path):
    (tmp_path / "index.rst").write_text("mine\n")
    written = write_site(tmp_path)
    assert tmp_path / "conf.py" in written
    assert tmp_path / "index.rst" not in written
    assert (tmp_path / "index.rst").read_text() == "mine\n"
    assert write_site(tmp_path) == []


def test_this_machine_tells_its_zone_its_supervisor_and_its_services():
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as server:
        root = Path(short)
        for folder in ("etc/systemd/system/multi-user.target.wants", "run/systemd/system"):
            (root / folder).mkdir(parents=True)
        assert this_machine(root) == Machine()
        (root / "etc/localtime").symlink_to("/usr/share/zoneinfo/Asia/Taipei")
        server.bind(str(root / "run/supervisor.sock"))
        for name in ("cron", "ssh", "somebodys"):
            (root / f"etc/systemd/system/multi-user.target.wants/{name}.service").symlink_to("/gone")
        assert this_machine(root) == Machine("Asia/Taipei", "/run/supervisor.sock", ("cron.service", "ssh.service"))


@pytest.mark.parametrize(
    ("localtime", "timezone", "wanted"),
    [
        ("../usr/share/zoneinfo/Europe/Berlin", "Asia/Tokyo\n", "Europe/Berlin"),
        ("/somewhere/else", "Asia/Tokyo\n", "Asia/Tokyo"),
        (None, "Asia/Tokyo\n", "Asia/Tokyo"),
        (None, "no/zone\n", "UTC"),
        (None, "caf\u00e9\n", "UTC"),
    ],
)
def test_the_zone_is_one_that_is_known(localtime, timezone, wanted, tmp_path):
    (tmp_path / "etc").mkdir()
    if localtime:
        (tmp_path / "etc/localtime").symlink_to(localtime)
    (tmp_path / "etc/timezone").write_text(timezone)
    assert this_machine(tmp_path).zone == wanted


def test_the_text_is_toml_whatever_the_machine_says():
    assert all(tomllib.loads(almanac_toml(machine)) for machine in MACHINES)
