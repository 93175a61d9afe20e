"""Passwords as they are kept: argon2id for Almanac, bcrypt for web servers, which know no argon2.

nginx asks the system's crypt(3), Apache its own library (apr_password_validate). `$2y$` is the one strong form that
both know: libxcrypt and musl read it, and Apache reads it only under this name, not as `$2b$`, which is the same.
Sources: crypt(5) of libxcrypt, "Password Formats" in the manual of Apache 2.4, RFC 9106 (argon2).
"""

from __future__ import annotations

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from collector.model import AlmanacError

SHORTEST = 10
LONGEST = 72
"""Characters at least, and UTF-8 bytes at most: bcrypt reads no more."""
_COST = 8
"""Of bcrypt: web servers hash again at each request, about 13 ms each; a page with its charts is dozens."""


class Unfit(AlmanacError):
    """A password that can't be taken."""


def expect(password: str) -> None:
    """Raises Unfit for a password that is too short, too long, or can't be typed into a browser."""
    if len(password) < SHORTEST:
        raise Unfit(f"The password is too short; take {SHORTEST} characters or more.")
    if len(password.encode("utf-8", "surrogateescape")) > LONGEST:
        raise Unfit(f"The password is too long for web servers; take at most {LONGEST} bytes.")
    if not password.isprintable():
        raise Unfit("The password holds a control character, or is no UTF-8; take what can be typed.")


def hashed(password: str) -> tuple[str, str]:
    """A password, which `expect` has let pass, as argon2id and as bcrypt."""
    web = bcrypt.hashpw(password.encode(), bcrypt.gensalt(_COST)).decode()
    return PasswordHasher().hash(password), f"$2y${web.removeprefix('$2b$')}"


def fits(kept: str, password: str) -> bool:
    """Whether a password is the one of which `kept` is the argon2id."""
    try:
        return PasswordHasher().verify(kept, password.encode("utf-8", "surrogateescape"))
    except (VerificationError, InvalidHashError):
        return False
