"""What a line of a log says: its time, its level, who wrote it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from collector.sources._lines import Said, said

ASKED = int(datetime(2026, 1, 2, 3, 0, tzinfo=UTC).timestamp())
TAIPEI = timezone(timedelta(hours=8))


def at(*moment):
    return int(datetime(*moment, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Jan  2 10:00:00 h cron[9]: (root) CMD", Said(at(2026, 1, 2, 2), "info", "cron", "(root) CMD")),
        ("Dec 31 08:00:00 h sshd: error: no", Said(at(2025, 12, 31), "error", "sshd", "error: no")),
        ("Feb 29 08:00:00 h a: b", Said(at(2024, 2, 29), "info", "a", "b")),
        ("Feb 31 08:00:00 h a: b", Said(None, "info", "", "Feb 31 08:00:00 h a: b")),
        ("2026-01-02T02:00:00.5+00:00 h systemd[1]: up", Said(at(2026, 1, 2, 2), "info", "systemd", "up")),
        ("2026-01-02T02:00:00Z h a/b[1]: up", Said(at(2026, 1, 2, 2), "info", "b", "up")),
        ("2026-01-02 10:00:00,123 ERROR no disk", Said(at(2026, 1, 2, 2), "error", "", "ERROR no disk")),
        ("[2026-01-02 02:00:00 +0000] [9] [INFO] up", Said(at(2026, 1, 2, 2), "info", "", "[9] [INFO] up")),
        ("<34>Jan  2 10:00:00 h su: no", Said(at(2026, 1, 2, 2), "critical", "su", "no")),
        ("<999>x", Said(None, "info", "", "<999>x")),
        ("2026-99-99 10:00:00 x", Said(None, "info", "", "2026-99-99 10:00:00 x")),
        ("2026-01-03T03:00:00Z Error : x", Said(at(2026, 1, 3, 3), "error", "", "Error : x")),
        ("2026-01-03T03:00:01Z Error : x", Said(ASKED, "error", "", "Error : x")),
        ("9999-12-31 23:59:59 x", Said(ASKED, "info", "", "x")),
        ("Warning : hot", Said(None, "warning", "", "Warning : hot")),
        ("Error : burnt", Said(None, "error", "", "Error : burnt")),
        ('level=fatal msg="x"', Said(None, "critical", "", 'level=fatal msg="x"')),
        ("GET /error HTTP/1.1 200", Said(None, "info", "", "GET /error HTTP/1.1 200")),
        ("no errors were found, no error at all", Said(None, "info", "", "no errors were found, no error at all")),
        (" ", Said(None, "info", "", " ")),
    ],
)
def test_a_line_tells_its_time_level_and_writer(line, wanted):
    assert said(line, ASKED, TAIPEI) == wanted
