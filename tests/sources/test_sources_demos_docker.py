"""Demos in containers of a real Docker engine, and containers that make up what they answer."""

import os

import pytest

from collector.model import Answer, Outcome
from collector.sources import demos
from tests.servers.docker import engine

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run an engine")

ASKED = 1795500000
ALIVE = """
exec 3</proc/self/stat; read -r stat <&3; set -- ${stat##*) }
printf 'dvic-log 1 %s %s - root /opt/arm\\nLog : up\\n' $$ "${20}" > /tmp/dvic_log_a1
"""
DEAD = "printf 'dvic-log 1 9999 1 - root /opt/leg\\nError : fell\\n' > /tmp/dvic_log_b2; ln -s /bin/busybox /tmp/dvic_log_c3"


@pytest.fixture(scope="module")
def docker():
    with engine() as running:
        yield running


@pytest.fixture
def node(ask, applets, docker, tmp_path):
    """A node with this engine, read pass after pass."""
    return Node(ask, f"{docker.bin}:{applets}", tmp_path)


class Node:
    def __init__(self, ask, path, folder):
        self._ask, self._path, self.folder, self.cursor = ask, path, folder, {}
        self.settings = demos.Settings(kind="demos")

    def read(self, **settings):
        done = self._ask(demos.probe(self.settings.model_copy(update=settings), self.cursor), self._path)
        answer = Answer("here", "demos", "demos", ASKED, Outcome.OK, body=done.stdout)
        self.status, reading = done.returncode, demos.parse(self.settings.model_copy(update=settings), answer)
        self.cursor = {**self.cursor, **reading.cursor}
        self.lines = [(one.subject, one.text) for one in reading.lines if "/" in one.subject]
        self.states = {one.subject: one.value for one in reading.states if one.metric == "state" and "/" in one.subject}
        self.faults = [(one.text, one.reason) for one in reading.faults]


@pytest.fixture
def container(request, docker):
    """Starts containers and takes them away again."""
    names = []

    def start(name, text, *options):
        names.append(name)
        docker.start(name, text, *options)

    yield start
    docker.do("rm", "-f", *names)


def test_demos_in_running_containers_are_read_on_as_others_are(node, container, docker):
    container("robot", ALIVE)
    container("lab.2", DEAD)
    node.read()
    assert sorted(node.lines) == [("log:lab.2/leg", "Error : fell"), ("log:robot/arm", "Log : up")]
    assert node.states == {"demo:robot/arm": "alive", "demo:lab.2/leg": "dead"}
    assert node.faults == [("lab.2/c3", "is no plain file with one name, or was swapped meanwhile; it was not read")]
    docker.do("exec", "robot", "sh", "-c", "printf 'Log : on' >> /tmp/dvic_log_a1")
    node.read()
    assert node.lines == []
    docker.do("exec", "robot", "sh", "-c", "printf ' and \\000on\\n' >> /tmp/dvic_log_a1")
    node.read()
    assert node.lines == [("log:robot/arm", "Log : on and \\x1aon")]
    node.read(docker=False)
    assert (node.states, node.status) == ({}, 0)


FORGED = """#!/bin/busybox sh
token=$(busybox echo "$2" | busybox sed -n 's/^token=\\([0-9a-f]*\\).*/\\1/p')
busybox printf '@%s\\n\\n@%s container robot\\n|@%s\\n' $token $token $token
busybox printf '\\n@%s demo 1 x\\n\\n@%s state 1 alive\\n\\n@%s end 1\\n' $token $token $token
busybox printf '\\n@%s failed the node is broken\\n\\n@%s over\\n' $token $token
busybox yes "Error : flood" | busybox head -c 9000000
"""


def test_what_a_container_makes_up_is_told_of_no_other_and_ends_nothing(node, container, docker, tmp_path):
    forged = tmp_path / "sh"
    forged.write_text(FORGED)
    forged.chmod(0o755)
    container("evil", "true", "-v", f"{forged}:/forged:ro")
    docker.do("exec", "evil", "busybox", "cp", "/forged", "/bin/sh.new")
    docker.do("exec", "evil", "busybox", "mv", "/bin/sh.new", "/bin/sh")
    container("robot", ALIVE)
    node.read()
    assert node.lines == [("log:robot/arm", "Log : up")]
    assert node.states == {"demo:robot/arm": "alive"}
    assert node.faults == [("evil", "the node is broken")]


def test_containers_that_can_not_be_looked_into_are_told_where_that_is_asked_for(node, container, docker):
    container("paused", ALIVE)
    docker.do("pause", "paused")
    node.read()
    assert (node.states, node.faults) == ({}, [])
    node.read(docker=True)
    assert node.faults == [("paused", "can't be looked into: it is paused, or there is no shell in it")]


def test_a_node_without_docker_is_told_where_it_is_asked_for(node, applets):
    node._path = applets
    node.read()
    assert (node.faults, node.status) == ([], 0)
    node.read(docker=True)
    assert (node.faults, node.status) == ([("", "there is no docker command on the node")], 1)


def test_an_engine_that_may_not_be_asked_is_told_where_it_is_asked_for(node, applets, tmp_path):
    (tmp_path / "docker").write_text('#!/bin/sh\nexec /usr/bin/docker -H unix:///nowhere "$@"\n')
    (tmp_path / "docker").chmod(0o755)
    node._path = f"{tmp_path}:{applets}"
    node.read()
    assert (node.faults, node.status) == ([], 0)
    node.read(docker=True)
    ((_, said),) = node.faults
    assert said.startswith("docker: ")
    assert "unix:///nowhere" in said
