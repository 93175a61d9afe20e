"""Records nights without end, saying each number, until it is killed: run as a program with the database's path."""

import sys
from pathlib import Path

from collector.store.store import Store
from tests.store.answers import reading, record

with Store.open(Path(sys.argv[1])) as store:
    number = int(sys.argv[2])
    while True:
        for node in ("SDU", "C", "H1"):
            record(store, number, reading(number), node=node)
        print(number, flush=True)
        number += 1
