"""A pass that reports: people are mailed what is wrong, cron is not; what no report is about is still printed."""

import re

from tests.digest.reading import read
from tests.servers.smtp import Mailbox, Server
from tests.system import fleet


def configured(folder, port, text):
    """The small fleet with a node that can't be reached, reporting to a server on that port."""
    file = folder / "almanac.toml"
    written = file.read_text().replace('[nodes.H1]\nreach = "local"', '[nodes.H1]\naddress = "127.0.0.1"\nport = 1')
    mail = f'[mail]\nfrom = "almanac@example.org"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
    file.write_text(f"{written}{mail}{text}")


def test_what_is_wrong_is_mailed_once_and_cron_hears_nothing(tmp_path):
    fleet.make(tmp_path)
    mailbox = Mailbox()
    server = Server(mailbox)
    server.start()
    configured(tmp_path, server.port, '[[reports]]\nto = ["ops@example.org"]\n')
    first, second = fleet.almanac(tmp_path, "nightly"), fleet.almanac(tmp_path, "nightly")
    again = fleet.almanac(tmp_path, "report", "--to", "ops@example.org")
    server.stop()
    assert [(one.returncode, one.stdout, one.stderr) for one in (first, second)] == [(1, "", "")] * 2
    assert (again.returncode, again.stdout) == (0, "ops@example.org: sent\n")
    mails = [read(raw) for _, _, raw in mailbox.received]
    subjects = [re.sub(r"\W+", " ", str(mail.headers["Subject"])) for mail in mails]
    assert subjects == ["1 warning H1 silent"] * 2
    assert mails[1].headers["In-Reply-To"] == mails[0].headers["Message-ID"]


def test_what_no_report_is_about_and_what_was_not_delivered_is_printed(tmp_path):
    fleet.make(tmp_path)
    configured(tmp_path, 1, '[[reports]]\nto = ["sdu@example.org"]\nnode = "SDU"\nwhen = "always"\n')
    done = fleet.almanac(tmp_path, "nightly")
    assert done.returncode == 4
    unreached, problem, undelivered = done.stderr.splitlines()
    assert unreached.startswith("H1: unreachable: ")
    assert problem.startswith("warning: H1: Has never answered: ")
    assert undelivered == (
        "almanac: the report for sdu@example.org waits for the next pass: 127.0.0.1:1: Connection refused"
    )
    shown = fleet.almanac(tmp_path, "report", "--stdout", "--eml", "x.eml")
    assert shown.stdout.startswith("Subject: 1 warning: H1 silent\n\n1 warning\n\nSmall\n")
    assert read((tmp_path / "x.eml").read_bytes()).text == shown.stdout.partition("\n\n")[2]
    wrong = fleet.almanac(tmp_path, "report", "--to", "sdo@example.org")
    assert (wrong.returncode, wrong.stderr.splitlines()[-1]) == (
        2,
        'Error: There is no recipient "sdo@example.org". Did you mean "sdu@example.org"?',
    )
    assert fleet.almanac(tmp_path, "report", "--stdout", "--to", "x\ny").returncode == 2


def test_a_report_that_can_not_be_made_leaves_all_of_it_to_cron(tmp_path):
    fleet.make(tmp_path)
    configured(tmp_path, 1, '[[reports]]\nchannels_file = "channels"\n')
    said = f"almanac: {tmp_path}/channels: can't be read: No such file or directory; "
    checked = fleet.almanac(tmp_path, "check")
    assert (checked.returncode, checked.stderr) == (1, f"{said}correct reports[0].channels_file\n")
    done = fleet.almanac(tmp_path, "nightly")
    assert done.returncode == 4
    *told, last = done.stderr.splitlines()
    assert [line[:16] for line in told] == ["H1: unreachable:", "warning: H1: Has"]
    assert last == f"{said}mend channels_file"
