"""Where the reports of a pass are written and sent from, and what each recipient was told is noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from collector.config import Config
from collector.digest import FOLDER, channels, message, period, sendmail
from collector.digest.context import Context, context, of_period
from collector.digest.due import is_due
from collector.digest.facts import Facts
from collector.digest.news import News, news
from collector.digest.recipients import Reach, Recipient
from collector.digest.smtp import Smtp
from collector.digest.spool import Envelope, Spool
from collector.digest.told import Memory, Told, as_told
from collector.digest.way import Fate
from collector.model import AlmanacError

GIVE_UP = 3 * 86400
"""Seconds that a message to a channel is tried again where there is no `[mail]` to say."""
THREAD = 10
"""So many messages before it are named in a message."""


class Undelivered(AlmanacError):
    """A report did not reach somebody; what is recorded and published is whole."""

    exit_status = 4


class Sample(NamedTuple):
    """What somebody would be told: the whole mail, and its subject and text alone."""

    mail: str
    text: str


class Desk:
    """The reports of a pass, from what they tell to what became of them."""

    def __init__(self, config: Config, told: Facts, now: int) -> None:
        self._config, self._facts, self._now = config, told, now
        folder = config.site.data / FOLDER
        self._memory, self._spool = Memory(folder / "told"), Spool(folder)
        self.complaints: list[Undelivered] = []

    @property
    def _began(self) -> int:
        """When the pass that is told of began."""
        night = self._facts.manifest.last_pass
        return int(datetime.fromisoformat(night.started).timestamp()) if night else self._now

    def compose(self, recipient: Recipient, due: bool = False) -> None:
        """Puts a recipient's report into the spool, if it is due."""
        before = self.before(recipient)
        fresh = self.news(recipient, before)
        id = self.message_id(recipient)
        if before is not None and id in (before.message, before.doubtful):
            return
        if due or is_due(self._config, recipient.reports, fresh, before, self._began):
            self._spool.put(self._envelope(recipient, fresh, before, id))
        elif before is None:
            self._memory.keep(recipient.name, Told(self._began, problems=tuple(map(as_told, fresh.wrong))))

    def compose_period(self, recipient: Recipient, kind: period.Kind, due: bool = False) -> None:
        """Puts a recipient's report of the last week or month into the spool, if it is due: in the first pass after it.
        Whoever has just begun to ask for it is told of the next one."""
        past = period.last(kind, self._began, self._config.site.time_zone)
        known = self._memory.of(recipient.name)
        told = known.periods.get(kind) if known else None
        id = message.message_id(self._sender, kind, past.name, recipient.name)
        if told == past.name or any(one.id == id for one in self._spool.waiting()):
            return
        if not due and told is None:
            self._memory.note(recipient.name, (kind, past.name))
            return
        said = of_period(self._config, self._facts, recipient, past)
        head = message.Head(self._sender, recipient.name, id, self._now)
        self._spool.put(replace(self._enveloped(recipient, head, said, known or Told(0)), period=(kind, past.name)))

    def sample(self, recipient: Recipient, kind: period.Kind | None = None) -> Sample:
        """What a recipient would be told now, or of the last week or month; nothing is noted."""
        before = self.before(recipient)
        thread = before.thread if before and kind is None else ()
        if kind is None:
            said = context(self._config, self._facts, recipient, self.news(recipient, before))
        else:
            past = period.last(kind, self._began, self._config.site.time_zone)
            said = of_period(self._config, self._facts, recipient, past)
        head = message.Head(self._sender, recipient.name, self.message_id(recipient), self._now, thread)
        written = message.write("pass", said)
        return Sample(self._mail(head, said), f"Subject: {written.subject}\n\n{written.text}")

    def before(self, recipient: Recipient) -> Told | None:
        """What a recipient was told last, or will have been by what waits in the spool."""
        waiting = [one.told for one in self._waiting_for(recipient) if one.period is None]
        return waiting[-1] if waiting else self._memory.of(recipient.name)

    def _waiting_for(self, recipient: Recipient) -> list[Envelope]:
        return [one for one in self._spool.waiting() if one.recipient == recipient.name]

    def news(self, recipient: Recipient, before: Told | None) -> News:
        """What is news to a recipient."""
        return news(self._facts, [Reach(self._config, report) for report in recipient.reports], before)

    def message_id(self, recipient: Recipient) -> str:
        """The same for the same pass and recipient."""
        return message.message_id(self._sender, "pass", str(self._began), recipient.name)

    @property
    def _sender(self) -> str:
        return self._config.mail.sender if self._config.mail else "almanac@localhost"

    def _envelope(self, recipient: Recipient, fresh: News, before: Told | None, id: str) -> Envelope:
        said = context(self._config, self._facts, recipient, fresh)
        thread = before.thread if before and before.problems else ()
        head = message.Head(self._sender, recipient.name, id, self._now, thread)
        kept = (*map(as_told, fresh.wrong), *fresh.hidden, *fresh.known)
        told = Told(self._began, id, (*thread[:1], *thread[1:][-THREAD:], id), kept)
        return self._enveloped(recipient, head, said, told)

    def _enveloped(self, recipient: Recipient, head: message.Head, said: Context, told: Told) -> Envelope:
        if recipient.channel is not None:
            written = message.write("pass", said)
            return Envelope(recipient.name, head.id, self._now, told, written.text, written.subject)
        return Envelope(recipient.name, head.id, self._now, told, self._mail(head, said))

    def _mail(self, head: message.Head, said: Context) -> str:
        pictures = message.pictures(self._facts.folder, said.charts)
        return message.as_text(message.mail(head, said.title, message.write("pass", said), pictures))

    def settle_doubts(self) -> None:
        """What was being handed over when a pass ended may have arrived: it is not sent again."""
        for envelope in [one for one in self._spool.waiting() if one.state == "handed"]:
            if self._is_told(envelope):
                self._spool.take(envelope)
            else:
                self._doubt(envelope, "the pass ended while it was being handed over")

    def _is_told(self, envelope: Envelope) -> bool:
        """Whether it was answered for, and only not yet taken out."""
        before = self._memory.of(envelope.recipient)
        if before is None or envelope.period is None:
            return before is not None and before.message == envelope.id
        kind, name = envelope.period
        return before.periods.get(kind) == name

    def _doubt(self, envelope: Envelope, reason: str) -> None:
        before = self._memory.of(envelope.recipient) or Told(0)
        if envelope.period:
            self._memory.note(envelope.recipient, envelope.period)
        else:
            self._memory.keep(envelope.recipient, replace(before, doubtful=envelope.id))
        self._spool.take(envelope)
        self._complain(
            f"the report for {envelope.recipient} may not have arrived: {reason}; it is not sent again, and the next"
            f" one tells all that it told (Message-ID {envelope.id})"
        )

    def _complain(self, sentence: str) -> None:
        self.complaints.append(Undelivered(sentence))

    def deliver(self, people: Sequence[Recipient]) -> Iterator[str]:
        """Hands over all that waits, the oldest first; yields who was sent something. A way that is shut is not tried
        again in this pass."""
        known = {one.name: one for one in people}
        shut: set[bool] = set()
        with ExitStack() as stack:
            smtp = stack.enter_context(Smtp(self._config.mail)) if self._config.mail else None
            for envelope in list(self._spool.waiting()):
                recipient = known.get(envelope.recipient)
                by_mail = "@" in envelope.recipient
                if by_mail in shut:
                    continue
                fate = self._hand_over(envelope, recipient, smtp)
                if fate.over:
                    shut.add(by_mail)
                if self._settle(envelope, fate):
                    yield envelope.recipient

    def _hand_over(self, envelope: Envelope, recipient: Recipient | None, smtp: Smtp | None) -> Fate:
        mail = self._config.mail
        if "@" not in envelope.recipient:
            if recipient is None or recipient.channel is None:
                return Fate("refused", "no channel of almanac.toml is it any longer")
            return channels.deliver(recipient.channel, envelope, self._spool.hand)
        if mail is None or smtp is None:
            return Fate("refused", "there is no [mail] any longer")
        return (
            sendmail.deliver(mail, envelope, self._spool.hand)
            if mail.sendmail
            else smtp.deliver(envelope, self._spool.hand)
        )

    def _settle(self, envelope: Envelope, fate: Fate) -> bool:
        """Notes what became of a message; whether it was sent."""
        match fate.word:
            case "sent":
                self._remember(envelope)
                self._spool.take(envelope)
            case "doubtful":
                self._doubt(envelope, fate.reason)
            case "refused":
                self._spool.take(envelope)
                self._complain(f"the report for {envelope.recipient} was refused: {fate.reason}")
            case "later":
                self._put_off(envelope, fate.reason)
        return fate.word == "sent"

    def _remember(self, envelope: Envelope) -> None:
        if envelope.period:
            self._memory.note(envelope.recipient, envelope.period)
            return
        before = self._memory.of(envelope.recipient)
        periods = before.periods if before else {}
        self._memory.keep(envelope.recipient, replace(envelope.told, periods=periods))

    def _put_off(self, envelope: Envelope, reason: str) -> None:
        limit = self._config.mail.give_up if self._config.mail else GIVE_UP
        days = limit / 86400
        if self._now - envelope.made >= limit:
            self._spool.take(envelope)
            self._complain(f"the report for {envelope.recipient} is given up after {days:g} days: {reason}")
            return
        self._spool.put(replace(envelope, state="ready", tries=envelope.tries + 1, reason=reason))
        self._complain(f"the report for {envelope.recipient} waits for the next pass: {reason}")
