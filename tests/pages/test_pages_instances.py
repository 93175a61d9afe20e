"""Pages of instances after real passes: the list, a page for each, statistics, and what an audience is shown of them."""

import grp
import os
import re
import time
from types import SimpleNamespace

import pytest

from collector import nightly
from collector.config import parse
from collector.people.audiences import trees
from collector.scaffold.writing import write_site
from collector.store import instances, persons
from collector.store.instances import Instance
from collector.store.persons import Person
from collector.store.store import Store
from tests.servers.locations import city, write_locations
from tests.servers.tracked import Tracked
from tests.sphinxext.page_reading import read

TOML = """
[site]
title = "Tracker"
time_zone = "Asia/Tokyo"
web_group = "{group}"
[nodes.here]
reach = "local"
sources = [{{ kind = "command", command = "echo 1", name = "one" }}]
[audiences.lab]
people = ["bob"]
nodes = ["here"]
[instances]
private = ["127.0.0.0/8"]
locations = "own.mmdb"
locale = "de_DE"
retries = 0
endpoints = [{{ url = "/x" }}]
[instances.fields]
users = {{ label = "Users <b>", chart = true, chart_aggregation = "sum" }}
python = {{ chart = true, chart_type = "pie" }}
free = {{ path = "disk.free", chart = true, chart_type = "line", chart_aggregation = "avg" }}
rooms = {{ aggregation = "sum" }}
never = {{ chart = true }}
"""
KINDS = ("good", "good", "good", "hostile", "gone", "good", "good")
"""Of the instances by number; the last one but one is disabled, and the last waits for approval."""
PEOPLE = ("<script>ann</script>", "Zoë", "Bob", "Eve", "Dan", "Off", "Waiting-person")


def uuid(number):
    return f"00000000-0000-4000-8000-{number:012}"


