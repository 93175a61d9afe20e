"""Two hundred instances on a real server, of which some are slow, huge, broken, redirecting or hostile: what is told of
each, and statistics that are computed here in another way."""

import sqlite3
import statistics
from collections import Counter, defaultdict
from contextlib import closing

import pytest

from collector.config import INSTANCES, ConfigError, parse
from collector.config.instances import Crawled, Instances
from collector.geography.atlas import Atlas, opened
from collector.instances import crawl
from collector.instances.known import Known
from collector.instances.statistics import aggregated, label_of
from collector.life.stage import Records, last_pass
from collector.model import Outcome
from collector.store.instances import Instance, put
from collector.store.store import Store
from tests.servers.locations import city, write_locations
from tests.servers.smtp import Authority
from tests.servers.tracked import Tracked, facts

SECRET = "hush-hush"
NOW = 1_800_000_000
TOML = """
[nodes.here]
reach = "local"
[instances]
private = ["127.0.0.0/8", "::1/128"]
time_limit = "8s"
connect = "6s"
{more}
[[instances.endpoints]]
url = "/x"
headers = {{ Authorization = "$TOKEN", accept = "application/json" }}
[instances.fields]
users = {{ chart = true, chart_aggregation = "avg", chart_aggregate_by = "python" }}
python = {{ chart = true, chart_type = "pie" }}
rooms = {{ aggregation = "sum", chart = true, chart_aggregation = "max", chart_aggregate_by = "disk name" }}
"disk name" = {{ path = "disk.name" }}
free = {{ path = "disk.free", chart = true, chart_type = "line", chart_aggregation = "sum" }}
""".replace('"disk name"', '"disk_name"')
BAD = {
    "slow": (Outcome.TIMED_OUT, "in time"),
    "huge": (Outcome.TOO_LONG, "answers more than 1000000 bytes"),
    "broken": (Outcome.FAILED, "answers what is no JSON"),
    "listed": (Outcome.FAILED, "answers JSON, but no object"),
    "deep": (Outcome.FAILED, "answers what is no JSON"),
    "gone": (Outcome.FAILED, "answers with status 404"),
    "cut": (Outcome.CUT_OFF, "ended its answer in the middle"),
    "zipped": (Outcome.FAILED, "answers compressed"),
    "away": (Outcome.REFUSED, "which is not followed"),
    "port": (Outcome.REFUSED, "which is not followed"),
    "file": (Outcome.REFUSED, "which is not followed"),
    "round": (Outcome.FAILED, "redirects more than 5 times"),
    "unmoved": (Outcome.FAILED, "answers with status 304"),
    "later": (Outcome.FAILED, "answers with status 503, and wants to be left alone for 3600 seconds"),
}
GOOD = ("good", "moved", "again")
COUNTRIES = (("FR", 48.9, 2.4), ("SG", 1.3, 103.8))


def configured(tmp_path, more=""):
    return parse(TOML.format(more=more), tmp_path / "almanac.toml", {"TOKEN": SECRET})


def registered(store, url):
    number = len(store.db.execute("SELECT 1 FROM instance").fetchall())
    one = Instance(f"00000000-0000-4000-8000-{number:012}", url, "Ann", "ann@example.org", "CERN", True, NOW)
    with store.db:
        put(store.db, one)
    return one


def asked(config, store, wanted, started=NOW):
    return {one.instance.url: one for one in crawl.crawl(config, store, store.begin_pass(started), started, wanted)}


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data" / "almanac.db") as opened:
        yield opened


