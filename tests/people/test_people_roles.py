"""The table of the document, role by role and act by act."""

import pytest

from collector.people.roles import Act, Role, allowed

WANTED = {
    #                          admin  standard  log-reader  read-only
    "view":                   (True,  True,     True,       True),
    "read-logs":              (True,  True,     True,       False),
    "hold-alarms":             (True, True, False, False),
    "control":                (True,  True,     False,      False),
    "exceed-quotas":          (True,  False,    False,      False),
    "run":                    (True,  True,     False,      False),
    "switch":                 (True,  True,     False,      False),
    "manage-users":           (True,  False,    False,      False),
    "manage-nodes":           (True,  False,    False,      False),
    "change-own-password":    (True,  True,     True,       True),
}  # fmt: skip
ROLES = ("admin", "standard", "log-reader", "read-only")


def test_every_role_and_act_is_in_the_table():
    assert set(WANTED) == set(Act)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("act", Act)
def test_a_role_may_do_what_the_table_says(act):
    assert tuple(allowed(Role(role), act) for role in ROLES) == WANTED[act]


@pytest.mark.parametrize("act", Act)
def test_who_has_no_role_may_do_nothing(act):
    assert not allowed(None, act)
