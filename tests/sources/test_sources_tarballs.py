"""Tarballs, from recorded listings: whole readings, faults, cut answers, and that no bytes can break the parser."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.config import ConfigError, parse
from collector.model import Answer, Event, Fault, Observation, Outcome, Reading, State
from collector.sources import tarballs
from collector.sources._backups import sidecar

ASKED = 1352829600  # 2012-11-13 18:00:00 UTC; in Taipei 02:00 of the next day
STAMP = 1352794223  # 2012-11-13 16:10:23 in Taipei
MD5 = "f3e450f405704c1cabb3f32f4196af96"
ROOT = b"//F 4096 1352794000 1352794000 41ed//.//\n"
FOLDER = "repos/env/2012/11/13/161023"


def file(path, size=1000, modified=STAMP + 60, changed=STAMP + 90, mode="81a4"):
    return f"//F {size} {modified} {changed} {mode}//./{path}//\n".encode()


def end(*parts):
    return "".join(f"//. {part}////\n" for part in parts).encode()


def dna(path, text):
    return f"//D//./{path}.dna//{text}\n".encode()


def read(*pieces, outcome=Outcome.OK, hub="C2", source="tarballs", zone="Asia/Taipei", asked=ASKED, **chosen):
    configured = tarballs.Settings(**{"kind": "tarballs", "folder": "/scm/backup/cms02", "locks": ()} | chosen)
    answer = Answer(
        "C", source, "tarballs", asked, outcome, hub=hub, zone=ZoneInfo(zone), body=b"".join(pieces)
    )  # fmt: skip
    return tarballs.parse(configured, answer)


def words(reading):
    return {state.metric: state.value for state in reading.states}


def values(reading):
    return {(o.subject, o.metric, o.time): o.value for o in reading.observations}


HELD = b"//K 0////\n//F 1 1352794300 1 41ed//./LOCKED//\n"
HELD += b"//F 0 1 1 81a4//./LOCKED/scm-backup-rsync-started-2012-11-13@16:50:00//\n"
HELD += b"//F 0 1 1 81a4//./LOCKED/scm-backup-all-tracs-env-started-2012-11-13@16:20:00//\n"
HELD += b"//F 0 1 1 81a4//./LOCKED/scm-backup-all-tracs-env-completed-2012-11-13@16:20:41//\n"


def test_a_whole_answer_gives_a_whole_reading():
    one, two = f"{FOLDER}/env-3591.tar.gz", "repos/env/2012/11/12/161023/env-3590.tar.gz"
    subject = "tarball:C2/repos/env"
    assert read(
        HELD,
        end("locks"),
        ROOT,
        file(one, 2000),
        file(two, 1500, STAMP - 86400 + 50, STAMP - 86400 + 50),
        file(f"{FOLDER}/.env-3592.tar.gz.Ab12Cd", 70, ASKED - 40),
        end("listing"),
        b"//L +//./repos/env/last//2012/11/13/161023\n",
        end("links"),
        dna(one, f"{{'dig': '{MD5}', 'size': 2000L}}"),
        dna(two, f"{{'size': 1501, 'dig': '{MD5}'}}"),
        end("sidecars"),
        f"//A 1 gzip//./{one}//gzip: stdin: unexpected end of file\n//A 2 tar//./{one}//tar: no tar\n".encode(),
        end("archives"),
        f"//M {MD5}//./{one}//\n".encode(),
        end("sums"),
        verify=["newest", "digest"],
        locks=("LOCKED",),
    ) == Reading(
        observations=(
            Observation(subject, "size", STAMP - 86400, 1500.0, "bytes"),
            Observation(subject, "duration", STAMP - 86400, 50.0, "seconds"),
            Observation(subject, "size", STAMP, 2000.0, "bytes"),
            Observation(subject, "duration", STAMP, 60.0, "seconds"),
            Observation(subject, "transfer", STAMP, 30.0, "seconds"),
            Observation(subject, "count", ASKED, 2.0, "count"),
            Observation(subject, "age", ASKED, float(ASKED - STAMP), "seconds"),
            Observation(subject, "differing", ASKED, 1.0, "count"),
            Observation("backups:C2", "count", ASKED, 1.0, "count"),
            Observation("backups:C2", "bytes", ASKED, 3500.0, "bytes"),
            Observation("lock:C2", "age", ASKED, ASKED - 1352794800.0, "seconds"),
        ),
        states=(
            State("backups:C2", "listing", ASKED, "whole"),
            State(subject, "listing", ASKED, "whole"),
            State(subject, "newest", ASKED, "env-3591.tar.gz", "revision 3591, 2000 bytes, stamp 2012-11-13 16:10:23"),
            State(subject, "digest", ASKED, "same", f"MD5 {MD5}, 2000 bytes"),
            State(subject, "fingerprint", ASKED, f"{MD5} 2000 2012-11-13T08:10:23Z"),
            State(subject, "archive", ASKED, "broken", "gzip: stdin: unexpected end of file"),
            State(subject, "last", ASKED, "ok", "points to 2012/11/13/161023"),
            State(subject, "transfer", ASKED - 40, "unfinished", "env-3592.tar.gz, 70 B so far, last written 40 s before it was seen"),
            State("lock:C2", "lock", ASKED, "held", "LOCKED: scm-backup-rsync since 2012-11-13 16:50:00"),
        ),
        events=(Event("lock:C2", 1352794841, "info", "scm-backup-all-tracs-env took 41 s"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (b"{'dig': 'F3E450F405704C1CABB3F32F4196AF96', 'size': 4226393}", (MD5, 4226393)),
        (f"{{'size': 1915051630L, 'dig': '{MD5}'}}".encode(), (MD5, 1915051630)),
        (f'{{"dig": "{MD5}", "size": 0}}'.encode(), (MD5, 0)),
        (b"", None),
        (f"{{'dig': '{MD5}'}}".encode(), None),
        (f"{{'dig': '{MD5}', 'size': __import__('os')}}".encode(), None),
        (f"{{'dig': '{MD5}', 'size': -1}}".encode(), None),
        (f"{{'dig': '{MD5[:-1]}', 'size': 1}}".encode(), None),
        (b"\xff\xfe" * 100, None),
    ],
)
def test_a_sidecar_is_matched_and_never_evaluated(line, wanted):
    assert sidecar(line) == wanted


TARBALL = f"{FOLDER}/env-3591.tar.gz"
SIDECAR = dna(TARBALL, f"{{'dig': '{MD5}', 'size': 1000}}")
OTHER = "0" * 32


@pytest.mark.parametrize(
    ("said", "verify", "digest", "detail"),
    [
        (SIDECAR, (), "unverified", "1000 bytes as the sidecar says; its MD5 was not recomputed"),
        (SIDECAR + f"//M {MD5.upper()}//./{TARBALL}//\n".encode(), "digest", "same", f"MD5 {MD5}, 1000 bytes"),
        (SIDECAR + f"//M {OTHER}//./{TARBALL}//\n".encode(), "digest", "differs", f"the sidecar says MD5 {MD5}, the file has {OTHER}; both 1000 bytes"),
        (dna(TARBALL, f"{{'dig': '{MD5}', 'size': 999}}"), (), "differs", "the sidecar says 999 bytes, the file has 1000"),
        (b"", (), "absent", "there is no sidecar"),
        (dna(TARBALL, ""), (), "unreadable", "the sidecar is empty"),
        (dna(TARBALL, "d41d8cd98f00b204e9800998ecf8427e"), (), "unreadable", "the sidecar is not a dict of dig and size"),
        (f"//U//./{TARBALL}.dna//\n".encode(), (), "unreadable", "the sidecar can't be read"),
    ],
)  # fmt: skip
def test_the_newest_tarball_is_compared_with_its_sidecar(said, verify, digest, detail):
    reading = read(ROOT, file(TARBALL), end("listing", "links"), said, end("sidecars", "sums"), verify=verify)
    assert [(s.value, s.detail) for s in reading.states if s.metric == "digest"] == [(digest, detail)]
    assert reading.faults == ()


@pytest.mark.parametrize(
    ("said", "last", "detail"),
    [
        (b"//L +//./repos/env/last//2012/11/13/161023\n", "ok", "points to 2012/11/13/161023"),
        (b"//L +//./repos/env/last//2012/11/12/161023\n", "ok", "points to 2012/11/12/161023, which is not the newest"),
        (
            b"//L +//./repos/env/last///scm/backup/cms02/repos/env/2012/11/13/161023/\n",
            "ok",
            "points to /scm/backup/cms02/repos/env/2012/11/13/161023/",
        ),
        (
            b"//L -//./repos/env/last//2011/01/01/000000\n",
            "dangling",
            "points to 2011/01/01/000000, which is not there",
        ),
        (b"", "absent", ""),
    ],
)
def test_the_last_link_is_followed(said, last, detail):
    reading = read(ROOT, file(TARBALL), end("listing"), said, end("links", "sidecars"))
    assert [(s.value, s.detail) for s in reading.states if s.metric == "last"] == [(last, detail)]


def test_a_last_turned_into_a_real_folder_is_told_and_its_copies_are_faults():
    copied = "repos/env/last/env-3591.tar.gz"
    folder = b"//F 4096 1 1 41ed//./repos/env/last//\n"
    reading = read(ROOT, folder, file(copied), file(TARBALL), end("listing", "links", "sidecars"))
    assert words(reading)["last"] == "a folder"
    assert reading.faults == (Fault(0, copied, "its path has no stamp of the layout"),)
    assert values(reading)["tarball:C2/repos/env", "count", ASKED] == 1


def test_an_item_whose_tarballs_are_all_gone_counts_zero_and_has_no_age():
    reading = read(ROOT, b"//F 4096 1 1 41ed//./repos/env//\n", end("listing", "links", "sidecars"))
    assert values(reading) == {
        ("tarball:C2/repos/env", "count", ASKED): 0,
        ("backups:C2", "count", ASKED): 1,
        ("backups:C2", "bytes", ASKED): 0,
    }
    assert words(reading) == {"listing": "whole", "last": "absent", "transfer": "none"}


def test_an_empty_folder_is_honestly_empty():
    reading = read(ROOT, end("listing", "links", "sidecars"))
    assert values(reading) == {("backups:C2", "count", ASKED): 0, ("backups:C2", "bytes", ASKED): 0}
    assert (reading.states, reading.faults) == ((State("backups:C2", "listing", ASKED, "whole"),), ())


def test_of_two_tarballs_of_one_stamp_the_last_made_is_the_size_and_both_count():
    again = file(f"{FOLDER}/env-3591-1.tar.gz", 3000, STAMP + 600)
    found = values(read(ROOT, again, file(TARBALL, 2000), end("listing", "links", "sidecars")))
    assert found["tarball:C2/repos/env", "size", STAMP] == 3000
    assert found["tarball:C2/repos/env", "count", ASKED] == 2


@pytest.mark.parametrize(
    ("zone", "folder", "time"),
    [
        ("Asia/Taipei", "2012/11/13/161023", 1352794223),
        ("UTC", "2012/11/13/161023", 1352823023),
        ("Europe/Berlin", "2012/07/01/120000", 1341136800),  # summer time
        ("Europe/Berlin", "2012/03/25/023000", 1332639000),  # an hour that was left out: half past three
        ("Europe/Berlin", "2012/10/28/023000", 1351384200),  # an hour that came twice: the first
    ],
)
def test_stamps_are_local_time(zone, folder, time):
    reading = read(ROOT, file(f"tracs/env/{folder}/env.tar.gz", 5), end("listing", "links", "sidecars"), zone=zone)
    assert ("tarball:C2/tracs/env", "size", time) in values(reading)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (file("repos/env/2012/13/45/161023/env-1.tar.gz"), "its path has an impossible date: month must be in 1..12"),
        (file("repos/env/2032/11/13/161023/env-1.tar.gz"), "its time lies 7305 days in the future"),
        (file("repos/env/1912/11/13/161023/env-1.tar.gz"), "its time lies before 1970"),
        (file("repos/env/env-1.tar.gz"), "its path has no stamp of the layout"),
        (file(TARBALL, mode="a1ff"), "it is no regular file or folder; links are not followed"),
    ],
)
def test_what_makes_no_sense_is_a_fault_and_ends_nothing(entry, reason):
    reading = read(ROOT, entry, file("tracs/env/2012/11/13/161023/env.tar.gz"), end("listing", "links", "sidecars"))
    assert [fault.reason.startswith(reason) for fault in reading.faults] == [True]
    assert ("tarball:C2/tracs/env", "size", STAMP) in values(reading)


@pytest.mark.parametrize("outcome", [Outcome.TOO_LONG, Outcome.TIMED_OUT, Outcome.CUT_OFF])
def test_a_cut_answer_gives_what_is_whole_and_concludes_nothing(outcome):
    cut = file("repos/env/2012/11/12/161023/env-3590.tar.gz")[:-30]
    reading = read(ROOT, file(TARBALL), cut, outcome=outcome)
    assert {metric for _, metric, _ in values(reading)} == {"size", "duration", "transfer"}
    assert reading.states == ()
    missing = f"the answer was cut ({outcome}); the rest is missing: listing, sidecars, links"
    assert reading.faults == (Fault(0, "", missing),)


def test_an_answer_cut_while_archives_were_tested_still_counts():
    reading = read(ROOT, file(TARBALL), end("listing", "links", "sidecars"), verify="newest", outcome=Outcome.TIMED_OUT)
    assert values(reading)["tarball:C2/repos/env", "count", ASKED] == 1
    assert "archive" not in words(reading)
    assert reading.faults == (Fault(0, "", "the answer was cut (timed out); the rest is missing: archives"),)


def test_times_that_no_night_can_take_are_no_durations():
    reading = read(ROOT, file(TARBALL, 5, STAMP + 3 * 86400, STAMP + 9 * 86400), end("listing", "links", "sidecars"))
    assert {o.metric for o in reading.observations} == {"size", "count", "age", "bytes"}


def test_the_fingerprint_is_of_what_lies_there_and_not_of_what_the_sidecar_claims():
    recomputed = f"//M {OTHER}//./{TARBALL}//\n".encode()
    reading = read(
        ROOT, file(TARBALL), end("listing", "links"), SIDECAR, end("sidecars"), recomputed, end("sums"), verify="digest"
    )
    assert words(reading)["fingerprint"] == f"{OTHER} 1000 2012-11-13T08:10:23Z"


DENIED = b"//E////find: './repos/env/2012/11': Permission denied\n"


@pytest.mark.parametrize(
    ("said", "listings"),
    [
        (b"//C//./repos/env/2012/11//\n" + DENIED, {"C2": "whole", "C2/repos/env": "partial repos/env/2012/11"}),
        (DENIED, {"C2": "whole", "C2/repos/env": "partial repos/env/2012/11"}),  # test(1) saw nothing wrong
        (b"//E////find: './repos/env/2012': Input/output error\n", {"C2": "whole", "C2/repos/env": "partial repos/env/2012"}),
        (b"//C//./repos//\n", {"C2": "partial repos"}),
        (b"//C//./repos/env//\n//C//./repos/a\nb//\n//E////find: ./repos/a\n//E////b: Permission denied\n", {"C2": "partial repos/a\\nb", "C2/repos/env": "partial repos/env"}),
    ],
)  # fmt: skip
def test_what_lies_in_a_closed_folder_is_neither_counted_nor_missed(said, listings):
    listed = file("repos/env/2011/11/13/161023/env-1.tar.gz"), file("tracs/env/2012/11/13/161023/env.tar.gz")
    reading = read(ROOT, *listed, said, end("listing", "links", "sidecars"))
    assert {subject for subject, metric, _ in values(reading) if metric == "count"} == {"tarball:C2/tracs/env"}
    found = {
        s.subject.partition(":")[2]: f"{s.value} {s.detail}".strip() for s in reading.states if s.metric == "listing"
    }
    assert found == listings | {"C2/tracs/env": "whole"}
    assert {s.subject for s in reading.states if s.metric != "listing"} == {"tarball:C2/tracs/env"}


@pytest.mark.parametrize(
    ("layout", "path", "closed", "doubtful"),
    [
        ("dated-folders", "2026-11-23/web", "2026-11-24", True),
        ("dated-folders", "2026-11-23/web", "lost+found", False),
        ("dated-files", "web-2026-11-23", "other", False),
        ("rotations", "web", "etc", False),
        ("scm", "a/web/2012/11/13/161023/x", ".snapshot", False),
    ],
)
def test_a_closed_folder_puts_every_item_in_doubt_where_any_may_lie_in_it(layout, path, closed, doubtful):
    listed = file(f"{path}.tar.gz"), f"//C//./{closed}//\n".encode()
    reading = read(ROOT, *listed, end("listing", "links", "sidecars"), layout=layout, asked=2_000_000_000)
    (said,) = {s.value for s in reading.states if (s.subject, s.metric) == ("backups:C2", "listing")}
    counted = "count" in {metric for subject, metric, _ in values(reading) if subject.endswith("web")}
    assert (said == "in doubt", counted) == (doubtful, not doubtful)


def test_a_complaint_that_names_no_folder_puts_every_item_in_doubt():
    complaint = b"//E////find: fts_read: Input/output error\n"
    reading = read(ROOT, file(TARBALL), complaint, end("listing", "links", "sidecars"))
    assert [(s.subject, s.value, s.detail) for s in reading.states] == [("backups:C2", "in doubt", ".")]
    assert "count" not in {metric for _, metric, _ in values(reading)}


def test_a_find_that_lists_nothing_is_never_an_empty_folder():
    reading = read(b"//E////find: unrecognized: -path\n", end("listing", "links", "sidecars"))
    assert reading.observations == reading.states == ()
    assert len(reading.faults) == 2


@pytest.mark.parametrize(
    ("hub", "source", "subject"),
    [("ZZ", "tarballs", "tarball:ZZ/web"), (None, "tarballs", "tarball:web"), (None, "alt", "tarball:alt/web")],
)
def test_subjects_carry_the_hub_or_the_name_of_the_source(hub, source, subject):
    reading = read(ROOT, file("web.tar.gz"), end("listing", "sidecars"), layout="rotations", hub=hub, source=source)
    assert reading.observations[0].subject == subject


def test_rotations_take_the_time_of_modification_and_the_lowest_number_is_the_newest():
    files = file("web.tar.gz", 30, STAMP), file("web.tar.gz.1", 20, STAMP - 9), file("web.tar.gz.10", 10, STAMP - 90)
    reading = read(ROOT, *files, end("listing", "sidecars"), layout="rotations", hub=None)
    assert [(o.metric, o.time, o.value) for o in reading.observations if o.metric == "size"] == [
        ("size", STAMP - 90, 10),
        ("size", STAMP - 9, 20),
        ("size", STAMP, 30),
    ]
    assert words(reading) == {"listing": "whole", "newest": "web.tar.gz", "transfer": "none"}


def test_odd_names_stay_readable_and_can_forge_no_record():
    odd = b"//F 7 1 1 81a4//./repos/a\nF 9 9 9 81a4 b\xff'<script>/2012/11/13/161023/x.tar.gz//\n"
    reading = read(ROOT, odd, end("listing", "links", "sidecars"))
    assert reading.faults == ()
    assert {o.subject for o in reading.observations} == {
        "tarball:C2/repos/a\\nF 9 9 9 81a4 b\\xff'<script>",
        "backups:C2",
    }


def test_more_faults_than_anyone_reads_are_counted():
    reading = read(ROOT, *(file(f"odd{number}.tar.gz") for number in range(150)), end("listing", "links", "sidecars"))
    assert len(reading.faults) == 101
    assert reading.faults[-1] == Fault(0, "", "and 50 more that are not told one by one")


def test_settings_are_checked_with_place_and_mend(tmp_path):
    with pytest.raises(ConfigError) as caught:
        parse(
            """
