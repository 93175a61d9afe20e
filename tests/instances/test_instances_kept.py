"""What is kept of answers: neither their size, nor names that change, nor what was sent to get them."""

import tracemalloc

import pytest

from collector.config import INSTANCES
from collector.config.instances import Endpoint
from collector.instances.register import subject_of
from collector.instances.veil import Veil
from collector.store.instances import names
from tests.instances.test_instances_crawl import NOW, asked, configured, registered, store
from tests.servers.tracked import Tracked

__all__ = ["store"]


def test_answers_that_need_much_room_are_read_one_at_a_time(tmp_path, store):
    config = configured(tmp_path)
    with Tracked() as server:
        wanted = [registered(store, f"http://127.0.0.{n}:{server.port}/roomy/{n}") for n in range(1, 11)]
        tracemalloc.start()
        try:
            asked(config, store, wanted)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 40_000_000  # one alone takes 8 MB when it is read


def test_who_tells_other_names_each_time_does_not_grow_for_ever(tmp_path, store):
    config = configured(tmp_path)
    with Tracked() as server:
        one = registered(store, f"http://127.0.0.1:{server.port}/new/150")
        for night in range(3):
            told = asked(config, store, [one], NOW + 86400 * night)[one.url]
            assert any(value.metric == "users" for value in told.reading.observations)
    (fault,) = told.reading.faults
    assert (
        fault.reason == "tells 150 values beyond 200, which are not kept; name those that you want in instances.fields"
    )
    known = names(store.db, INSTANCES, subject_of(one.uuid))
    assert len(known) == 203  # users, which is configured, the base URL and the address


@pytest.mark.parametrize(
    ("headers", "body", "wanted"),
    [
        ({"Authorization": "Bearer abc/def=="}, b'{"a": "abc/def=="}', b'{"a": "***"}'),
        ({"Authorization": "Bearer abc/def=="}, b'{"a": "Bearer abc\\/def=="}', b'{"a": "***"}'),
        ({"X-Key": 'quo"te\\d-key'}, b'{"a": "quo\\"te\\\\d-key"}', b'{"a": "***"}'),
        ({"Accept": "application/json", "X-Version": "2"}, b'{"a": "application/json 2"}', None),
    ],
)
def test_what_was_sent_is_taken_out_of_answers(headers, body, wanted):
    veil = Veil.of([Endpoint(url="/x", headers=headers)])
    assert veil.over(body) == (wanted or body)
