"""Configuration: all errors at once with their place, $VAR."""

from pathlib import Path

import pytest

from collector.config import ConfigError, kinds, load, parse

KINDS = ", ".join(kinds.names())
FILE = Path("/etc/almanac/almanac.toml")


def errors(text, **environ):
    with pytest.raises(ConfigError) as caught:
        parse(text, FILE, environ)
    return [line.removeprefix(f"{FILE}: ") for line in caught.value.lines]


def test_every_error_is_told_at_once_with_line_key_and_mend():
    assert errors(
        """
[site]
time_zone = "Mars"
evry = "1d"
[limits]
node = "5 parsecs"
jobs = 0
[hubs.ZZ]
nodes = "SDU"
[nodes.SDU]
port = "ssh"
adress = "here"
reach = "ftp"
key = "$NOPE/id"
[[nodes.SDU.sources]]
kind = "hots"
[[nodes.SDU.sources]]
knd = "host"
[[nodes.SDU.sources]]
kind = "host"
time_limt = 3
[nodes."a/b"]
"""
    ) == [
        'line 3: site.time_zone: "Mars" is no time zone of the IANA database; write one such as "Europe/Berlin" or "UTC"',
        "line 4: site.evry: no such key; did you mean every?",
        'line 6: limits.node: expected a number with a unit (s, m, h, d, w) but got "5 parsecs"; write "30s", "5m" or "1d"',
        "line 7: limits.jobs: expected 1 or more but got 0",
        "line 8: hubs.ZZ.server: is missing; write server = ...",
        'line 9: hubs.ZZ.nodes: expected a list in brackets but got "SDU"',
        'line 11: nodes.SDU.port: expected a whole number but got "ssh"',
        "line 12: nodes.SDU.adress: no such key; did you mean address?",
        "line 13: nodes.SDU.reach: expected 'ssh' or 'local' but got \"ftp\"",
        "line 14: nodes.SDU.key: $NOPE is not set in the environment; set it, or write $$ for a plain $",
        f'line 15: nodes.SDU.sources[0]: no source of kind "hots"; did you mean "host"? kinds: {KINDS}',
        f"line 17: nodes.SDU.sources[1]: kind is missing; write kind = one of {KINDS}",
        "line 21: nodes.SDU.sources[2].time_limt: no such key; did you mean time_limit?",
        'line 22: nodes."a/b": a name may not hold a slash or a control character, nor begin with a space; write another',
    ]


def test_names_that_fit_nothing_are_told_with_the_nearest():
    assert errors(
        """
[hubs.ZZ]
server = "dayabay"
node = "hub"
nodes = ["SDX"]
[nodes.SDU]
[[nodes.SDU.sources]]
kind = "host"
hub = "Z"
[[nodes.SDU.sources]]
kind = "host"
[[nodes.SDU.sources]]
kind = "host"
[environments]
production = ["sdu"]
"""
    ) == [
        'line 4: hubs.ZZ.node: there is no node "hub"; add a table [nodes."hub"]',
        'line 5: hubs.ZZ.nodes: there is no node "SDX"; did you mean "SDU"?',
        'line 6: nodes.SDU: two sources are named "host"; give one of them a name = "..."',
        'line 9: nodes.SDU.sources[0].hub: there is no hub "Z"; did you mean "ZZ"?',
        'line 15: environments.production: there is no node "sdu"; did you mean "SDU"?',
    ]


def test_a_number_as_text_is_a_duration_as_it_is_a_size():
    limits = parse("[limits]\nconnect = '$T'\noutput = '1000'", FILE, {"T": "7"}).limits
    assert (limits.connect, limits.output) == (7, 1000)


def test_a_wrong_secret_is_not_shown():
    (said,) = errors('[nodes.a]\nkey = ["hunter2"]')
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("$A/b", "x/b"), ("${A}b", "xb"), ("$$A", "$A"), ("5 $ and $1", "5 $ and $1"), ("$A$A", "xx")],
)
def test_variables_are_expanded(text, wanted):
    assert parse(f'site.title = "{text}"', FILE, {"A": "x"}).site.title == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[site\n", "line 1: not TOML: Expected ']' at the end of a table declaration; mend it there"),
        ("[nodes.a]\n[nodes.a]", "line 2: not TOML: [nodes.a] stands there for the second time; keep one"),
        (
            "a = 1\na = 2",
            "line 2: not TOML: a key stands there for the second time, or as a value and a table; keep one",
        ),
        (
            "[site]\ntitle = Backups",
            'line 2: not TOML: a value is missing or is no TOML; texts want quotes, as in title = "Backups"',
        ),
        ("a = '''x", "not TOML: Expected \"'''\"; mend it there"),
        ("a = " + "9" * 5000, "not TOML: a number has too many digits; write a smaller one"),
        ("a = " + "[" * 5000 + "]" * 5000, "not TOML: brackets stand in brackets too deeply; take some away"),
    ],
)
def test_what_is_not_toml_is_told(text, said):
    assert errors(text) == [said]


