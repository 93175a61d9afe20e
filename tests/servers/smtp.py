"""A real SMTP server that keeps what it was sent, with a certificate of its own making; it can be slow, refuse and die."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.ports import free_port
from tests.servers.waiting import PATIENCE

USER, PASSWORD = "almanac", "g3heim & länger"


class Mailbox:
    """What the server does with a message. `refuse`: answers by address; `at_data`: called with each message."""

    def __init__(self) -> None:
        self.received: list[tuple[str, list[str], bytes]] = []
        self.refuse: dict[str, str] = {}
        self.slow = 0.0
        self.dies: str = ""
        self.before_answer: Callable[[], None] = lambda: None

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        await asyncio.sleep(self.slow)
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.append((envelope.mail_from or "", envelope.rcpt_tos, envelope.content))
        self.before_answer()
        if self.dies == "after DATA":
            server.transport.abort()
        return "250 taken"

    @property
    def addresses(self) -> list[str]:
        """Who was sent something, in order."""
        return [address for _, addresses, _ in self.received for address in addresses]


class Authority:
    """A certificate authority made for a test, and the certificate of 127.0.0.1, or another host, that it signed."""

    def __init__(self, folder: Path, name: str = "127.0.0.1") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        key, self.ca = ec.generate_private_key(ec.SECP256R1()), folder / "ca.pem"
        own = ec.generate_private_key(ec.SECP256R1())
        root = _certificate("authority of a test", key, key)
        leaf = _certificate("server", own, key, name)
        self.ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
        chain = folder / "server.pem"
        chain.write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + leaf.public_bytes(serialization.Encoding.PEM)
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain)


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    address: str | None = None,
) -> x509.Certificate:
    now, is_authority = datetime.now(UTC), address is None
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if is_authority:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        made = made.add_extension(usage, critical=True)
    if address is not None:
        name = x509.IPAddress(ip_address(address)) if address[0].isdigit() else x509.DNSName(address)
        made = made.add_extension(x509.SubjectAlternativeName([name]), critical=False)
    return made.sign(signing, hashes.SHA256())


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, secret: Any) -> AuthResult:
    """Lets USER in, with PASSWORD."""
    is_right = isinstance(secret, LoginPassword) and secret == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


class Server(Controller):
    """The server on a free port of 127.0.0.1. `tls`: "none", "starttls" (with login) or "tls"."""

    def __init__(self, mailbox: Mailbox, authority: Authority | None = None, tls: str = "none", port: int = 0) -> None:
        security: dict[str, Any] = {}
        if authority and tls == "starttls":
            security = {
                "tls_context": authority.context,
                "require_starttls": True,
                "authenticator": login,
                "auth_required": True,
            }
        context = authority.context if authority and tls == "tls" else None
        port = port or free_port()
        super().__init__(
            mailbox, hostname="127.0.0.1", port=port, ssl_context=context, ready_timeout=PATIENCE, **security
        )
