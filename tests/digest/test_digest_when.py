"""Who is told what and when: news against what each was told, trouble, change, reminders; each what concerns them."""

from __future__ import annotations

import pytest

from collector.config import KEEPER, load
from tests.digest.conftest import tell
from tests.digest.reading import read


def told(mailbox, to="ops@example.org"):
    return [read(raw) for _, addresses, raw in mailbox.received if addresses == [to]]


def report(**keys):
    written = {"to": ["ops@example.org"], **keys}
    lines = [f"{key} = {str(value).lower() if isinstance(value, bool) else value!r}" for key, value in written.items()]
    return "\n".join(["[[reports]]", *lines, ""])


def nobody(_problem):
    return False


def ill(problem):
    return problem["node"] in {"cms02", "web-2"}


def some(problem):
    return problem["node"] != "SDU"


def test_what_is_new_still_wrong_and_recovered_is_told_apart(place, server, mailbox):
    server()
    config = place.configure(report())
    place.night(0, some)
    tell(config, 0)
    place.night(1, lambda one: one["node"] != "cms02")
    tell(config, 1)
    first, second = told(mailbox)
    assert "WHAT IS WRONG" in first.text
    assert "NEW" not in first.text
    _, new, still, recovered = (second.text.split(f"\n{head}\n") for head in ("NEW", "NEW", "STILL WRONG", "RECOVERED"))
    assert " SDU " in new[1].split("STILL WRONG")[0]
    assert "recovered  cms02" in recovered[1]
    assert " SDU " not in still[1].split("RECOVERED")[0]
    assert " new, " in second.headers["Subject"]
    assert " recovered" in second.headers["Subject"]


def test_of_a_node_that_does_not_answer_nothing_is_called_recovered(place, server, mailbox):
    server()
    config = place.configure(report(when="always"))
    place.night(0)
    tell(config, 0)
    place.hide("SDU", [one for one in place.manifest["problems"] if one["node"] == "SDU"])
    place.night(1, some)
    tell(config, 1)
    place.hide("SDU", [])
    place.night(2, some)
    tell(config, 2)
    _, hidden, after = told(mailbox)
    assert "OUT OF SIGHT: THE NODE DOES NOT ANSWER\n\nunknown  SDU" in hidden.text
    assert "RECOVERED" not in hidden.text
    assert "recovered  SDU" in after.text


def test_what_is_less_grave_than_somebody_is_told_of_has_not_recovered(place, server, mailbox):
    server()
    config = place.configure(report(level="critical"))
    place.night(0, ill)
    tell(config, 0)
    grave = [one for one in place.manifest["problems"] if ill(one) and one["level"] == "critical"]
    for one in grave:
        one["level"] = "warning"
    place.night(1, ill)
    assert tell(config, 1).sent == ("ops@example.org",)
    place.night(2, ill)
    assert tell(config, 2).sent == ()
    mail = told(mailbox)[1]
    assert mail.headers["Subject"].startswith(f"nothing new, {len(grave)} better: ")
    assert "BETTER, AND NO LONGER WHAT YOU ARE TOLD OF\n\nwarning  " in mail.text
    assert "RECOVERED" not in mail.text


def test_what_somebody_is_no_longer_told_of_has_not_recovered(place, server, mailbox):
    server()
    place.night(0, ill)
    tell(place.configure(report()), 0)
    place.night(1, ill)
    assert tell(place.configure(report(node="SDU")), 1).sent == ()


def test_problems_of_a_node_that_was_taken_out_of_the_file_have_not_recovered(place, server, mailbox):
    server()
    place.night(0, ill)
    tell(place.configure(report()), 0)
    del place.manifest["nodes"]["cms02"]
    place.night(1, lambda one: one["node"] == "web-2")
    tell(place.configure(report()), 1)
    mail = told(mailbox)[1]
    assert " no longer watched" in mail.headers["Subject"]
    assert "NO LONGER WATCHED: THE NODE IS NOT IN ALMANAC.TOML\n\nunknown  cms02" in mail.text
    assert "RECOVERED" not in mail.text


