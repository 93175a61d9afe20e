"""The four roles and what each may do. Pure.

Source: "cesi (Centralized Supervisor Interface)", 1 September 2014: admins do everything; standard users everything but
add or delete users; the others view, with the logs of processes ("Only Log") or without them ("Read Only").
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is."""

    ADMIN = "admin"
    STANDARD = "standard"
    LOG_READER = "log-reader"
    READ_ONLY = "read-only"


class Act(StrEnum):
    """What a person may do, or not."""

    VIEW = "view"
    READ_LOGS = "read-logs"
    HOLD_ALARMS = "hold-alarms"  # acknowledge and silence
    CONTROL = "control"  # start, stop and restart what runs on nodes
    EXCEED_QUOTAS = "exceed-quotas"  # start VMs beyond what their owner may use
    RUN = "run"  # a shell command on nodes
    SWITCH = "switch"  # the published pages, to those of another pass
    MANAGE_USERS = "manage-users"
    MANAGE_NODES = "manage-nodes"
    CHANGE_OWN_PASSWORD = "change-own-password"  # noqa: S105 -- the name of an act


_ALL = frozenset({Act.VIEW, Act.CHANGE_OWN_PASSWORD})
_LOG_READERS = _ALL | {Act.READ_LOGS}

MAY: dict[Role, frozenset[Act]] = {
    Role.ADMIN: frozenset(Act),
    Role.STANDARD: _LOG_READERS | {Act.HOLD_ALARMS, Act.CONTROL, Act.RUN, Act.SWITCH},
    Role.LOG_READER: _LOG_READERS,
    Role.READ_ONLY: _ALL,
}


def allowed(role: Role | None, act: Act) -> bool:
    """Whether a role may do something; who has no role may do nothing."""
    return role is not None and act in MAY[role]
