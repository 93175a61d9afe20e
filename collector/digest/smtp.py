"""Delivery by SMTP (RFC 5321): one connection for all messages, certificates verified, each step within a limit."""

from __future__ import annotations

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable
from types import TracebackType

from collector.config.reports import Mail
from collector.digest.spool import Envelope
from collector.digest.way import Fate, Hand, said


class Smtp:
    """The server of `[mail]`; connects at the first message. Use it in a `with` statement."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Smtp:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server is not None:
            self._server.close()

    def deliver(self, envelope: Envelope, hand: Hand) -> Fate:
        """Delivers one message. Where the server can't be spoken to at all, it is over for this time."""
        try:
            self._server = self._server or self._connected()
        except (OSError, smtplib.SMTPException) as error:
            return Fate("later", self._shut(error), over=True)
        try:
            return self._offer(self._server, envelope, hand)
        except (OSError, smtplib.SMTPException) as error:
            return Fate("later", f"{self._place}: {said(error)}", over=True)

    @property
    def _place(self) -> str:
        return f"{self._mail.host}:{self._mail.listens}"

    def _shut(self, error: Exception) -> str:
        """Why there is no connection, and what to do; never what was sent."""
        match error:
            case smtplib.SMTPAuthenticationError():
                return (
                    f"{self._place}: does not take the login of mail.user: {error.smtp_code} {said(error.smtp_error)}"
                )
            case ssl.SSLError():
                mend = "; its certificate must be signed by whom this machine trusts, or by mail.ca_file"
                return f"{self._place}: {said(error)}{mend if isinstance(error, ssl.SSLCertVerificationError) else ''}"
            case smtplib.SMTPNotSupportedError():
                return f"{self._place}: offers no {self._mail.tls.upper()} or no login; mend [mail] tls and user"
            case OSError(filename=str() as file):
                return f"{file}: can't be read: {error.strerror}; mend [mail]"
            case _:
                return f"{self._place}: {said(getattr(error, 'strerror', None) or error) or type(error).__name__}"

    def _connected(self) -> smtplib.SMTP:
        """A connection that is encrypted as wanted, logged in. Raises OSError, SMTPException."""
        mail = self._mail
        trusted = ssl.create_default_context(cafile=mail.ca_file) if mail.tls != "none" else None
        host, port, limit = mail.host or "", mail.listens, mail.time_limit
        if mail.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=limit, context=trusted)
        else:
            server = smtplib.SMTP(host, port, timeout=limit)
        try:
            if mail.tls == "starttls":
                server.starttls(context=trusted)
            server.ehlo_or_helo_if_needed()
            if mail.user is not None:
                _log_in(server, mail.user, password(mail))
        except BaseException:
            server.close()
            raise
        return server

    def _offer(self, server: smtplib.SMTP, envelope: Envelope, hand: Hand) -> Fate:
        """MAIL, RCPT, DATA. Until the server asks for the message nothing can have arrived."""
        server.rset()
        steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
            lambda: server.mail(self._mail.sender),
            lambda: server.rcpt(envelope.recipient),
            lambda: server.docmd("DATA"),
        )
        for ask in steps:
            code, answer = ask()
            if code >= 400:
                return self._turned_down(code, answer)
        hand(envelope)
        try:
            server.send(_as_data(envelope.message))
            code, answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return Fate("doubtful", f"{self._place}: {said(error)}", over=True)
        return Fate("sent", said(answer)) if code < 400 else self._turned_down(code, answer)

    def _turned_down(self, code: int, answer: bytes) -> Fate:
        return Fate("refused" if code >= 500 else "later", f"{self._place}: {code} {said(answer)}", over=code == 421)


def _log_in(server: smtplib.SMTP, user: str, secret: str) -> None:
    """Logs in. smtplib knows ASCII only; RFC 4616 says how other letters go. Raises SMTPException."""
    if f"{user}{secret}".isascii():
        server.login(user, secret)
        return
    initial = b64encode("\0".join(("", user, secret)).encode()).decode()
    code, answer = server.docmd("AUTH", f"PLAIN {initial}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _as_data(message: str) -> bytes:
    """A message as DATA carries it: a dot doubled where it begins a line, the end marked by a dot alone."""
    lines = re.sub(r"(?m)^\.", "..", message.replace("\r\n", "\n").rstrip("\n")).split("\n")
    return "".join(f"{line}\r\n" for line in [*lines, "."]).encode("ascii")


def password(mail: Mail) -> str:
    """The password, from its file or as given. Raises OSError."""
    if mail.password_file is not None:
        return mail.password_file.read_text(encoding="utf-8", errors="replace").strip("\r\n")
    return mail.password.get_secret_value() if mail.password else ""
