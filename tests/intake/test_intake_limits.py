"""Who asks, and how often: also behind proxies, and with more addresses than are remembered."""

from ipaddress import ip_network

import pytest

from collector.intake.limits import Limit, client

PROXIES = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/24"), ip_network("2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "asks"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.7", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "192.0.2.6, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "192.0.2.6,192.0.2.7 ,10.0.0.9", "192.0.2.7"),
        ("127.0.0.1", "10.0.0.8, 10.0.0.9", "10.0.0.8"),
        ("127.0.0.1", "192.0.2.6, nonsense", "unknown"),
        ("127.0.0.1", "nonsense, 10.0.0.9", "unknown"),
        ("127.0.0.1", ",", "unknown"),
        ("", "", "unknown"),
        ("", "192.0.2.7", "192.0.2.7"),
        ("2001:db8:1::5", "2001:db8:2:3:4::5", "2001:db8:2:3::/64"),
        ("::ffff:127.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "", "fe80::/64"),
    ],
)
def test_an_address_is_believed_of_trusted_proxies_alone(peer, forwarded, asks):
    assert client(peer, forwarded, PROXIES) == asks


def test_an_address_may_so_often_and_again_evenly():
    limit = Limit(3, 60)
    assert [limit.wait("a", 0) for _ in range(4)] == [0, 0, 0, 20]
    assert limit.wait("b", 0) == 0
    assert limit.wait("a", 10) == pytest.approx(10)
    assert [limit.wait("a", 20), limit.wait("a", 20)] == [0, pytest.approx(20)]
    assert [limit.wait("a", 9999) for _ in range(4)] == [0, 0, 0, 20]


def test_memory_is_bounded_and_who_asked_lately_is_remembered():
    limit = Limit(1, 60, most=100)
    for number in range(1000):
        limit.wait(str(number), 0)
    assert len(limit._left) == 100
    assert (limit.wait("999", 1) > 0, limit.wait("0", 1)) == (True, 0)
