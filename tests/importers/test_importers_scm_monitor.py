import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector import config
from collector.importers import ForeignFile, ImportRefused, import_files
from collector.importers.scm_monitor import convert

MONITOR = """\
[ZZ]
srvnode = dayabay
dbpath = $LOCAL_BASE/env/scm/scm_backup_monitor.db
jspath = $APACHE_HTDOCS/data/scm_backup_monitor_%(node)s.json
select = svn/dybsvn tracs/dybsvn svn/dybaux tracs/dybaux
reporturl = http://dayabay.ihep.ac.cn:8080/e/scm/monitor/%(srvnode)s/
[WW]
message = "query the cms02 hub backup on cms01, as I do not have access to the SDU one "
srvnode = cms02
dbpath = $LOCAL_BASE/env/scm/scm_backup_monitor.db
jspath = $HOME/local/nginx/html/data/scm_backup_monitor_%(node)s.json
select = repos/env tracs/env repos/aberdeen tracs/aberdeen repos/tracdev tracs/tracdev repos/heprez tracs/heprez
reporturl = http://dayabay.ihep.ac.cn:8080/e/scm/monitor/%(srvnode)s/
"""
FABRIC = """\
[HUB]
ZZ = SDU
G = Z9:229
C2 = C H1
WW = C
[ENV]
verbose = True
timeout = 2
"""
ENVIRON = {"LOCAL_BASE": "/l", "APACHE_HTDOCS": "/var/www/html", "HOME": "/root"}


def converted(*texts, zone=None):
    files = [ForeignFile(f"/root/{number}.cnf", text) for number, text in enumerate(texts)]
    return convert(files, zone)


def loaded(text):
    return config.parse(text, Path("/etc/almanac/almanac.toml"), ENVIRON)


def hub_of(section, *, fabric="[HUB]\nX = N\n", zone="Asia/Tokyo"):
    text = converted(f"[X]\nsrvnode = x\n{section}", fabric, zone=ZoneInfo(zone))
    return text, loaded(text).hubs["X"]


def test_the_source_documents_own_files_become_an_equal_configuration(tmp_path):
    (tmp_path / "a").write_text(MONITOR)
    (tmp_path / "b").write_text(FABRIC)
    both = import_files([tmp_path / "a", tmp_path / "b"])
    assert both.replace("b and a", "a and b") == import_files([tmp_path / "b", tmp_path / "a"]).replace(
        "b and a", "a and b"
    )
    settings = loaded(both)
    assert settings.limits.connect == 2
    assert list(settings.hubs) == ["ZZ", "WW"]
    zz, ww = settings.hubs.values()
    assert (zz.server, zz.nodes, str(zz.time_zone)) == ("dayabay", ("SDU",), "Asia/Shanghai")
    assert zz.select == ("svn/dybsvn", "tracs/dybsvn", "svn/dybaux", "tracs/dybaux")
    assert zz.series_file == "/var/www/html/data/scm_backup_monitor_%(node)s.json"
    assert zz.report_url == "http://dayabay.ihep.ac.cn:8080/e/scm/monitor/dayabay/"
    assert (zz.message, zz.email) == (None, ())
    assert (ww.server, ww.nodes, str(ww.time_zone), len(ww.select)) == ("cms02", ("C",), "Asia/Taipei", 8)
    assert ww.series_file == "/root/local/nginx/html/data/scm_backup_monitor_%(node)s.json"
    assert ww.message == "query the cms02 hub backup on cms01, as I do not have access to the SDU one"
    sources = {name: [(s.kind, s.hub, s.folder) for s in settings.sources_of(name)] for name in settings.nodes}
    assert sources == {
        "SDU": [("tarballs", "ZZ", "/raid4/dybsdu/dybbackup/var/scm/backup/dayabay")],
        "C": [("tarballs", "WW", "/data/var/scm/backup/cms02")],
    }


def test_comments_say_what_the_old_system_ignored_or_got_wrong_where_it_matters():
    text = converted(MONITOR, FABRIC)
    after = {
        "connect = 2": "timeout had no effect",
        'nodes = ["C"]': "CHECK",
        "# message:": "nothing read it",
        "series_file": "jspath",
        "[nodes.SDU]": "~/.ssh/config",
        "/raid4/": "CHECK",
    }
    for mark, said in after.items():
        assert said in text[max(text.index(mark) - 200, 0) : text.index(mark) + 300], mark
    assert 'almanac import "$LOCAL_BASE/env/scm/scm_backup_monitor.db" --time-zone Asia/Shanghai' in text
    assert "crashed after any alarm" in text
    assert "at UTC+8 it was 14 hours" in text
    assert max(map(len, text.splitlines())) <= 120


