"""A sweep of 100 nodes over real SSH, recorded, beside Ansible running `true` on the same nodes; each 20 at once.

usage: python -m tests.bench.sweep

Ours asks the machine and its backups (`host`, `tarballs`) and records the answers. Both begin without a connection:
a sweep comes once a night, long after those that Ansible keeps for the next command are gone.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path

from collector.store import query
from collector.store.store import Store
from tests.bench.figures import Figure, both, ratio, told
from tests.bench.fleet import Fleet, Plan
from tests.bench.spending import in_turn, spent
from tests.bench.ssh_nodes import SshNodes, ssh_nodes
from tests.servers.sshd import children

NODES, AT_ONCE, ITEMS, ROUNDS, BAR = 100, 20, 2, 3, 0.5
ANSIBLE = Path(".venv-bench/ansible/bin/ansible").absolute()


def ours(fleet: Fleet) -> float:
    """Seconds of a sweep. Raises RuntimeError if a node was not reached."""
    wall = fleet.almanac("collect").wall
    with Store.open(fleet.data / "almanac.db") as store:
        last = query.last_pass(store.db)
    if last is None or last.reached < NODES:
        raise RuntimeError(f"not all of {NODES} nodes were reached: {last}")
    return wall


def theirs(nodes: SshNodes, folder: Path) -> float:
    """Seconds of the same by Ansible, which fails if a node does."""
    inventory = folder / "inventory"
    known = f"ansible_ssh_common_args='-o UserKnownHostsFile={nodes.known_hosts}'"
    words = f"ansible_user={nodes.user} ansible_ssh_private_key_file={nodes.key} {known}"
    lines = (f"{name} ansible_host={at} ansible_port={port} {words}\n" for name, (at, port) in nodes.places.items())
    inventory.write_text("".join(lines))
    (folder / "ansible.cfg").touch()  # none of this machine's
    command = [ANSIBLE, "all", "-i", inventory, "-m", "raw", "-a", "true", "-f", AT_ONCE]
    before = set(children(os.getpid()))
    with tempfile.TemporaryDirectory(dir="/tmp") as kept:  # a short path, for sockets
        environ = {
            "ANSIBLE_HOME": kept,
            "ANSIBLE_SSH_CONTROL_PATH_DIR": kept,
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        }
        wall = spent(command, env={**os.environ, **environ}, cwd=folder).wall
    for left in set(children(os.getpid())) - before:  # the connections that it keeps for a minute
        os.kill(left, signal.SIGTERM)
        os.waitpid(left, 0)
    return wall


def measure() -> list[Figure]:
    """The sweep's figure."""
    with tempfile.TemporaryDirectory() as work, ssh_nodes(Path(work), NODES) as nodes:
        fleet = Fleet(Path(work) / "almanac", Plan(nodes.reach(), ITEMS, host=True), nodes.environ)
        fleet.back_up()
        rounds = in_turn(ROUNDS, lambda: ours(fleet), lambda: theirs(nodes, Path(work)))
    what = f"sweep of {NODES} nodes by SSH, {AT_ONCE} at once, read and recorded, beside ansible -m raw running true"
    return [Figure("sweep", ratio(rounds), BAR, f"{what}: wall {both(rounds, 's')}")]


if __name__ == "__main__":
    sys.exit(told(measure()))
