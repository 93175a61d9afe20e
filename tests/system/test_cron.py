"""The real crontab, cron and systemd-analyze accept what stands in cron/, and cron runs, logs and mails as it says.

All of it in a mount namespace of its own: no crontab, pid file or mailer of the machine is touched.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.waiting import until

pytestmark = pytest.mark.system

CRON = Path(__file__).parents[2] / "cron"
UNITS = ("almanac.service", "almanac.timer", "almanac-mail.service", "almanac-intake.service")
VENV = Path(sys.executable).parents[1]

PRIVATE = """
set -e
mount --make-rprivate /
cp /usr/sbin/cron {folder}/sbin/cron
mount --bind {folder}/sbin /usr/sbin
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /etc/cron.d
mount --bind /dev/null /etc/crontab
mount -t tmpfs tmpfs /var/spool/cron
install -d -m 1730 -g crontab /var/spool/cron/crontabs
crontab {folder}/crontab
{then}
"""

MAILER = """#!/bin/sh
coming=$(mktemp {folder}/coming/XXXXXX) && cat > "$coming" && mv "$coming" {folder}/mail
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the test's cron finds its crontab and its mailer, and where its mail goes."""
    for name in ("sbin", "coming", "mail"):
        (tmp_path / name).mkdir()
    executable(tmp_path / "sbin/sendmail", MAILER.format(folder=tmp_path))
    return tmp_path


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def private(folder: Path, then: str) -> list[str]:
    return ["unshare", "--mount", "sh", "-c", PRIVATE.format(folder=folder, then=then)]


def every_minute(installation: Path, mail_to: str) -> str:
    """The crontab with what a person edits edited."""
    text = (CRON / "crontab").read_text()
    changes = {
        "\nMAILTO=root\n": f"\nMAILTO={mail_to}\n",
        "\nALMANAC=/srv/almanac\n": f"\nALMANAC={installation}\n",
        "\nLOG=/var/log/almanac\n": f"\nLOG={installation}/log\n",
        "\n16 18 * * *  ": "\n* * * * *  ",
    }
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (installation / "log").mkdir(parents=True)
    return text


@contextmanager
def cron(folder: Path) -> Iterator[None]:
    with subprocess.Popen(private(folder, "exec cron -f")) as daemon:
        try:
            yield
        finally:
            daemon.terminate()


def test_crontab_accepts_the_file(folder: Path) -> None:
    shutil.copy(CRON / "crontab", folder / "crontab")
    listed = subprocess.run(private(folder, "crontab -l"), check=True, capture_output=True, text=True)
    assert listed.stdout == (CRON / "crontab").read_text()


def test_cron_runs_the_line_logs_it_and_mails_only_trouble(folder: Path) -> None:
    well, ill = folder / "an installation that is well", folder / "an installation without a configuration"
    wanted = '"--config $ALMANAC/almanac.toml nightly"'
    executable(well / ".venv/bin/almanac", f'#!/bin/sh\n[ "$*" = {wanted} ] || echo "called with: $*"\n')
    ill.mkdir()
    (ill / ".venv").symlink_to(VENV)
    (folder / "crontab").write_text(every_minute(well, "well@localhost") + every_minute(ill, "ill@localhost"))
    with cron(folder):
        until(lambda: any((folder / "mail").iterdir()) and any((well / "log").iterdir()))
    sentence = f"{ill}/almanac.toml: there is no such file; make one with: almanac init {ill}"
    (log,) = (ill / "log").iterdir()
    assert log.name in {f"nightly-{day}.log" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
    assert sentence in log.read_text()
    (mail,) = (folder / "mail").iterdir()
    head, _, body = mail.read_text().partition("\n\n")
    assert "\nTo: ill@localhost\n" in head
    assert body == log.read_text()
    assert [log.read_text() for log in (well / "log").iterdir()] == [""]


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    executable(tmp_path / "almanac/.venv/bin/almanac", "#!/bin/sh\n")
    units = [tmp_path / name for name in UNITS]
    for unit in units:
        unit.write_text((CRON / unit.name).read_text().replace("/srv/almanac", f"{tmp_path}/almanac"))
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")