def test_hub_entries_without_a_section_wait_as_comments_that_load_when_switched_on():
    text = converted(MONITOR, FABRIC)
    watched, _, waiting = text.partition("remove the first # of its lines.")
    assert "[hubs.G]" not in re.sub("# .*", "", watched)
    settings = loaded(watched + "\n" + re.sub("^# ?", "", waiting, flags=re.MULTILINE))
    assert list(settings.hubs) == ["ZZ", "WW", "G", "C2"]
    assert settings.hubs["C2"].nodes == ("C", "H1")
    assert (settings.nodes["Z9:229"].address, settings.nodes["Z9:229"].port) == ("Z9", 229)
    assert [source.hub for source in settings.sources_of("C")] == ["WW", "C2"]
    assert [s.folder for s in settings.sources_of("Z9:229")] == ["/volume1/var/scm/backup/g4pb"]


def test_one_file_alone_is_enough():
    assert loaded(converted(MONITOR)).hubs["ZZ"].nodes == ()
    assert "CHECK: [HUB] does not list them" in converted(MONITOR)
    assert loaded(converted(FABRIC)).hubs == {}
    assert "# [hubs.ZZ]" in converted(FABRIC)


@pytest.mark.parametrize(
    ("section", "name", "wanted", "said"),
    [
        (
            "reporturl = http://h/%(srvnode)s/%(HUB)s/%(k)s/a%20b%%\nk = v",
            "report_url",
            "http://h/x/X/v/a%20b%",
            "A plain %",
        ),
        (
            "reporturl = http://h/%(gone)s/$HOME",
            "report_url",
            "http://h/%(gone)s/$HOME",
            "%(gone)s crashed in reporturl",
        ),
        ("jspath = /d/%(srvnode)s_%(node)s.json", "series_file", "/d/x_%(node)s.json", "%(srvnode)s crashed in jspath"),
        ("jspath = ${HOME}/$1/$$HOME/x.json", "series_file", "/root/$1/$/root/x.json", ""),
        ("jspath = ~/%(node)s.json", "series_file", "~/%(node)s.json", "~ was not expanded"),
        ("jspath =", "series_file", None, ""),
        ("select =", "select", (), "all; it was empty"),
        ("select = cms02/tracs/env v", "select", ("tracs/env", "v"), '"v" in select was cut'),
        ("email = a@h  b@h", "email", ("a@h", "b@h"), ""),
        ("email = a@h b@ c@h,", "email", ("a@h",), '"b@" in email is no mail address'),
        ("email =", "email", (), "nobody is told"),
        ("message = costs $5", "message", "costs $5", ""),
        ("message = 'tab\there'", "message", "tab\there", ""),
        ('message = say "hi" \\ there', "message", 'say "hi" \\ there', ""),
        ("password = hush", "server", "x", "password was read by nothing"),
    ],
)
def test_a_hubs_keys_keep_their_meaning(section, name, wanted, said):
    text, hub = hub_of(section)
    assert getattr(hub, name) == wanted
    assert said in re.sub(r"\n# (?!CHECK)", " ", text)
    assert "hush" not in text


@pytest.mark.parametrize(
    ("fabric", "node", "wanted"),
    [
        ("[HUB]\nX = N", "N", {"address": None, "port": None, "user": None}),
        ("[HUB]\nX = Z9:229", "Z9:229", {"address": "Z9", "port": 229}),
        ("[HUB]\nX = me@h:22", "me@h:22", {"address": "h", "port": 22, "user": "me"}),
        ("[HUB]\nX = [::1]:22", "[::1]:22", {"address": None, "port": None}),
        ("[HUB]\nX = h:99999", "h:99999", {"address": "h", "port": None}),
        (
            "[HUB]\nX = N\n[ENV]\nuser = u\ngateway = g\n[N]\nuser = n\nkey_filename = /k",
            "N",
            {"user": "n", "jump": "g"},
        ),
        (
            "[HUB]\nX = N\n[ENV]\nkey_filename = ~no-such-user/k\ngateway = a:b",
            "N",
            {"key": None, "jump": None},
        ),
        ("[HUB]\nX = N\n[N]\nport = x\nshell = /opt/bin/bash -l -c", "N", {"port": None}),
        ('[HUB]\nX = a"b', 'a"b', {"address": None}),
    ],
)
def test_a_node_keeps_its_name_and_is_reached_as_before(fabric, node, wanted):
    text = converted("[X]\nsrvnode = x\n", fabric, zone=ZoneInfo("UTC"))
    settings = loaded(text).nodes[node]
    assert {key: getattr(settings, key) for key in wanted} == wanted


