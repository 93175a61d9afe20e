"""What is so of one item now: words about its newest tarball, its `last` link and its transfers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from collector.amounts import amount
from collector.sources import _backups
from collector.sources._backups import Store, Tarball
from collector.sources._listing import Listing
from collector.wording import utc

Word = tuple[str, str, str]
"""A state's metric, its value and its detail."""


def of_newest(newest: Tarball, listing: Listing, sidecars: bool, verify: Collection[str]) -> Iterator[Word]:
    """`newest`, `digest`, `fingerprint` and `archive`. `sidecars`: each tarball should have one. `verify`: what was
    asked for."""
    yield "newest", newest.file, _description(newest)
    known = "sidecars" in listing.parts
    if known and (sidecars or f"{newest.path}.dna" in listing.sidecars):
        yield "digest", *_digest(newest, listing, wanted="digest" in verify)
    said = _said(newest, listing)
    if known and (md5 := listing.sums.get(newest.path) or (said[0] if said else None)):
        # the sum of what lies here rather than the sidecar's, which travels with good and bad copies alike
        yield "fingerprint", f"{md5} {newest.size} {utc(newest.time)}", ""
    if "newest" in verify and "archives" in listing.parts:
        yield "archive", *_archive(newest, listing)


def _archive(newest: Tarball, listing: Listing) -> tuple[str, str]:
    tests = listing.tests.get(newest.path, [])
    if not tests:
        return "untested", _reason(newest, listing, "archives")
    # gzip's status 2 is a warning, such as zeros after the end
    wrong = [test for test in tests if test.status != 0 and (test.tool, test.status) != ("gzip", 2)]
    told = wrong[0] if wrong else tests[0]
    return "broken" if wrong else "sound", told.words or f"{told.tool} ended with status {told.status}"


def _reason(newest: Tarball, listing: Listing, part: str) -> str:
    """Why the newest tarball was not looked into, as the node said it; of names with newlines it knows nothing."""
    said = (complaint.partition(f"./{newest.path} can't be ") for complaint in listing.complaints.get(part, []))
    reason = next((rest.partition(": ")[2] for before, found, rest in said if found and not before), "")
    return reason or ("its name holds a newline" if "\\n" in newest.path else "the node did not say why")


def last(item: str, newest: Tarball | None, listing: Listing) -> Word:
    """env's link `KIND/NAME/last` to the folder of the newest stamp."""
    path = f"{item}/last"
    if path in listing.links:
        leads, target = listing.links[path]
        if not leads:
            return "last", "dangling", f"points to {target}, which is not there"
        stamped = target.rstrip("/").removeprefix("./")
        whole = stamped if stamped.startswith("/") else f"/{item}/{stamped}"  # an absolute one leads here by any way
        at_newest = newest is None or whole.endswith(f"/{newest.path.rpartition('/')[0]}")
        return "last", "ok", f"points to {target}" + ("" if at_newest else ", which is not the newest")
    if any(entry.path == path and entry.is_folder for entry in listing.entries):
        return "last", "a folder", "a real folder stands where the link should be"
    return "last", "absent", ""


def transfer(item: str, store: Store, asked: int) -> Word:
    """Whether a file of the item is still being written by rsync, or was left half-written."""
    if (partial := store.unfinished.get(item)) is None:
        return "transfer", "none", ""
    size = "" if partial.size is None else f", {amount(partial.size, 'bytes')} so far"
    ago = "" if partial.since is None else amount(max(0, asked - partial.since), "seconds")
    since = ago and f", last written {ago} before it was seen"
    return "transfer", "unfinished", f"{partial.file}{size}{since}"


def differing(tarballs: list[Tarball], listing: Listing) -> int | None:
    """How many kept tarballs are not as long as their sidecars say, None if no sidecar tells."""
    told = [(tarball.size, said[1]) for tarball in tarballs if (said := _said(tarball, listing))]
    return sum(size != wanted for size, wanted in told) if told else None


def _said(tarball: Tarball, listing: Listing) -> tuple[str, int] | None:
    line = listing.sidecars.get(f"{tarball.path}.dna")
    return _backups.sidecar(line) if line else None


def _digest(newest: Tarball, listing: Listing, *, wanted: bool) -> tuple[str, str]:
    path = f"{newest.path}.dna"
    if path not in listing.sidecars:
        return "absent", "there is no sidecar"
    if (said := _said(newest, listing)) is None:
        line = listing.sidecars[path]
        reason = "can't be read" if line is None else "is empty" if not line else "is not a dict of dig and size"
        return "unreadable", f"the sidecar {reason}"
    md5, size = said
    if size != newest.size:
        return "differs", f"the sidecar says {size} bytes, the file has {newest.size}"
    if (found := listing.sums.get(newest.path)) is None:
        return _unsummed(newest, listing, wanted)
    if found != md5:
        return "differs", f"the sidecar says MD5 {md5}, the file has {found}; both {size} bytes"
    return "same", f"MD5 {md5}, {size} bytes"


def _unsummed(newest: Tarball, listing: Listing, wanted: bool) -> tuple[str, str]:
    said = f"{newest.size} bytes as the sidecar says; its MD5 was not recomputed"
    if wanted and "sums" in listing.parts:
        return "untested", f"{said}: {_reason(newest, listing, 'sums')}"
    return "unverified", said


def _description(tarball: Tarball) -> str:
    place = tarball.place
    words = [f"revision {place.revision}"] if place.revision else []
    words += [f"made again, number {place.number}"] if place.number and place.stamp else []
    words += [f"{tarball.size} bytes"]
    words += (
        [f"stamp {place.stamp:%Y-%m-%d %H:%M:%S}" if place.precise else f"dated {place.stamp:%Y-%m-%d}"]
        if place.stamp
        else []
    )
    return ", ".join(words)
