"""Where addresses are: by the table that comes along, and by databases in MaxMind's format, sound and damaged."""

import math

import pytest

from collector.geography.atlas import opened
from collector.geography.names import country_name
from collector.geography.place import Place
from collector.geography.world import middle, outlines
from tests.servers.locations import city, write_locations


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("188.184.9.234", "CH"),  # CERN
        ("130.87.45.1", "JP"),  # KEK
        ("202.122.32.1", "CN"),  # IHEP
        ("2001:1458:201::1", "CH"),
        ("2001:660::1", "FR"),
        ("::ffff:188.184.9.234", "CH"),
        ("10.1.2.3", None),
        ("127.0.0.1", None),
        ("169.254.1.1", None),
        ("100.64.0.1", None),
        ("224.0.0.1", None),
        ("240.0.0.1", None),
        ("::1", None),
        ("fe80::1%eth0", None),
        ("fd00::1", None),
        ("3fff:ffff::1", None),
    ],
)
def test_the_table_tells_countries_of_public_addresses_only(address, country):
    found = opened(None).place(address)
    assert (found and found.country) == country
    assert found is None or (found.is_approximate and not found.is_exact and found.latitude is not None)


def test_a_database_of_ones_own_comes_first_and_may_know_private_networks(tmp_path):
    file = write_locations(
        tmp_path / "own.mmdb",
        {
            "10.1.0.0/16": city("IT", 45.07, 7.69),
            "10.2.0.0/16": {"registered_country": {"iso_code": "SG"}},
            "2001:1458::/32": {"country_code": "FR"},
            "10.3.0.0/16": city("DE", 91.0, 8.0),
            "10.4.0.0/16": {"country": {"iso_code": "<b"}},
            "10.5.0.0/16": "DE",
            "10.6.0.0/16": city("FR", math.inf, 0.0),
        },
    )
    atlas = opened(file)
    assert (atlas.fault, atlas.source.startswith("Tiny-City, ")) == (None, True)
    assert atlas.place("10.1.2.3") == Place("IT", 45.07, 7.69, is_exact=True)
    assert atlas.place("10.2.0.1") == Place("SG", *middle("SG"))
    assert atlas.place("2001:1458::1") == Place("FR", *middle("FR"))
    assert atlas.place("10.3.0.1") == Place("DE", *middle("DE"))
    assert atlas.place("10.6.0.1") == Place("FR", *middle("FR"))
    assert [atlas.place(one) for one in ("10.4.0.1", "10.5.0.1", "188.184.9.234", "no address")] == [None] * 4


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file or directory"), (b"", "MaxMind's format"), (b"\0" * 4096, "MaxMind's format")],
)
def test_a_database_that_is_none_is_said_and_the_table_is_used(tmp_path, content, said):
    file = tmp_path / "own.mmdb"
    if content is not None:
        file.write_bytes(content)
    atlas = opened(file)
    assert str(atlas.fault).startswith(f"instances.locations: {file} can't be read: ")
    assert said in str(atlas.fault)
    assert atlas.place("188.184.9.234").country == "CH"


def test_a_damaged_database_raises_nothing(tmp_path):
    whole = write_locations(tmp_path / "own.mmdb", {"10.1.0.0/16": city("IT", 45.07, 7.69)}).read_bytes()
    for place in range(0, len(whole), 7):
        file = tmp_path / "damaged.mmdb"
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        found = opened(file).place("10.1.2.3")
        assert found is None or len(found.country) == 2


def test_each_outline_has_a_point_in_it_and_names_are_of_the_locale():
    assert len(outlines()) > 170
    assert all(middle(code) for code in outlines())
    assert middle("SG") and "SG" not in outlines()
    assert (country_name("CH", "en_GB"), country_name("CH", "de_CH"), country_name("DE", "fr")) == (
        "Switzerland",
        "Schweiz",
        "Allemagne",
    )
    assert country_name("Q1", "en_GB") == "Q1"
