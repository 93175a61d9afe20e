"""A message is a name and a context: three templates of that name make its subject, its text and its HTML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from collector.digest import words
from collector.export.readings import Chart

Name = Literal["pass"]
UNFOLDED = 200
"""Characters of a header that stays in one line; RFC 5322 lets lines have 998."""


class _Policy(EmailPolicy):
    """Folds no short header: Python does so right after the name, and programs then show a blank before a subject, or
    none. Of a longer one in other letters it loses blanks between the parts that RFC 2047 makes of it."""

    def fold_binary(self, name: str, value: str) -> bytes:
        plain = f"{name}: {value}"
        if plain.isascii() and plain.isprintable() and len(plain) <= UNFOLDED:
            return f"{plain}\r\n".encode("ascii")
        if name == "Subject":
            parts = Header(str(value), "utf-8", header_name=name).encode(linesep="\r\n")
            return f"{name}: {parts}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")
"""Only ASCII goes out, so that any server takes it."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a message. `thread`: ids of the messages before it, the first one first. `at`: UTC seconds."""

    sender: str
    recipient: str
    id: str
    at: int
    thread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A message in words."""

    subject: str
    text: str
    html: str


@cache
def _templates() -> Environment:
    """HTML escapes everything; subject and text hold no markup, and their words are made harmless in the context."""
    made = Environment(
        loader=PackageLoader("collector.digest"),
        autoescape=select_autoescape(["html.jinja"], default=False, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"wrapped": words.wrapped, "table": words.table, "cid": cid}
    return made


@cache
def _inliner() -> css_inline.CSSInliner:
    """Styles go into the elements, as most mail programs want them; what depends on the screen stays in the head."""
    return css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def write(name: Name, context: Any) -> Written:
    """A message in words."""
    subject, text, html = (
        _templates().get_template(f"{name}.{part}.jinja").render(message=context) for part in ("subject", "txt", "html")
    )
    return Written(words.line(subject.strip()), text, _inliner().inline(html))


def mail(head: Head, title: str, written: Written, pictures: dict[str, bytes]) -> EmailMessage:
    """The mail: text first, then HTML with its pictures, by content id."""
    made = EmailMessage(policy=_POLICY)
    domain = head.sender.partition("@")[2]
    made["From"] = Address(display_name=_display(title), addr_spec=head.sender)
    made["To"] = Address(addr_spec=head.recipient)
    made["Subject"] = written.subject
    made["Date"] = format_datetime(datetime.fromtimestamp(head.at, UTC))
    made["Message-ID"] = head.id
    if head.thread:
        made["In-Reply-To"] = head.thread[-1]
        made["References"] = " ".join(head.thread)
    made["Auto-Submitted"] = "auto-generated"
    made["List-Id"] = f"<almanac.{domain}>"
    made.set_content(written.text, cte="quoted-printable")
    made.add_alternative(written.html, subtype="html", cte="quoted-printable")
    for html in made.iter_parts():
        for content_id, picture in pictures.items() if html.get_content_type() == "text/html" else ():
            html.add_related(picture, "image", "png", cid=f"<{content_id}>", disposition="inline")
    return made


def _display(title: str) -> str:
    """A title as a name before an address: without what would need quotes, which Python's `email` loses where it breaks
    a long name into lines."""
    return " ".join("".join(one if one.isalnum() or one == "-" else " " for one in title).split())[:60]


def as_text(made: EmailMessage) -> str:
    """A mail as it goes out, ASCII."""
    return made.as_bytes(policy=_POLICY).decode("ascii")


def message_id(sender: str, *of: str) -> str:
    """A Message-ID: the same for the same pass and recipient."""
    return f"<{sha256(chr(0).join(of).encode()).hexdigest()[:32]}@{sender.partition('@')[2]}>"


def cid(chart: Chart) -> str:
    """The content id of a picture."""
    return f"{sha256(chart.light.encode()).hexdigest()[:20]}@almanac"


def pictures(folder: Path, charts: tuple[Chart, ...]) -> dict[str, bytes]:
    """The pictures of a message by content id; one that can't be read is left out, and its words stand there."""
    found = {}
    for chart in charts:
        try:
            found[cid(chart)] = (folder / chart.light).read_bytes()
        except OSError:
            continue
    return found