@pytest.mark.parametrize(
    ("env", "connect", "said"),
    [
        ("timeout = 2.5", 2.5, "timeout had no effect"),
        ("timeout = 2", 2, "CHECK: long enough to connect and log in?"),
        ("timeout = soon", 10, '"soon" is no number'),
        ("timeout = 99999999999999999999999", 10, '"99999999999999999999999" is no number'),
        ("timeout = nan", 10, '"nan" is no number'),
        ("timeout = 0", 10, '"0" is no number'),
        ("verbose = False", 10, '"False" meant on, as every text was'),
        ("verbose = True", 10, '"True" meant on;'),
        ("verbose =", 10, '"" meant off'),
        ("password = hush", 10, "[ENV] password has no counterpart"),
        ("warn_only = True", 10, '[ENV] warn_only = "True" has no counterpart'),
    ],
)
def test_fabrics_environment_is_taken_over_or_explained(env, connect, said):
    text = converted(MONITOR, f"[HUB]\nZZ = SDU\n[ENV]\n{env}\n")
    assert loaded(text).limits.connect == connect
    assert said in text
    assert "hush" not in text


def test_what_was_never_read_is_said():
    text = converted(MONITOR, "[HUB]\nZZ = SDU\n[HOSTS]\nWW = C\n[SDU]\nshell = /opt/bin/bash -l -c\n")
    assert "[HOSTS] of .libfab.cnf is the name of no node" in text
    assert 'shell = "/opt/bin/bash -l -c" is not needed' in text
    assert "leaked" in text


def test_two_logins_of_one_hub_are_pointed_out():
    text = converted("[C2]\nsrvnode = cms02\n[C2R]\nsrvnode = cms02\n", "[HUB]\nC2 = C\nC2R = C\n")
    assert "C2 and C2R may be two logins of one hub" in text
    assert [source.label for source in loaded(text).sources_of("C")] == ["tarballs:C2", "tarballs:C2R"]


def test_files_that_would_have_one_name_wait_as_comments():
    jspath = "srvnode = cms02\njspath = /d/%(node)s.json\n"
    text = converted(f"[C2]\n{jspath}[C2R]\n{jspath}", "[HUB]\nC2 = C\nC2R = C\n")
    assert [hub.series_file for hub in loaded(text).hubs.values()] == ["/d/%(node)s.json", None]
    assert "# CHECK: C2R and C2 would write the same file; give each a name of its own." in text
    text = converted("[C2]\nsrvnode = cms02\njspath = /d/x.json\n", "[HUB]\nC2 = C H1\n")
    assert loaded(text).hubs["C2"].series_file is None
    assert '# series_file = "/d/x.json"' in text
    assert "# CHECK: several nodes of C2 would write the same file; give each a name of its own." in text


def test_the_zone_asked_for_holds_for_hubs_whose_own_is_not_known():
    text = converted(f"{MONITOR}[Q]\nsrvnode = q\n", FABRIC, zone=ZoneInfo("Asia/Tokyo"))
    zones = {name: str(hub.time_zone) for name, hub in loaded(text).hubs.items()}
    assert zones == {"ZZ": "Asia/Shanghai", "WW": "Asia/Taipei", "Q": "Asia/Tokyo"}
    assert "CHECK: known of this hub in 2012, not Asia/Tokyo" in text
    assert "of its backup stamps; asked for" in text


def test_pages_show_times_in_the_zone_of_the_first_hub_and_say_so_where_there_are_several():
    text = converted(MONITOR, FABRIC)
    assert str(loaded(text).site.time_zone) == "Asia/Shanghai"
    assert "# CHECK: pages show times in it; hubs are in Asia/Shanghai and Asia/Taipei" in text


def test_variables_that_cron_does_not_know_are_pointed_out():
    assert re.findall("CHECK: cron .* set (.*) in the crontab", converted(MONITOR, FABRIC)) == ["APACHE_HTDOCS"]


