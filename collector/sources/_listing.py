"""What a node lists of a backup folder, as records that no file name can forge, and the records back as values.

A path that `find` prints never holds two slashes in a row, so they enclose it, even if its name holds newlines. Every
record is `//LETTER WORDS//PATH//REST` and a newline, REST being free of newlines:

    //F SIZE MODIFIED CHANGED MODE//PATH//     a file: bytes, seconds since 1970, hexadecimal mode or kind alone;
                                               - = not told
    //C//PATH//                              a folder that can't be read or entered
    //D//PATH//LINE                            a sidecar's first line       //U//PATH//   a sidecar that can't be read
    //L +//PATH//TARGET                        a link that leads somewhere (+) or nowhere (-)
    //A STATUS TOOL//PATH//WORDS               how testing an archive ended    //M SUM//PATH//   a recomputed MD5
    //R KIND//PATH//                           a repository: svn, trac, git, restored; of `.` whether all were seen: + -
    //K INDEX////                              what follows is the lock folder of that number
    //E////WORDS                               a complaint of a tool of the node
    //. PART////                               the part of that name has ended: it is whole
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from collector.model import Fault, printable

MOST_FAULTS = 100  # of one answer; a node may complain of every file that it has


class Record(NamedTuple):
    """One record; `start` is where it begins in the body."""

    letter: str
    words: list[str]
    path: str
    rest: bytes
    start: int


class Entry(NamedTuple):
    """A file, folder or link as the node lists it. What the node does not tell is None."""

    path: str
    size: int | None
    modified: int | None
    changed: int | None
    mode: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: no link, no pipe, no device."""
        return stat.S_ISREG(self.mode)


class Test(NamedTuple):
    """How a tool found an archive: its exit status, its name, its first words. Unpacking comes before tar."""

    status: int
    tool: str
    words: str


@dataclass(slots=True)
class Listing:
    """All that an answer holds. Paths are printable and relative to the folder; `parts` names the parts that are whole.

    closed: folders that could not be read.   sidecars: the first line of each, None if it can't be read.
    links: whether each leads somewhere, and where.   repositories: of what kind each is, and under "." `+` if all are.
    locks: what each lock folder holds, itself first.   complaints: of each part, by its name; "" if it is not whole.
    """

    entries: list[Entry] = field(default_factory=list)
    locks: dict[int, list[Entry]] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    sidecars: dict[str, bytes | None] = field(default_factory=dict)
    links: dict[str, tuple[bool, str]] = field(default_factory=dict)
    tests: dict[str, list[Test]] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    repositories: dict[str, str] = field(default_factory=dict)
    complaints: dict[str, list[str]] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def read(body: bytes) -> Listing:
    """A body as a listing. Whatever is no record becomes a fault; what was cut off at its end is left out."""
    listing = Listing()
    lock = None
    for record in _records(body):
        if isinstance(record, Fault):
            listing.faults.append(record)
            continue
        try:
            lock = _put(listing, record, lock)
        except (ValueError, IndexError, KeyError):
            end = body.find(b"\n", record.start)
            listing.faults.append(_fault(body, record.start, end, "not a record of this kind"))
        if len(listing.faults) > MOST_FAULTS:
            break
    return listing


def _records(body: bytes) -> Iterator[Record | Fault]:
    """The records in order, in time linear in the body: each step looks for the next mark and never back."""
    start = 0
    while start < len(body):
        head = body.find(b"//", start + 2) if body.startswith(b"//", start) else -1
        path = body.find(b"//", head + 2) if head > 0 else -1
        end = body.find(b"\n", path + 2) if path > 0 else -1
        words = body[start + 2 : head] if end > 0 and head - start < 200 else b"\n"
        if b"\n" not in words and words.isascii() and words.strip():
            letter, *others = words.decode().split()
            raw = body[head + 2 : path].removeprefix(b"./")
            yield Record(letter, others, printable(raw), body[path + 2 : end], start)
            start = end + 1
            continue
        after = body.find(b"\n//", start)
        if after < 0:
            return  # the last record is not whole: the answer was cut, which its missing parts tell
        yield _fault(body, start, after, "not a record of the listing")
        start = after + 1


def _fault(body: bytes, start: int, end: int, reason: str) -> Fault:
    text = body[start : end if end > 0 else None][:200]
    return Fault(body.count(b"\n", 0, start) + 1, printable(text), reason)


def _put(listing: Listing, record: Record, lock: int | None) -> int | None:
    """Puts a record where it belongs and returns the lock folder that the next ones are of."""
    letter, words, path = record.letter, record.words, record.path
    if letter == "F":
        size, modified, changed = map(_number, words[:3])
        entry = Entry(path, size, modified, changed, int(words[3], 16))
        (listing.entries if lock is None else listing.locks[lock]).append(entry)
    elif letter == "C":
        listing.closed.append(path)
    elif letter in ("D", "U"):
        listing.sidecars[path] = record.rest if letter == "D" else None
    elif letter == "L":
        listing.links[path] = (words[0] == "+", printable(record.rest))
    elif letter == "A":
        listing.tests.setdefault(path, []).append(Test(int(words[0]), words[1], printable(record.rest)))
    elif letter == "M":
        listing.sums[path] = words[0].lower()
    elif letter == "R":
        listing.repositories[path] = words[0]
    elif letter == "K":
        lock = int(words[0])
        listing.locks[lock] = []
    elif letter == "E":
        listing.complaints.setdefault("", []).append(printable(record.rest))
    elif letter == ".":
        listing.parts.add(words[0])
        listing.complaints[words[0]] = listing.complaints.pop("", [])
        lock = None
    else:
        raise KeyError(letter)
    return lock


def _number(word: str) -> int | None:
    return None if word == "-" else int(word.partition(".")[0][:20])