ACKNOWLEDGED = {
    "kind": "acknowledged", "person": "eva\r\nBcc: x", "note": "a disk is ordered", "since": "2026-11-23T00:00:00Z",
    "until": "2026-12-01T00:00:00Z", "node": None,
}  # fmt: skip


def test_what_is_acknowledged_is_told_apart_and_no_reason_to_write(place, server, mailbox):
    server()
    config = place.configure(report(remind="1d"))
    place.night(0, ill)
    tell(config, 0)
    sick = [one for one in place.manifest["problems"] if ill(one)]
    for one in sick:
        one["held"] = ACKNOWLEDGED
    place.night(1, ill)
    assert tell(config, 1).sent == ()
    assert tell(config, 1).untold == ()
    assert tell(config, 1).nodes == {*place.manifest["nodes"], KEEPER}
    sick[0]["held"] = None
    sick[1]["held"] = {**ACKNOWLEDGED, "kind": "silenced"}
    place.night(2, ill)
    assert tell(config, 2).sent == ("ops@example.org",)
    (_, mail) = told(mailbox)
    assert str(mail.headers["Subject"]).startswith(f"1 critical, 1 silenced, {len(sick) - 2} acknowledged: ")
    held = mail.text.split("ACKNOWLEDGED OR SILENCED")[1]
    assert held.count("acknowledged by eva\\r\\nBcc: x until 2026-12-01") == len(sick) - 2
    assert "STILL WRONG" in mail.text
    assert "NEW" not in mail.text


@pytest.mark.parametrize(
    ("settings", "nights"),
    [
        ({"when": "always"}, [0, 1, 2, 3, 4, 5]),
        ({"when": "trouble"}, [1, 2, 3, 4]),
        ({"when": "change"}, [1, 4]),
        ({"when": "change", "remind": "2d"}, [1, 3, 4]),
    ],
)
def test_a_report_comes_when_it_was_asked_for(place, server, mailbox, settings, nights):
    """Nothing is wrong in nights 0, 4 and 5; from 1 to 3 the same is."""
    server()
    config = place.configure(report(**settings))
    came = []
    for number, keep in enumerate((nobody, ill, ill, ill, nobody, nobody)):
        place.night(number, keep)
        came += [number] if tell(config, number).sent else []
    assert came == nights
    subjects = [str(mail.headers["Subject"]) for mail in told(mailbox)]
    assert any(subject.startswith("all well, ") for subject in subjects)


def test_each_is_told_what_concerns_them(place, server, mailbox):
    server()
    text = report(to=["sdu@x.org"], node="SDU") + report(to=["worst@x.org"], level="critical")
    text += report(to=["both@x.org"], node="SDU") + report(to=["both@x.org"], hub="C2")
    config = place.configure(text)
    done = tell(config)
    problems = place.manifest["problems"]
    (sdu,), (worst,), (both,) = (told(mailbox, f"{who}@x.org") for who in ("sdu", "worst", "both"))
    assert {line.split()[1] for line in sdu.text.splitlines() if line.startswith(("critical ", "warning "))} == {"SDU"}
    assert worst.headers["Subject"].startswith(f"{sum(one['level'] == 'critical' for one in problems)} critical: ")
    assert "warning" not in worst.text.split("You are told")[0]
    assert {"SDU", "C", "H1"} >= {
        line.split()[1] for line in both.text.splitlines() if line.startswith(("critical ", "warning ", "unknown "))
    }
    assert "from level critical on" in worst.text
    assert done.untold == ()


def test_the_people_of_a_hub_are_its_recipients_by_themselves(place, server, mailbox):
    server()
    file = place.configure("").file
    file.write_text(file.read_text().replace("[hubs.ZZ]\n", '[hubs.ZZ]\nemail = ["zz@x.org"]\n'))
    done = tell(load(file))
    assert done.sent == ("zz@x.org",)
    assert done.nodes == {"SDU"}
    assert {one.node for one in done.untold} == {one["node"] for one in place.manifest["problems"]} - {"SDU"}


def test_without_reports_nobody_is_told_and_all_of_it_is_left_to_cron(place):
    done = tell(place.configure(""))
    assert (done.sent, len(done.untold)) == ((), len(place.manifest["problems"]))
    assert place.waiting() == []
