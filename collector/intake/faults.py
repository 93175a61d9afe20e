"""What a request is refused with: problem details, never HTML. Source: RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

TYPE = "application/problem+json"


class Refusal(Exception):
    """A request that is not done. detail: one sentence, what and how to mend.   more: members of its own kind, such as
    `error` and `field`, by which clients of Instance Tracker know it.   headers: such as Retry-After."""

    def __init__(
        self,
        status: int,
        detail: str,
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more, self.headers = status, detail, dict(more or {}), dict(headers or {})


def document(status: int, detail: str, more: Mapping[str, object]) -> dict[str, object]:
    """The body of an answer. Its type is `about:blank`, so that its title is that of the status (RFC 9457, 4.2.1)."""
    return {**more, "type": "about:blank", "title": title(status), "status": status, "detail": detail}


def title(status: int) -> str:
    """The name of a status (RFC 9110, 15)."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