def test_two_hundred_instances_are_told_each_as_it_is_and_counted_as_here(tmp_path, store):
    networks = {f"127.0.{n}.0/24": city(*COUNTRIES[n % 3]) for n in range(40) if n % 3 < 2}
    write_locations(tmp_path / "own.mmdb", networks)
    config = configured(tmp_path, 'locations = "own.mmdb"')
    kinds = [*BAD, "hostile", *["good"] * 163, *["moved"] * 10, *["again"] * 12]
    with Tracked() as server:
        kind_of = {
            registered(store, f"http://127.0.{n % 40}.1:{server.port}/{kind}/{n}").url: kind
            for n, kind in enumerate(kinds)
        }
        told = asked(config, store, crawl.enabled(store))
        paths = Counter(path for path, _ in server.asked)
        assert max(server.most.values()) <= config.instances.per_host
    assert (len(told), told.keys()) == (200, kind_of.keys())
    for url, one in told.items():
        outcome, reason = BAD.get(kind_of[url], (Outcome.OK, ""))
        assert (one.outcome, reason in one.reason) == (outcome, True), (url, one.reason)
    assert {count for path, count in paths.items() if path.startswith("/later/")} == {1}
    assert not any("127.9.9.9" in headers["Host"] for _, headers in server.asked)
    assert {count for path, count in paths.items() if path.startswith("/again/")} == {2}
    assert {count for path, count in paths.items() if path.startswith("/cut/")} == {3}
    expect_statistics(config, store, {url.rsplit("/", 1)[1]: kind for url, kind in kind_of.items()})


def expect_statistics(config, store, kinds):
    good = [facts(int(number)) for number, kind in kinds.items() if kind in GOOD]
    uuids = tuple(one.uuid for one in crawl.enabled(store))
    record = Records(config, store, last_pass(store)).of(INSTANCES)
    users, python, rooms, free = Known(record, config.instances, opened(config.instances.locations)).charts(uuids)
    by_python, by_disk = defaultdict(list), defaultdict(list)
    for one in good:
        by_python[one["python"]].append(one["users"])
        by_disk[one["disk"]["name"]].append(sum(one["rooms"]))
    wanted = {name: statistics.fmean(some) for name, some in by_python.items()} | {"Unknown": 7.0}
    assert dict(users.rows) == pytest.approx(wanted)
    assert (users.left_out, users.of_groups) == (len(BAD), "Python")
    assert dict(rooms.rows) == {name: max(some) for name, some in by_disk.items()}
    by_country = defaultdict(float)
    for number, kind in kinds.items():
        if kind in GOOD:
            where = int(number) % 40 % 3
            by_country[("France", "Singapore", "Unknown")[where]] += facts(int(number))["disk"]["free"]
    assert dict(free.rows) == pytest.approx(by_country)
    assert (free.of_groups, free.left_out, free.chart_type) == ("Country", len(BAD) + 1, "line")
    counted = Counter(one["python"] for one in good) + Counter(Unknown=len(BAD) + 1)
    assert dict(python.rows) == counted
    assert [number for _, number in python.rows] == sorted(counted.values(), reverse=True)


def test_what_an_instance_told_stays_dated_when_it_no_longer_answers(tmp_path, store):
    config = configured(tmp_path, "retries = 0")
    with Tracked() as server:
        one = registered(store, f"http://127.0.0.1:{server.port}/good/4")
        asked(config, store, [one])
    asked(config, store, [one], NOW + 86400)
    record = Records(config, store, last_pass(store)).of(INSTANCES)
    metric = record.subjects[f"instance:{one.uuid}"].metrics["users"]
    assert (metric.read, [*metric.series.values]) == (NOW, [12.0])
    assert Known(record, config.instances, Atlas()).values(one.uuid) == {}
    source = record.sources[one.uuid]
    assert (source.last.outcome, source.last_ok, source.failing_since) == ("unreachable", NOW, NOW + 86400)
    assert one.url in source.last.reason


def test_headers_are_sent_and_stand_in_no_record(tmp_path, store):
    config = configured(tmp_path)
    with Tracked() as server:
        wanted = [registered(store, f"http://127.0.0.1:{server.port}/{kind}/1") for kind in (*BAD, "hostile", "echo")]
        asked(config, store, wanted)
        assert {headers["Authorization"] for _, headers in server.asked} == {SECRET}
        assert {[name.lower() for name in headers].count("accept") for _, headers in server.asked} == {1}
    with closing(sqlite3.connect(store.path)) as db:
        dump = "\n".join(db.iterdump())
    assert SECRET not in dump
    assert "Authorization: ***" in dump
    assert SECRET not in repr(config)


