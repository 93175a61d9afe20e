"""Delivery by this machine's own mailer, called as cron calls it. Its exit status says what became of the message."""

from __future__ import annotations

import os
import subprocess

from collector.config.reports import Mail
from collector.digest.spool import Envelope
from collector.digest.way import Fate, Hand, said


def deliver(mail: Mail, envelope: Envelope, hand: Hand) -> Fate:
    """Hands one message to `mail.sendmail`, within the time limit."""
    program = str(mail.sendmail)
    if not os.access(program, os.X_OK):
        return Fate("later", f"{program}: there is no such program; mend mail.sendmail", over=True)
    hand(envelope)
    try:
        done = subprocess.run(
            [program, "-i", "-f", mail.sender, "--", envelope.recipient],
            input=envelope.message.replace("\r\n", "\n").encode("ascii"),
            capture_output=True,
            timeout=mail.time_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Fate("doubtful", f"{program}: took longer than {mail.time_limit:.0f} s", over=True)
    except OSError as error:
        return Fate("later", f"{program}: {error.strerror}", over=True)
    return _fate(program, done.returncode, said(done.stderr or done.stdout))


def _fate(program: str, status: int, words: str) -> Fate:
    """By sysexits.h: 75 asks to try again, 64 to 68 say that it is in vain; all others may mend themselves."""
    told = f"{program}: exit status {status}{f': {words}' if words else ''}"
    if status == 0:
        return Fate("sent")
    if status < 0:
        return Fate("doubtful", f"{program}: was killed by signal {-status}")
    return Fate("refused" if status in range(os.EX_USAGE, os.EX_NOHOST + 1) else "later", told)