[[nodes.a.sources]]
kind = "tarballs"
folder = "backup"
pattern = "{file}.gz"
verify = "all"
[[nodes.a.sources]]
kind = "tarballs"
name = "two"
folder = "/b"
layout = "scm"
pattern = "{name}.gz"
""",
            tmp_path / "almanac.toml",
            {},
        )
    assert [line.partition("almanac.toml: ")[2] for line in caught.value.lines] == [
        'line 4: nodes.a.sources[0].folder: expected an absolute path but got "backup"; write one such as /var/scm/backup/cms02',
        "line 5: nodes.a.sources[0].pattern: {name} is missing: it tells which item a tarball is of; write it where the name stands",
        "line 6: nodes.a.sources[0].verify[0]: expected 'newest' or 'digest' but got \"all\"",
        "line 7: nodes.a.sources[1]: layout and pattern exclude each other; remove one",
    ]


PIECES = [ROOT, SIDECAR, file(TARBALL), end("listing"), end("sidecars"), b"//K 0////\n", b"//K x////\n", b"//L//a//b\n",
          b"//A//x//\n", b"//F 1 2 3//a//\n", b"//F 1 99999999999999999999 - zz//a//\n", b"//E////\xff\n", b"//Q////\n", b"//. ////\n",
          b"//", b"\n", b"//F " + b"9" * 400 + b" 1 1 81a4//./repos/env/2012/11/13/161023/x.tar//\n"]  # fmt: skip


@settings(max_examples=300)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=30)), max_size=12),
    st.sampled_from(list(Outcome)),
    st.sampled_from(["scm", "rotations", "dated-files"]),
)
def test_any_bytes_parse_to_a_reading(pieces, outcome, layout):
    reading = read(*pieces, outcome=outcome, layout=layout, locks=("LOCKED",))
    assert isinstance(reading, Reading)
    texts = [v for s in reading.states for v in (s.subject, s.value, s.detail)] + [f.text for f in reading.faults]
    assert all(text.isprintable() for text in texts)
