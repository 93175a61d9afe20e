"""Pages of instances after real passes: the list, a page for each, statistics, and what an audience is shown of them."""

import re

import pytest

from collector import edition
from collector.people.audiences import trees
from collector.store.store import Store
from tests.pages.tracker import pages, tracked_site, uuid
from tests.sphinxext.page_reading import read


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tracked_site(tmp_path_factory.mktemp("tracker"))


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
    assert "127.0.1.1" in said and "takes no connection" in said
    assert "has never answered" in words(made.second[page_of(4)])
    assert "It is disabled, so it is not asked" in words(made.second[page_of(5)])
    disabled = words(made.second[page_of(2)])
    assert "It is disabled, so it is not asked: what stands here is what it told before." in disabled
    assert re.search(r"Users <b> 6\.012 as of \d\d\.\d\d\.\d{4} \(stale\)", disabled), disabled


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
    assert "Frankreich 1 25,0 %" in later
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
        edition.rest(made.config.model_copy(update={"instances": published}), store, lambda _: None)
        assert "mailto:ann%40example.org" in pages(made.config)["instances/index.html"]
        edition.rest(made.config.model_copy(update={"instances": None}), store, lambda _: None)
    left = pages(made.config)
    assert not (made.config.export / "instances/instances.json").exists()
    assert {path for path in left if "instance~" in path} == set()
    assert "No instances are asked here." in left["instances/index.html"]