def test_the_hub_in_hong_kong_is_not_taken_for_the_one_in_beijing_of_the_same_name():
    text = converted("[HKU]\nsrvnode = dayabay\n", "[HUB]\nHKU = D8R\n")
    assert str(loaded(text).hubs["HKU"].time_zone) == "Asia/Hong_Kong"
    assert "CHECK: a guess" in text


@pytest.mark.parametrize(
    ("texts", "lines"),
    [
        (["[ZZ]\njspath = /x\n"], ["/root/0.cnf: line 1: [ZZ]: srvnode is missing or no name; write srvnode = its short host name, as in backup/SRVNODE"]),
        (["\n[Q]\nsrvnode = q\n"], ["/root/0.cnf: line 2: [Q]: the hub's time zone is not known; say it with --time-zone, such as Asia/Taipei"]),
        (["[a/b]\nsrvnode = q\n"], ["/root/0.cnf: line 1: [a/b]: a name may not hold a slash or a control character; write another"]),
        (["[HUB]\nX = a/b c/d\n"], ['/root/0.cnf: [HUB]: "a/b" can be no name here: it holds a slash or a control character', '/root/0.cnf: [HUB]: "c/d" can be no name here: it holds a slash or a control character']),
        ([MONITOR, MONITOR], ["/root/0.cnf and /root/1.cnf: both are a .scm_monitor.cnf; import one at a time"]),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_said_in_one_sentence_each(texts, lines):
    with pytest.raises(ImportRefused) as refused:
        converted(*texts)
    assert list(refused.value.lines) == lines


@pytest.mark.parametrize("name", ["<img onerror=alert(1)>", "a'b\"c", "caf\u00e9", "x" * 90, "a#b"])
def test_a_hostile_section_name_stays_a_name(name):
    text = converted(f"[{name}]\nsrvnode = x\n", f"[HUB]\n{name} = N\n", zone=ZoneInfo("UTC"))
    assert list(tomllib.loads(text)["hubs"]) == [name]


def test_files_are_known_by_their_content(tmp_path):
    other, bytes_, missing = tmp_path / ".scm_monitor.cnf", tmp_path / "latin", tmp_path / "gone"
    other.write_text("[mail]\nhost = x\n")
    bytes_.write_bytes(b"[HUB]\nX = caf\xe9\n")
    for path, said in (
        (other, "not a configuration that can be imported; known are: cesi, instance_tracker, scm_monitor"),
        (bytes_, f"line 2: not UTF-8; convert it first: iconv -f LATIN1 -t UTF-8 {bytes_}"),
        (missing, "can't be read: No such file or directory; name another"),
    ):
        with pytest.raises(ImportRefused) as refused:
            import_files([path])
        assert refused.value.lines == (f"{path}: {said}",)


WORDS = [
    *"[]@=:;#%$\"'\\/<> \t\x00\x1b\u2028",
    "\n ",
    "%(node)s",
    "%(k)s",
    "%%",
    "$HOME",
    "${",
    "9",
    "ZZ",
    "a/b",
    "cms02",
]
VALUES = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)
HUB = st.dictionaries(
    st.sampled_from(["jspath", "dbpath", "select", "reporturl", "email", "message", "k", "token"]), VALUES
)
FABRIC_ENV = st.dictionaries(st.sampled_from(["timeout", "verbose", "port", "user", "key_filename", "shell"]), VALUES)


@settings(max_examples=150)
@given(hub=HUB, nodes=VALUES, env=FABRIC_ENV, own=FABRIC_ENV)
def test_any_values_are_refused_or_become_a_configuration_that_loads(hub, nodes, env, own):
    def section(name, values):
        return "".join([f"[{name}]\n", *(f"{key} = {value}\n" for key, value in values.items())])

    monitor = section("ZZ", {"srvnode": "dayabay"} | hub)
    fabric = section("HUB", {"ZZ": f"SDU {nodes}", "C2": f"C {nodes}"}) + section("ENV", env) + section("SDU", own)
    try:
        text = converted(monitor, fabric)
    except ImportRefused:
        return
    unset = set(re.findall(r"\$\{?(\w+)", hub.get("jspath", "") + hub.get("k", "")))
    found = config.parse(text, Path("/a.toml"), ENVIRON | dict.fromkeys(unset, "/"))
    assert found.hubs["ZZ"].server == "dayabay"
