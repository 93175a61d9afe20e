"""The host: recorded answers of several systems, the probe in every shell, and that no bytes can break the parser."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Answer, Fault, Observation, Outcome, Reading, State
from collector.sources import host

ASKED = 1795490000
LINUX = rb"""uname Linux 6.1.0-18-amd64 x86_64
release PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
release ID=debian
loadavg 0.19 0.38 1.24 2/98 20538
up 86400.50 5472.19
stat cpu  4000 500 300 100000 900 0 100 0 700 0
before 1c8878d3-2e71-43a0-9ef8-af79d8829538 95800 92900
boot 1c8878d3-2e71-43a0-9ef8-af79d8829538
memory MemTotal:       2000 kB
memory MemFree:         500 kB
memory MemAvailable:   1500 kB
memory SwapTotal:         0 kB
memory SwapFree:          0 kB
cpus 2
cpus 2
processes 82
celsius 45500 acpitz
celsius -274000 acpitz
celsius 51000 coretemp Core 0
table disk
Filesystem              1024-blocks     Used Available Capacity Mounted on
udev                         123345        0    123345       0% /dev
/dev/sda1                      1000      300       500      38% /
/dev/sda1                      1000      300       500      38% /var/bind
/dev/sdb1                      2000     2000         0     100% /data/with  two spaces
backup server:/raid 1          4000     1000      3000      25% /mnt/n f s
overlay                        1000      300       500      38% /var/lib/docker/overlay2/x/merged
/dev/loop3                       99       99         0     100% /snap/core/1
proc                              0        0         0       -  /proc
table inodes
Filesystem                Inodes  IUsed    IFree IUse% Mounted on
/dev/sda1                    100     25       75   25% /
/dev/sdb1                      0      0        0     - /data/with  two spaces
end
"""
MAC = b"""uname Darwin 23.1.0 arm64
product 14.1.2
uptime 10:00  up 3 days,  2:11, 2 users, load averages: 1.20 1.30 1.40
started { sec = 1795400000, usec = 5 } Sun Nov 22 22:53:20 2026
bytes 17179869184
cpus 8
processes      412
table disk
Filesystem     1024-blocks      Used Available Capacity  Mounted on
/dev/disk3s1s1       1000        100       300    25%    /
map auto_home           0         0         0   100%    /System/Volumes/Data/home
/dev/disk3s5         1000        600       300    67%    /System/Volumes/Data
/dev/disk3s6         1000          1       300     1%    /System/Volumes/VM
end
"""


def read(body, outcome=Outcome.OK):
    return host.parse(host.Settings(kind="host"), Answer("n", "host", "host", ASKED, outcome, body=body))


def values(reading):
    return {(o.subject, o.metric): (o.value, o.unit) for o in reading.observations}


def test_a_linux_machine_tells_everything():
    reading = read(LINUX)
    assert reading.faults == reading.events == ()
    assert {o.time for o in reading.observations} == {ASKED}
    assert values(reading) == {
        ("host:system", "cpu_ratio"): (0.2, "ratio"),
        ("host:system", "load1"): (0.19, "load"),
        ("host:system", "load5"): (0.38, "load"),
        ("host:system", "load15"): (1.24, "load"),
        ("host:system", "uptime"): (86400.5, "seconds"),
        ("host:system", "cpus"): (2, "count"),
        ("host:system", "processes"): (82, "count"),
        ("host:system", "memory_total"): (2048000, "bytes"),
        ("host:system", "memory_used"): (512000, "bytes"),
        ("host:system", "memory_available"): (1536000, "bytes"),
        ("host:system", "swap_total"): (0, "bytes"),
        ("host:system", "swap_used"): (0, "bytes"),
        ("temperature:acpitz", "temperature"): (45.5, "celsius"),
        ("temperature:coretemp Core 0", "temperature"): (51.0, "celsius"),
        ("disk:/", "size"): (1024000, "bytes"),
        ("disk:/", "used"): (307200, "bytes"),
        ("disk:/", "free"): (512000, "bytes"),
        ("disk:/", "used_ratio"): (0.375, "ratio"),
        ("disk:/", "inodes_ratio"): (0.25, "ratio"),
        ("disk:/data/with  two spaces", "size"): (2048000, "bytes"),
        ("disk:/data/with  two spaces", "used"): (2048000, "bytes"),
        ("disk:/data/with  two spaces", "free"): (0, "bytes"),
        ("disk:/data/with  two spaces", "used_ratio"): (1.0, "ratio"),
        ("disk:/mnt/n f s", "size"): (4096000, "bytes"),
        ("disk:/mnt/n f s", "used"): (1024000, "bytes"),
        ("disk:/mnt/n f s", "free"): (3072000, "bytes"),
        ("disk:/mnt/n f s", "used_ratio"): (0.25, "ratio"),
    }
    assert reading.states == (
        State("host:system", "os", ASKED, "Debian GNU/Linux 12 (bookworm)"),
        State("host:system", "kernel", ASKED, "Linux 6.1.0-18-amd64 x86_64"),
        State("host:system", "boot", ASKED, "1c8878d3-2e71-43a0-9ef8-af79d8829538", "started 2026-11-23 03:13 UTC"),
    )


BOOT = "1c8878d3-2e71-43a0-9ef8-af79d8829538"


@pytest.mark.parametrize(
    ("before", "used"),
    [
        ("", None),
        (f"{BOOT} 105701 100850", None),  # less than a second ago
        (f"{BOOT} 999999 1", None),  # of a time to come
        (f"{BOOT} 104800 100900", 1.0),
        (f"{BOOT} 104800 99900", 0.0),
        (f"{BOOT} 104800 99000", 0.0),  # time spent waiting is known to go back
        (f"{BOOT.replace('1', '2')} 99999999 9", 4900 / 105800),  # since it was started
    ],
)
def test_cpu_use_is_of_the_time_since_the_pass_before(before, used):
    now = LINUX.replace(f"before {BOOT} 95800 92900\n".encode(), b"")
    reading = read((f"before {before}\n".encode() if before else b"") + now)
    assert reading.faults == ()
    assert values(reading).get(("host:system", "cpu_ratio"), (None,))[0] == used
    assert reading.cursor == {"cpu": f"{BOOT} 105800 100900"}


def test_the_pass_before_is_repeated_by_this_machine_and_nothing_else_is(ask):
    first = read(ask(host.probe(host.Settings(kind="host"), {})).stdout)
    boot, *_ = first.cursor["cpu"].split()
    done = ask(host.probe(host.Settings(kind="host"), {"cpu": f"{boot} 5 5"}))
    assert 0 <= values(read(done.stdout))["host:system", "cpu_ratio"][0] <= 1
    assert host.probe(host.Settings(kind="host"), {"cpu": "'; rm -rf /; '"}) == host.probe(
        host.Settings(kind="host"), {}
    )


def test_a_mac_tells_what_it_can_and_the_rest_is_absent():
    reading = read(MAC)
    assert reading.faults == ()
    told = values(reading)
    assert {metric: value for (subject, metric), (value, _) in told.items() if subject == "host:system"} == {
        "load1": 1.2,
        "load5": 1.3,
        "load15": 1.4,
        "uptime": 90000,
        "memory_total": 17179869184,
        "cpus": 8,
        "processes": 412,
    }
    assert {subject for subject, _ in told} == {"host:system", "disk:/", "disk:/System/Volumes/Data"}
    assert [(s.metric, s.value) for s in reading.states] == [
        ("os", "macOS 14.1.2"),
        ("kernel", "Darwin 23.1.0 arm64"),
        ("boot", "1795400000"),
    ]


def test_an_old_kernel_without_memavailable_is_reckoned():
    told = values(
        read(b"memory MemTotal: 10 kB\nmemory MemFree: 2 kB\nmemory Buffers: 1 kB\nmemory Cached: 3 kB\nend\n")
    )
    assert told["host:system", "memory_available"] == (6 * 1024, "bytes")


def test_zones_of_one_type_do_not_overwrite_each_other():
    told = values(read(b"celsius 1000 acpitz\ncelsius 2000 acpitz\nend\n"))
    assert told == {
        ("temperature:acpitz", "temperature"): (1.0, "celsius"),
        ("temperature:acpitz 2", "temperature"): (2.0, "celsius"),
    }


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.TOO_LONG, Outcome.OK])
def test_a_cut_answer_keeps_its_whole_lines_and_says_that_it_was_cut(outcome):
    reading = read(b"cpus 2\nprocesses 8", outcome)  # of 82
    assert reading.observations == (Observation("host:system", "cpus", ASKED, 2.0, "count"),)
    assert reading.faults == (Fault(0, "", f"the answer ends early ({outcome}); what is missing was not told"),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"loadavg nan nan nan", "not what a line of loadavg looks like"),
        (b"up inf", "not what a line of up looks like"),
        (b"online 0-", "not what a line of online looks like"),
        (b"cpus -1", "not what a line of cpus looks like"),
        (b"<script>\x1b[2J", "not a line of this probe"),
        ("cpus ٣".encode(), "not what a line of cpus looks like"),
    ],
)
def test_an_odd_line_is_a_fault_with_its_number_and_costs_only_itself(line, reason):
    reading = read(b"processes 7\n" + line + b"\nend\n")
    assert [(fault.line, fault.reason) for fault in reading.faults] == [(2, reason)]
    assert values(reading) == {("host:system", "processes"): (7, "count")}


@pytest.mark.parametrize(("online", "count"), [("0", 1), ("0-3", 4), ("0-3,6,8-9", 7)])
def test_processors_are_counted(online, count):
    assert values(read(f"online {online}\nend\n".encode()))["host:system", "cpus"] == (count, "count")


def test_a_table_is_of_its_rows_only_however_many_there_are():
    rows = b"".join(b"/dev/%d 10 4 6 40%% /m/%d\n" % (number, number) for number in range(600))
    reading = read(b"table disk\n" + rows + b"table inodes\n/dev/1 lots\nup 5\nend\n")
    assert len({subject for subject, _ in values(reading)}) == 500
    assert [(fault.line, fault.reason) for fault in reading.faults] == [
        (603, "not what a line of inodes looks like"),
        (604, "not what a line of inodes looks like"),
    ]


@pytest.mark.parametrize("mount", ["nas:/raid /n nfs4 rw 0 0", "//nas/raid /n cifs rw 0 0", "x /n ocfs2 rw 0 0"])
def test_what_is_mounted_over_the_network_is_asked_for_after_the_rest(ask, tmp_path, mount):
    (tmp_path / "mounts").write_text(f"/dev/sda1 / ext4 rw 0 0\n{mount}\n")
    text = host.probe(host.Settings(kind="host"), {}).replace("/proc/mounts", str(tmp_path / "mounts"))
    assert ask(text).stdout.count(b"table disk\n") == 2


def test_this_machine_is_told_alike_in_every_shell(ask):
    done = ask(host.probe(host.Settings(kind="host"), {}))
    reading = read(done.stdout)
    assert (done.returncode, done.stderr, reading.faults) == (0, b"", ())
    told = values(reading)
    assert told["host:system", "cpus"][0] == os.cpu_count()
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert told["host:system", "memory_total"][0] == total
    assert 0 < told["host:system", "memory_available"][0] <= total
    root = os.statvfs("/")
    assert told["disk:/", "size"][0] == root.f_blocks * root.f_frsize
    known = {"machine"} if Path("/etc/machine-id").is_file() and Path("/etc/machine-id").read_text().strip() else set()
    assert {state.metric for state in reading.states} == {"os", "kernel", "boot"} | known


def test_a_machine_that_has_no_tools_at_all_tells_what_its_shell_can_read_and_does_not_fail(ask, tmp_path):
    done = ask(host.probe(host.Settings(kind="host"), {}), path=str(tmp_path))
    assert done.returncode == 0
    told = values(read(done.stdout))
    assert {"memory_total", "cpus", "processes", "uptime"} <= {metric for _, metric in told}
    assert {subject for subject, _ in told} <= {"host:system"} | {name for name, _ in told if name.startswith("temp")}


PIECES = [line + b"\n" for line in (LINUX + MAC).splitlines()]
PIECES += [
    b"up 999999999999.9\n",
    b"started 9999999999\n",
    b"celsius 9 \xff\n",
    b"table disk\n",
    b"a 0 0 -1 - /\n",
    b"online 9-1,3\n",
    b"stat cpu  0 0 0 0 0 0 0\n",
    b"before x\n",
    b"boot\n",
    b"up\n",
]


@settings(max_examples=300)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=30)), max_size=15), st.sampled_from(list(Outcome))
)
def test_any_bytes_parse_to_a_reading(pieces, outcome):
    reading = read(b"".join(pieces), outcome)
    assert isinstance(reading, Reading)
    texts = [v for s in reading.states for v in (s.value, s.detail)] + [o.subject for o in reading.observations]
    assert all(text.isprintable() for text in texts)


def test_the_id_of_a_machine_is_told_as_a_hash_only():
    secret = "3d1219c7c4c5404aaa1f6d2a48adfda4"
    states = {one.metric: one.value for one in read(f"machine {secret}\nend\n".encode()).states}
    assert states == {"machine": "b16a2d73f6bf198c669d64edf2d324d3"}
    assert read(b"machine uninitialized\nend\n") == read(b"end\n")
