"""Reads mails as a mail program does, and shows their HTML in a browser with its pictures."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass(frozen=True)
class Read:
    """A mail: its headers, its two parts, and its pictures by content id."""

    headers: EmailMessage
    text: str
    html: str
    pictures: dict[str, bytes]

    @property
    def page(self) -> str:
        """The HTML with its pictures in it, for a browser."""
        shown = self.html
        for name, picture in self.pictures.items():
            shown = shown.replace(f"cid:{name}", f"data:image/png;base64,{b64encode(picture).decode()}")
        return shown


def read(raw: bytes) -> Read:
    """A mail with both parts."""
    made = message_from_bytes(raw, policy=default)
    assert not [part for part in made.walk() if part.defects]
    text, html = made.get_body(("plain",)), made.get_body(("html",))
    assert text is not None
    assert html is not None
    pictures = {
        part["Content-ID"].strip("<>"): part.get_payload(decode=True)
        for part in made.walk()
        if part.get_content_type() == "image/png"
    }
    return Read(made, text.get_content().replace("\r\n", "\n"), html.get_content(), pictures)
