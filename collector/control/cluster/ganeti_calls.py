"""What is wanted, as requests to Ganeti's RAPI. Pure.

Where a resource takes both, what is checked only (`dry-run`) and forced stands in the query, all else in the body.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from collector.control.cluster.orders import Step, Wish

Call = tuple[str, str, str]
"""Method, path with its query, and body."""
_ROLES = {"candidate": "master-candidate"}
_WHICH = {"primary": "primary-only", "copies": "secondary-only"}
"""Ganeti knows a third, for both at once, and refuses it always."""


def call(step: Step) -> Call:
    """The request for a step."""
    wish = step.wish
    what = "instances" if step.kind == "vm" else "nodes"
    base = f"/2/{what}/{quote(step.name, safe='')}"
    method, name, query, body = _of_vm(wish) if step.kind == "vm" else _of_host(wish)
    asked = urlencode({key: value for key, value in query.items() if value})
    return method, f"{base}/{name}{f'?{asked}' if asked else ''}", "" if body is None else json.dumps(body)


def ask_console(vm: str) -> Call:
    """The request for how a VM's console is opened."""
    return "GET", f"/2/instances/{quote(vm, safe='')}/console", ""


def _of_vm(wish: Wish) -> tuple[str, str, dict[str, Any], Any]:
    checks = {"dry-run": int(wish.rehearse)}
    match wish.action:
        case "start":
            return "PUT", "startup", {**checks, "force": int(wish.force)}, None
        case "stop":
            return "PUT", "shutdown", checks, {} if wish.grace is None else {"timeout": wish.grace}
        case "reboot":
            kind = {"type": "soft" if wish.soft else "hard"}
            return "POST", "reboot", {**kind, **checks}, None
        case "reinstall":
            return "POST", "reinstall", {}, {"start": wish.start, **_given(os=wish.system)}
    mode = "non-live" if wish.cold else ""
    moved = _given(mode=mode, target_node=wish.target, iallocator=wish.allocator, allow_failover=wish.failover)
    return "PUT", "migrate", {}, moved


def _of_host(wish: Wish) -> tuple[str, str, dict[str, Any], Any]:
    match wish.action:
        case "role":
            return (
                "PUT",
                "role",
                {"force": int(wish.force), "auto-promote": int(wish.promote)},
                _ROLES.get(wish.role, wish.role),
            )
        case "migrate":  # any query would make it ignore the body
            mode = "non-live" if wish.cold else ""
            return "POST", "migrate", {}, _given(mode=mode, target_node=wish.target, iallocator=wish.allocator)
    where = _given(remote_node=wish.target, iallocator=wish.allocator)
    return "POST", "evacuate", {"dry-run": int(wish.rehearse)}, {"mode": _WHICH[wish.which], **where}


def _given(**words: object) -> dict[str, object]:
    """Those that say something."""
    return {key: value for key, value in words.items() if value}