def test_a_wrong_value_hides_no_name_that_fits_nothing_and_no_folder_in_another():
    assert errors("""
[site]
publish = "data"
[limits]
jobs = "x"
[hubs.Z]
server = "z"
nodes = ["SDX", 3]
[nodes.SDU]
port = "ssh"
[environments]
production = ["SDU", "sdu"]
""") == [
        "line 3: site.publish: holds site.data too; name a folder of its own, such as data/public",
        'line 5: limits.jobs: expected a whole number but got "x"',
        'line 8: hubs.Z.nodes: there is no node "SDX"; did you mean "SDU"?',
        "line 8: hubs.Z.nodes[1]: expected text in quotes but got 3",
        'line 10: nodes.SDU.port: expected a whole number but got "ssh"',
        'line 12: environments.production: there is no node "sdu"; did you mean "SDU"?',
    ]


def test_an_unset_variable_is_told_once():
    text = """
[hubs.z]
server = "$NOPE"
time_zone = "$NOPE"
nodes = ["$NOPE", "a"]
[nodes.a]
port = "$NOPE"
key = "$NOPE"
[[nodes.a.sources]]
kind = "tarballs"
folder = "$NOPE"
[[nodes.a.sources]]
kind = "$NOPE"
[environments]
p = ["$NOPE"]
"""
    said = errors(text)
    assert len(said) == text.count("$NOPE")
    assert all(line.endswith("$NOPE is not set in the environment; set it, or write $$ for a plain $") for line in said)


def test_a_node_named_twice_in_one_set_is_told():
    assert errors('nodes.a = {}\nnodes.b = {}\nenvironments.p = ["a", "b", "a"]') == [
        'line 3: environments.p: node "a" is named twice; remove one'
    ]


def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, {})
    assert caught.value.lines == [f"{tmp_path}: can't be read: Is a directory; name another"]


def test_a_missing_file_tells_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file; make one with: almanac init"):
        load(tmp_path / "almanac.toml", {})