def test_certificates_are_verified_for_the_name_though_an_address_is_connected_to(tmp_path, store):
    authority = Authority(tmp_path / "ca", "localhost")
    with Tracked(authority.context) as server:
        named, bare = (registered(store, f"https://{host}:{server.port}/good/1") for host in ("localhost", "127.0.0.1"))
        trusting = configured(tmp_path, f'ca_file = "{authority.ca}"')
        told = asked(trusting, store, [named, bare])
        assert told[named.url].outcome is Outcome.OK, told[named.url].reason
        assert (told[bare.url].outcome, "certificate" in told[bare.url].reason) == (Outcome.REFUSED, True)
        told = asked(configured(tmp_path), store, [named], NOW + 1)
        assert (told[named.url].outcome, "certificate" in told[named.url].reason) == (Outcome.REFUSED, True)


def test_what_is_not_public_is_not_asked(tmp_path, store):
    config = configured(tmp_path, "").model_copy()
    closed = config.instances.model_copy(update={"private": ()})
    with Tracked() as server:
        named, bare = (registered(store, f"http://{host}:{server.port}/good/1") for host in ("localhost", "127.0.0.1"))
        told = asked(config.model_copy(update={"instances": closed}), store, [named, bare])
        assert {one.outcome for one in told.values()} == {Outcome.REFUSED}
        assert "which is no public address; if it may be asked, name its network" in told[named.url].reason
        assert server.asked == []


def test_all_are_told_when_the_time_is_over(tmp_path, store):
    config = configured(tmp_path, 'total = "1s"\njobs = 1')
    with Tracked() as server:
        wanted = [registered(store, f"http://127.0.0.1:{server.port}/slow/{n}") for n in range(4)]
        told = asked(config, store, wanted)
    assert [one.outcome for one in told.values()] == [Outcome.TIMED_OUT] * 4
    assert sum("raise instances.total or instances.jobs" in one.reason for one in told.values()) >= 3


def test_what_is_left_out_of_a_field_is_as_the_document_says():
    field = Crawled()
    assert (field.label, field.chart, field.chart_type, field.aggregation) == (None, False, "bar", None)
    assert (field.chart_aggregation, field.chart_aggregate_by) == ("count", "country")
    assert label_of("python_version_used", field) == "Python version used"
    settings = Instances(endpoints=({"url": "/x"},))
    assert (settings.locale, settings.locations, settings.publish_email) == ("en_GB", None, False)


@pytest.mark.parametrize(
    ("how", "value", "wanted"),
    [
        ("sum", [1, 2.5], 3.5),
        ("avg", {"a": 1, "b": 2}, 1.5),
        ("min", [3, -2], -2.0),
        ("max", [3, -2], 3.0),
        ("count", [None, "x"], 2.0),
        ("sum", [], 0.0),
        ("avg", [], None),
        ("avg", [1, None], None),
        ("sum", ["1"], None),
        ("max", [True], None),
        ("sum", [1e308, 1e308], None),
        ("min", "word", None),
    ],
)
def test_one_number_is_made_of_several_or_none_is(how, value, wanted):
    assert aggregated(value, how) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[instances]\nlocale = 'xx_YY'\nendpoints = [{url = '/s'}]",
            '"xx_YY" is no locale; write one such as "en_GB"',
        ),
        ("[instances]\n", "instances.endpoints: is missing"),
        ('[instances]\nendpoints = [{url = "stats"}]', "instances.endpoints[0].url: is appended to an address"),
        (
            '[instances]\nprivate = ["inside"]\nendpoints = [{url = "/s"}]',
            'instances.private[0]: "inside" is no network; write one such as "10.1.0.0/16"',
        ),
        (
            '[instances]\nendpoints = [{url = "/s", headers = {Authorization = "hush\\n"}}]',
            "instances.endpoints[0].headers.Authorization: is no value of a header",
        ),
        ('[instances]\nendpoints = [{url = "/s"}]\nfields.a.chart_type = "pi"', "expected 'bar', 'line' or 'pie'"),
        ('[nodes."the instances"]\nreach = "local"', "is what Almanac calls all instances of an application"),
    ],
)
def test_wrong_settings_are_said_in_a_sentence(tmp_path, text, said):
    with pytest.raises(ConfigError) as error:
        parse(text, tmp_path / "almanac.toml", {})
    assert said in str(error.value)
    assert "hush" not in str(error.value)
