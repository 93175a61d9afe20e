"""Which servers are asked, how many at once, and where: names are anybody's to make, addresses are not."""

import ssl

import pytest

from collector.instances import asking
from collector.instances.address import is_allowed
from collector.instances.line import Line
from collector.instances.register import InstanceError, fitting
from collector.model import Outcome
from tests.instances.test_instances_crawl import asked, configured, registered, store
from tests.servers.tracked import Tracked

__all__ = ["store"]
NAMES = ("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost")
"""One server by many names."""


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.0.0.9", False),
        ("192.88.99.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("3fff::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
        ("fd00::1", False),
    ],
)
def test_addresses_that_lead_inside_are_known(address, wanted):
    assert is_allowed(address, ()) is wanted


def test_one_server_is_asked_so_much_at_once_by_whatever_names(tmp_path, store):
    config = configured(tmp_path)
    with Tracked() as server:
        wanted = [registered(store, f"http://{name}:{server.port}/long/{n}") for n, name in enumerate(NAMES)]
        told = asked(config, store, wanted)
        assert {one.outcome for one in told.values()} == {Outcome.OK}
        assert server.most["127.0.0.1"] <= config.instances.per_host


def test_who_never_ends_the_head_of_an_answer_is_hung_up_on(tmp_path, store):
    config = configured(tmp_path, 'total = "4s"')
    with Tracked() as server:
        one = registered(store, f"http://127.0.0.1:{server.port}/endless/1")
        assert asked(config, store, [one])[one.url].outcome is Outcome.TIMED_OUT
        assert server.hung_up.wait(30)


def test_an_address_that_takes_no_connection_gives_way_to_the_next(tmp_path):
    settings = configured(tmp_path, "retries = 0").instances
    with Tracked() as server:
        host = asking.Host(f"http://localhost:{server.port}/good/1", ("::1", "127.0.0.1"))
        assert b"users" in asking.ask(host, settings, ssl.create_default_context(), Line()).bodies[0]
    with pytest.raises(asking.Unanswered, match="takes no connection"):
        asking.ask(host, settings, ssl.create_default_context(), Line())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("HTTPS://App.Example.org/Base/", "https://app.example.org/Base"),
        ("http://app.example.org:80/x", "http://app.example.org/x"),
        ("https://app.example.org.:443", "https://app.example.org"),
        ("https://app.example.org:80", "https://app.example.org:80"),
        ("http://B\u00fccher.example/\u00e9", "http://xn--bcher-kva.example/\u00e9"),
        ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
    ],
)
def test_an_address_has_one_spelling(given, kept):
    assert fitting("url", given) == kept


@pytest.mark.parametrize(
    "given", ["http://a..b", f"http://{'a' * 64}.org", "http://.", "http://u:p@a.org", "http://a:0"]
)
def test_what_is_no_name_of_a_host_is_refused(given):
    with pytest.raises(InstanceError, match="is no address of a server"):
        fitting("url", given)
