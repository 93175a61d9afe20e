"""The textfile for node_exporter: read by Prometheus' own parser, hostile names too; what is not known is left out."""

import shutil
from calendar import timegm

from prometheus_client.parser import text_string_to_metric_families

from collector.config import load
from collector.config.watch import Watch
from collector.export.read import read_manifest, read_node
from collector.watch.textfile import Family, write, written
from tests.system import fleet


def read(text):
    """Each number by name and labels."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_names_that_would_end_a_label_come_back_as_they_were():
    names = ('a"b', "a\\b", "a\nb", '"} 1\nevil 2', "ü\u202e{}")
    told = read(written([Family("almanac_x", "X", ("node",), tuple(([name], 1.0) for name in names))]).decode())
    assert told == {("almanac_x", (name,)): 1.0 for name in names}


def test_a_pass_leaves_a_textfile_of_what_it_found(tmp_path):
    file = fleet.make(tmp_path, 10)
    text = file.read_text().replace('[nodes.H1]\nreach = "local"', '[nodes.H1]\naddress = "127.0.0.1"\nport = 1')
    file.write_text(f'{text}\n[watch]\ntextfile = "metrics/almanac.prom"\n')
    (tmp_path / "metrics").mkdir()
    assert fleet.almanac(tmp_path, "nightly").returncode == 1
    assert [one.name for one in (tmp_path / "metrics").iterdir()] == ["almanac.prom"]
    told = read((tmp_path / "metrics/almanac.prom").read_text())
    began, duration = told["almanac_pass_start_time_seconds", ()], told["almanac_pass_duration_seconds", ()]
    assert read_manifest(tmp_path / "data/export").last_pass.asked == told["almanac_pass_nodes_asked", ()] == 3
    export = tmp_path / "data/export"
    (itself,) = (one for one in read_node(export, read_manifest(export), "the pass").subjects if one.kind == "pass")
    (read_bytes,) = (metric.value for metric in itself.metrics if metric.name == "read")
    assert (told["almanac_pass_read_bytes", ()], told["almanac_pass_faults", ()]) == (read_bytes, 0)
    assert read_bytes > 1000
    assert told["almanac_pass_due_time_seconds", ()] == began + 86400
    assert 0 < duration < 300
    assert {labels[0]: value for (name, labels), value in told.items() if name == "almanac_node_reached"} == {
        "SDU": 1.0,
        "C": 1.0,
        "H1": 0.0,
    }
    assert told["almanac_problems", ("warning",)] == 1
    assert told["almanac_problems_held", ("critical",)] == 0
    backups = {labels for name, labels in told if name == "almanac_backup_size_bytes"}
    assert backups == {("ZZ", item, node) for node in ("SDU", "C") for item in fleet.ITEMS}
    item = ("ZZ", "svn/dybsvn", "SDU")
    made = told["almanac_backup_time_seconds", item]
    assert (made, told["almanac_backup_age_seconds", item]) == (timegm(fleet.LAST.timetuple()), began - made)
    assert told["almanac_backup_size_bytes", item] == 10_010_000


def test_a_textfile_that_cannot_be_written_is_told_and_stops_nothing(tmp_path):
    file = fleet.make(tmp_path, 10)
    file.write_text(f'{file.read_text()}\n[watch]\ntextfile = "none/almanac.prom"\n')
    said = f"{tmp_path}/none/almanac.prom: there is no folder {tmp_path}/none; make it, or correct watch.textfile"
    checked = fleet.almanac(tmp_path, "check")
    lacking = f"{tmp_path}/none: there is no such folder, or it can't be written to; correct watch.textfile"
    assert (checked.returncode, checked.stderr) == (1, f"almanac: {lacking}\n")
    done = fleet.almanac(tmp_path, "nightly")
    assert (done.returncode, done.stderr) == (4, f"almanac: {said}\n")
    assert fleet.site(tmp_path)
    (tmp_path / "dir/almanac.prom").mkdir(parents=True)
    for place, reason in (("n" * 300 + "/almanac.prom", "File name too long"), ("dir/almanac.prom", "Is a directory")):
        config = load(file).model_copy(update={"watch": Watch(textfile=tmp_path / place)})
        refused = write(config, read_manifest(config.export), 1.0)
        told = f"{tmp_path}/{place}: can't be written: {reason}; mend that, or correct watch.textfile"
        assert str(refused) == told
    assert [one.name for one in (tmp_path / "dir").iterdir()] == ["almanac.prom"]
    (tmp_path / "none").mkdir()
    shutil.rmtree(tmp_path / "data/public")
    assert fleet.almanac(tmp_path, "nightly").returncode == 0