def register(store, port):
    for number, (kind, person) in enumerate(zip(KINDS, PEOPLE, strict=True)):
        url = f"http://127.0.{number}.1:{port}/{kind}/{number * 1000 + 4}"
        one = Instance(uuid(number), url, person, "ann@example.org", "CERN", number != 5, 1_790_000_000, number == 6)
        with store.db.conn:
            instances.put(store.db.conn, one)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two passes: one that is answered, and one for which the server is gone; the pages of both."""
    folder = tmp_path_factory.mktemp("tracker")
    write_site(folder / "site")
    places = (("JP", 35.7, 139.7), ("FR", 48.9, 2.4), ("FR", 48.9, 2.4), ("SG", 1.3, 103.8))
    write_locations(folder / "own.mmdb", {f"127.0.{n}.0/24": city(*place) for n, place in enumerate(places)})
    config = parse(TOML.format(group=grp.getgrgid(os.getgid()).gr_name), folder / "almanac.toml", {})
    with Store.open(config.database) as store, Tracked() as server:
        register(store, server.port)
        with store.db.conn:
            persons.put(store.db.conn, Person("bob", "standard", None, 0, "x", "x"))
        nightly.run(config, lambda _: None)
        first, charts = pages(config), {file.name for file in (config.html / "charts/instances").iterdir()}
        old = time.time()
    while int(time.time()) <= old:  # a second pass is of another second
        time.sleep(0.05)
    nightly.run(config, lambda _: None)
    return SimpleNamespace(config=config, port=server.port, first=first, charts=charts, second=pages(config))


def pages(config):
    """The text of each page of the whole, by its path."""
    whole = trees(config) / "_whole/current"
    told = {file.relative_to(whole).as_posix(): file.read_text() for file in whole.rglob("*.html")}
    return {path: text for path, text in told.items() if not path.startswith("guide/")}


def words(html):
    return " ".join(read(html).text.replace("\u202f", " ").split())


def page_of(number):
    return f"instances/instance~{uuid(number)}.html"


def test_there_is_a_page_for_each_that_is_registered_and_approved(made):
    ours = {path for path in made.first if path.startswith("instances/")}
    assert ours == {"instances/index.html", "instances/statistics.html", *(page_of(n) for n in range(6))}
    assert {path: read(made.first[path]).faults for path in ours if read(made.first[path]).faults} == {}
    assert not any("Waiting-person" in text or "ann@example.org" in text for text in made.first.values())
    assert "<script>ann" not in "".join(made.first.values())
    assert "<script>alert" not in "".join(made.first.values())


def test_the_list_tells_all_with_fields_by_their_labels(made):
    said = words(made.first["instances/index.html"])
    assert "6 instances, 1 of them disabled; 4 of 5 answered when they were last asked." in said
    head = re.search(r"Instance State .* Ages|Instance State [^1]*", said)[0]
    assert "Last answered Country Users <b> Python Free Rooms (sum) Disk.name" in head
    row = said[said.index(f"127.0.1.1:{made.port}/good/1004") :]
    assert "Enabled CERN Zoë this pass" in row[:120]
    assert "Frankreich 3.012 3.9 251 1.010 sd2 true not told" in row[:200]
    assert "Disabled CERN Off never unknown not told" in said
    assert "instances/index.html" in made.first["index.html"]


def test_one_that_does_not_answer_keeps_its_values_with_their_dates(made):
    said = words(made.second[page_of(1)])
    assert "Unreachable" in said
    assert "It did not answer when it was last asked: what stands here is of" in said
    assert re.search(r"Users <b> 3\.012 as of \d\d\.\d\d\.\d{4} \(stale\)", said), said
    assert re.search(r"Last answered .*?\d\d\.\d\d\.\d{4}, \d\d:\d\d:\d\d JST", said)
    assert "Where it is Frankreich" in said
    assert "no connection to 127.0.1.1" in said
    assert "has never answered" in words(made.second[page_of(4)])
    assert "It is disabled, so it is not asked" in words(made.second[page_of(5)])


def test_statistics_are_of_those_that_are_asked(made):
    said = words(made.first["instances/statistics.html"])
    assert "Frankreich 2 40,0 % Japan 1 20,0 % Singapur 1 20,0 % Unknown 1 20,0 %" in said
    assert "Countries by Tiny-City, " in said
    users = said[said.index("Sum of Users <b> by Country") :]
    assert "1 instance without a number is left out." in users
    assert "Frankreich 9.024 Japan 12 Singapur 7" in users
    assert "Number of instances by Python" in said
    assert "Average of Free by Country" in said
    assert "Never" not in said
    later = words(made.second["instances/statistics.html"])
    assert "Frankreich 2 40,0 %" in later
    assert "Number of instances by Python" not in later


def test_statistics_and_places_are_drawn_and_told_in_words(made):
    page = read(made.first["instances/statistics.html"])
    assert page.all("img", "alt")[:2] == [
        "A map of the world. Instances by country: Frankreich 2, Japan 1, Singapur 1; of 1 it is not known.",
        "Sum of Users <b> by Country: Frankreich 9.024, Japan 12, Singapur 7.",
    ]
    assert len(page.all("img", "alt")) == 4
    assert read(made.first[page_of(1)]).all("img", "alt")[0] == "A map: Frankreich, at 48.9° N, 2.4° E."
    drawn = {one.rpartition("/")[2] for one in (*page.all("img", "src"), *page.all("source", "srcset"))}
    assert (len(drawn), drawn - made.charts) == (8, set())


def test_an_audience_is_shown_nodes_and_so_no_instances(made):
    tree = trees(made.config) / "lab.logs/current"
    assert (tree / "nodes/here.html").exists()
    files = {file.relative_to(tree).as_posix(): file.read_bytes() for file in tree.rglob("*") if file.is_file()}
    ours = {path for path in files if "instance" in path and not path.startswith("_static/")}
    assert ours == {"guide/instances.html"}
    words_ = (f":{made.port}/".encode(), uuid(1).encode(), b"Frankreich")
    assert [path for path, content in files.items() if any(word in content for word in words_)] == []


def test_mail_addresses_are_told_where_that_is_configured_and_none_is_left_when_nobody_is_asked(made):
    published = made.config.instances.model_copy(update={"publish_email": True})
    with Store.open(made.config.database) as store:
        nightly.rest(made.config.model_copy(update={"instances": published}), store, lambda _: None)
        assert "mailto:ann%40example.org" in pages(made.config)["instances/index.html"]
        nightly.rest(made.config.model_copy(update={"instances": None}), store, lambda _: None)
    left = pages(made.config)
    assert not (made.config.export / "instances/instances.json").exists()
    assert {path for path in left if "instance~" in path} == set()
    assert "No instances are asked here." in left["instances/index.html"]
