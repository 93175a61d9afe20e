"""Nights of a small fleet on this machine: asked, exported, built and published for real, each at a time of its own."""

import shutil
from calendar import timegm

from collector import edition
from collector.collect import gather, locked
from collector.config import load
from collector.sweep import sweep
from tests.system import fleet

DAY = 86400
HOSTILE = "svn/[red]o\x1b[2Jth\u202eer"
"""An item whose name steers a terminal that prints it as it is."""
FIRST = timegm(fleet.LAST.timetuple()) - 5 * DAY + 3600
"""When the first night's pass begins; a tarball's stamp is an hour before."""


def begun(number):
    """When the pass of a night begins, UTC seconds."""
    return FIRST + number * DAY


def tree(folder):
    """Every file below a folder, by its path."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def backups(folder, node):
    return folder / "fleet" / node / "backup/dayabay"


def make(folder):
    """The configuration; tarballs are there of the nights before the first one only."""
    file = fleet.make(folder, 40)
    file.write_text(file.read_text().replace("[hubs.ZZ]\n", '[hubs.ZZ]\nseries_file = "old/%(node)s.json"\n'))
    (folder / "old").mkdir()
    for node in fleet.NODES:
        shutil.rmtree(backups(folder, node))
        for number in range(-34, 0):
            new_tarballs(folder, node, number)
    return load(file)


def new_tarballs(folder, node, number, size=10_000_000):
    for item in fleet.ITEMS:
        fleet.tarball(backups(folder, node), item, 5 - number, size + 1000 * number)


def run(config, number, asked=None):
    """One night's whole pass; `asked` is the configuration by which nodes are reached, if it is another."""
    with locked(config) as store:
        answers = sweep(asked or config, list(config.nodes), begun(number))
        gather(config, store, begun(number), answers, lambda _: None)
        edition.rest(config, store, lambda _: None)


def lost(config, folder, node):
    """The same configuration, with a node that can't be reached."""
    text = (folder / "almanac.toml").read_text()
    other = folder / "lost.toml"
    other.write_text(
        text.replace(f'[nodes.{node}]\nreach = "local"', f'[nodes.{node}]\naddress = "127.0.0.1"\nport = 1')
    )
    return load(other)


def eventful(folder):
    """Five nights of which each differs from the one before; the files of export and site after each."""
    config, kept = make(folder), []
    for number in range(5):
        for node in fleet.NODES:
            if (node, number) != ("C", 3):
                new_tarballs(folder, node, number, 2_000_000 if (node, number) == ("SDU", 2) else 10_000_000)
        if number == 1:
            (backups(folder, "SDU") / "svn/dybsvn/what is this.tar.gz").touch()
            fleet.tarball(backups(folder, "H1"), HOSTILE, 5 - number, 5000)
        if number == 2:
            (backups(folder, "SDU") / "svn/dybsvn/what is this.tar.gz").unlink()
            shutil.rmtree(backups(folder, "H1") / HOSTILE)
            backups(folder, "C").rename(folder / "away")
        if number == 3:
            (folder / "away").rename(backups(folder, "C"))
        run(config, number, lost(config, folder, "H1") if number in (2, 3) else None)
        kept.append((tree(config.export), tree(config.html)))
    return kept
