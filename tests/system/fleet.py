"""A small fleet of folders on this machine, and what its published site and database hold."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

ALMANAC = str(Path(sys.executable).with_name("almanac"))
NODES = ("SDU", "C", "H1")
ITEMS = ("svn/dybsvn", "tracs/dybsvn")
LAST = datetime.now(UTC).replace(second=0, microsecond=0, tzinfo=None) - timedelta(hours=1)
"""The stamp of the newest tarballs, without a zone: fresh on whatever day the tests run."""


def tarball(folder, item, night, size):
    """One night's sparse tarball, with its sidecar."""
    kind, name = item.split("/")
    stamp = LAST - timedelta(days=night)
    place = folder / kind / name / f"{stamp:%Y/%m/%d/%H%M%S}"
    place.mkdir(parents=True)
    file = place / (f"{name}.tar.gz" if kind == "tracs" else f"{name}-{1000 - night}.tar.gz")
    file.touch()
    os.truncate(file, size)
    os.utime(file, (stamp.timestamp() + 600,) * 2)
    Path(f"{file}.dna").write_text(f"{{'dig': '{'0' * 32}', 'size': {size}}}\n")


def make(folder, nights=40):
    """Three local nodes of one hub, and the configuration; returns its path."""
    config = ['[site]\ntitle = "Small"\n[hubs.ZZ]\nserver = "dayabay"\n', f"nodes = {list(NODES)}\n"]
    for node in NODES:
        backups = folder / "fleet" / node / "backup/dayabay"
        for item in ITEMS:
            for night in range(nights):
                tarball(backups, item, night, 10_000_000 + 1000 * (nights - night))
        config.append(
            f'[nodes.{node}]\nreach = "local"\n[[nodes.{node}.sources]]\nkind = "tarballs"\nfolder = "{backups}"\n'
        )
    assert almanac(folder, "init", folder).returncode == 0
    (folder / "almanac.toml").write_text("".join(config))
    return folder / "almanac.toml"


def almanac(folder, *words, **options):
    """Runs the command in a folder, as a user does."""
    return subprocess.run(
        [ALMANAC, *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=1200, **options
    )


def site(folder):
    """The served site: path to digest of every file behind `current`, empty if there is none."""
    current = folder / "data/public/current"
    root = Path(os.path.realpath(current))
    files = sorted(file for file in root.rglob("*") if file.is_file()) if current.exists() else []
    return {str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def record(folder):
    """The database as text, once it is known to be sound."""
    with closing(sqlite3.connect(folder / "data/almanac.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        return [line for line in db.iterdump() if "_sqlite_migrations" not in line]  # those tell when they were applied