def test_paths_are_relative_to_the_file():
    config = parse('[site]\ndata = "d"\n[nodes.a]\nkey = "k"', FILE, {})
    assert (config.database, config.nodes["a"].key) == (
        Path("/etc/almanac/d/almanac.db"),
        Path("/etc/almanac/k"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site = 5", "line 1: site: expected a table but got 5; write [site]"),
        ("[[site]]\nkeep = 3", "line 1: site: expected a table; write [site]"),
        ("[[nodes]]\nname = 'a'", "line 1: nodes: expected a table; write [nodes.NAME]"),
        ("[nodes]\na = 5", "line 2: nodes.a: expected a table but got 5; write [nodes.a]"),
        ("[rules]\nname = 'late'", "line 1: rules: expected a list in brackets; write [[rules]]"),
        (
            "[nodes.a]\nsources = ['host']",
            'line 2: nodes.a.sources[0]: expected a table but got "host"; write [[nodes.a.sources]]',
        ),
        (
            "[[nodes.a.sources]]\nkind = 'cluster'\nurl = 'http://x'",
            "line 3: nodes.a.sources[0].url[0]: expected https://host:port without a path or a user; "
            'write "https://localhost:5080"',
        ),
        (
            "[site]\nurl = 'status.example.org'",
            'line 2: site.url: is no address of a site; write one such as "https://status.example.org/"',
        ),
        ("[instances]\nendpoints = []", "line 2: instances.endpoints: is an empty list; write another"),
        (
            "[[nodes.a.sources]]\nkind = 'logs'\nfiles = ['syslog']",
            "line 3: nodes.a.sources[0].files[0]: expected an absolute path; write one such as /var/log/syslog",
        ),
        (
            "[audiences.Lab]\nnodes = ['a']\n[nodes.a]",
            "line 1: audiences.Lab: the name of an audience has small letters, digits and - only; write another",
        ),
        (f"[nodes.{'a' * 101}]", f"line 1: nodes.{'a' * 101}: has more than 100 characters; write another"),
        ("[nodes.a]\nport = true", "line 2: nodes.a.port: expected a number but got true"),
        ("[nodes.a]\nport = 22.5", "line 2: nodes.a.port: expected a whole number but got 22.5"),
        ("[nodes.a]\nport = 99999", "line 2: nodes.a.port: expected 65535 or less but got 99999"),
        ("[nodes.a]\ntime_limit = 0", "line 2: nodes.a.time_limit: expected more than 0 but got 0"),
        ("[limits]\nconnect = inf", "line 2: limits.connect: expected 316224000 or less but got Infinity"),
        ("[limits]\nconnect = nan", "line 2: limits.connect: expected 316224000 or less but got NaN"),
        (f"[limits]\noutput = '{'9' * 400}'", f'line 2: limits.output: expected a smaller number but got "{"9" * 80}"'),
        ("[site]\ndata = 3", "line 2: site.data: expected a path in quotes but got 3"),
        (
            "[[nodes.a.sources]]\nkind = 'processes'\nunits = ['']",
            "line 3: nodes.a.sources[0].units[0]: is empty or holds a character that may not stand there; write another",
        ),
        ("[nodes.'a\"b']\nx = 1", 'line 2: nodes."a\\"b".x: no such key; remove it'),
        ("[limits]\noutput = true", "line 2: limits.output: expected a number but got true"),
        (
            "[nodes.a]\nsources = 'host'",
            'line 2: nodes.a.sources: expected a list in brackets but got "host"; write [[nodes.a.sources]]',
        ),
        (
            "[[nodes.a.sources]]\nkind = ['host']",
            f"line 1: nodes.a.sources[0]: kind is no text in quotes; write kind = one of {KINDS}",
        ),
        (
            "[[nodes.a.sources]]\nkind = 'tarballs'\nfolder = '/b'\nlayuot = 'scm'",
            "line 4: nodes.a.sources[0].layuot: no such key; did you mean layout?",
        ),
        (
            "[site]\ntime_zone = 'Asia/Taipe'",
            'line 2: site.time_zone: "Asia/Taipe" is no time zone of the IANA database; did you mean "Asia/Taipei"?',
        ),
        (
            "[site]\ntime_zone = ['UTC']",
            "line 2: site.time_zone: \"['UTC']\" is no time zone of the IANA database;"
            ' write one such as "Europe/Berlin" or "UTC"',
        ),
        (
            "[nodes.a]\nkey = '~no-such-user/k'",
            'line 2: nodes.a.key: "~no-such-user/k" begins with the home of a user who is not known here; write it out',
        ),
        ("[nodes.'']", 'line 1: nodes."": may not be empty; write another'),
        (
            '[nodes."a\\nb"]',
            'line 1: nodes."a\\nb": a name may not hold a slash or a control character, nor begin with a space;'
            " write another",
        ),
        (
            "[environments]\np = 'a'",
            'line 2: environments.p: expected a list of nodes; write one such as ["web-1", "web-2"]',
        ),
        ("[hubs.Z]\nserver = ''", "line 2: hubs.Z.server: may not be empty; write another"),
        (
            "[nodes.a]\njump = 'me@b, c:xx'",
            'line 2: nodes.a.jump: "c:xx" is no [user@]host[:port]; write one such as "me@gateway.example.org:22"',
        ),
        (
            "[nodes.a]\njump = 'x@y:99999,::1'",
            'line 2: nodes.a.jump: "x@y:99999" is no [user@]host[:port]; write one such as "me@gateway.example.org:22"',
        ),
        ("file = 'x'", "line 1: file: no such key; remove it"),
        (
            "[hubs.Z]\nserver = 'z'\nseries_file = ''",
            "line 3: hubs.Z.series_file: may not be empty; write another",
        ),
        (
            "[hubs.Z]\nserver = 'z'\nseries_file = '~no-such-user/%(node)s'",
            'line 3: hubs.Z.series_file: "~no-such-user/%(node)s" begins with the home of a user who is not known here;'
            " write it out",
        ),
        (
            "[nodes.a]\nreach = 'local'\naddress = 'b'",
            'line 1: nodes.a: reach = "local" asks this machine, so address has no use; remove one of the two',
        ),
    ],
)
def test_wrong_types_and_values_are_told_at_every_level(text, said):
    assert errors(text) == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "data = 'site/data'\npublish = 'p'",
            "line 2: site.data: /etc/almanac/site/data lies in site.source, all of which Sphinx reads;"
            " name a folder beside it",
        ),
        (
            "publish = 'site/../site'",
            "line 2: site.publish: /etc/almanac/site lies in site.source, all of which Sphinx reads;"
            " name a folder beside it",
        ),
        (
            "publish = 'data'",
            "line 2: site.publish: holds site.data too; name a folder of its own, such as data/public",
        ),
        (
            "publish = 'data/html'",
            "line 2: site.publish: /etc/almanac/data/html lies in /etc/almanac/data/html, which Almanac makes anew;"
            " name another folder",
        ),
        (
            "source = 'data/export/site'",
            "line 2: site.source: /etc/almanac/data/export/site lies in /etc/almanac/data/export, which Almanac makes"
            " anew; name another folder",
        ),
    ],
)
def test_folders_that_would_spoil_each_other_are_told(text, said):
    assert errors(f"[site]\n{text}") == [said]


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path):
    file = tmp_path / "almanac.toml"
    file.write_bytes(b"\xef\xbb\xbf[site]\ntitle = 'x'\n")
    assert load(file, {}).site.title == "x"
