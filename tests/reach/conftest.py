from __future__ import annotations

import pytest

from tests.reach.asking import Start
from tests.servers.sshd import Sshd


@pytest.fixture
def chain(sshds: Start) -> list[Sshd]:
    """Two jump hosts and the node behind them."""
    return [sshds(name) for name in ("first", "second", "target")]
