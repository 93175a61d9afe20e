"""A database of the test's own."""

import pytest

from collector.store.store import Store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "almanac.db"


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened
