"""Displays that are steered from elsewhere, and menus that are told how they stand: who may, how many, by which words."""

import json

import pytest

from tests.intake.conftest import KITCHEN, TOKEN, fits, refused

STATE = {"screen": "fleet", "paused": False, "turns": ["alarms", "fleet"]}


@pytest.mark.parametrize(
    ("method", "path", "body", "shown", "status"),
    [
        ("POST", "/display/kiosk", {"do": "next"}, None, 401),
        ("POST", "/display/kiosk", {"do": "next"}, "wrong", 403),
        ("POST", "/display/other", {"do": "next"}, TOKEN, 404),
        ("POST", "/display/kiosk", {"do": "next", "screen": "a"}, TOKEN, 422),
        ("POST", "/display/kiosk", {"do": ["next"]}, TOKEN, 422),
        ("POST", "/display/kiosk", {"do": "next", "id": ""}, TOKEN, 422),
        ("POST", "/display/kiosk", {"do": "next", "id": [1]}, TOKEN, 422),
        ("POST", "/display/kiosk", {"do": "show"}, TOKEN, 422),
        ("POST", "/display/kiosk", {"do": "show", "screen": "x" * 201}, TOKEN, 422),
        ("POST", "/display/kiosk", {"do": "show", "screen": 1}, TOKEN, 422),
        ("POST", "/display/kiosk", {"do": "next", "x": "x" * 1000}, TOKEN, 413),
        ("POST", "/display/kiosk", [], TOKEN, 400),
        ("GET", "/display/kiosk/events", b"", None, 401),
        ("GET", "/display/kiosk/events", b"", "wrong", 403),
        ("GET", "/display/other/events", b"", TOKEN, 404),
        ("PATCH", "/display/kiosk", {}, TOKEN, 405),
        ("GET", "/display/kiosk/state", b"", TOKEN, 405),
        ("GET", "/displays", b"", None, 405),
        ("POST", "/displays", {}, None, 403),
        ("POST", "/displays", {"kiosk": "wrong", "other": TOKEN}, None, 403),
        ("POST", "/displays", {"kiosk": [TOKEN]}, TOKEN, 403),
        ("PUT", "/display/kiosk/state", STATE, None, 401),
        ("PUT", "/display/kiosk/state", STATE, "wrong", 403),
        ("PUT", "/display/other/state", STATE, TOKEN, 404),
        ("PUT", "/display/kiosk/state", {}, TOKEN, 422),
        ("PUT", "/display/kiosk/state", STATE | {"paused": 1}, TOKEN, 422),
        ("PUT", "/display/kiosk/state", STATE | {"screen": "x" * 201}, TOKEN, 422),
        ("PUT", "/display/kiosk/state", STATE | {"turns": "fleet"}, TOKEN, 422),
        ("PUT", "/display/kiosk/state", STATE | {"turns": ["fleet", 1]}, TOKEN, 422),
        ("PUT", "/display/kiosk/state", STATE | {"more": 1}, TOKEN, 422),
        ("PUT", "/display/kiosk/state", STATE | {"turns": ["x" * 200] * 100}, TOKEN, 413),
    ],
)
def test_a_display_is_steered_by_its_key_alone_and_by_words_it_knows(desk, method, path, body, shown, status):
    refused(desk('displays = {kiosk = "$TOKEN"}').ask(method, path, body, shown), status)


def test_a_display_has_so_many_listeners_of_whom_who_does_not_read_costs_little(desk):
    shown = desk('listeners = 2\ndisplays = {kiosk = "$TOKEN", "halls/north" = "$TOKEN"}\nrequests = 1000')
    assert shown.config.intake.all_threads == 16
    assert shown.ask("HEAD", "/display/kiosk/events", bearer=TOKEN).status_code == 405
    one, two = (shown.ask("GET", "/display/kiosk/events", bearer=TOKEN) for _ in range(2))
    full = shown.ask("GET", "/display/kiosk/events", bearer=TOKEN)
    refused(full, 503)
    for number in range(100):
        answer = shown.ask("POST", "/display/kiosk", {"do": "show", "screen": str(number)}, TOKEN)
        assert (answer.status_code, answer.json) == (202, {"displays": 2})
    told = [next(one.response) for _ in range(51)]  # the client had taken the comment away before
    assert told == [b": \n\n"] + [
        f'data: {{"do": "show", "screen": "{number}"}}\n\n'.encode() for number in range(50, 100)
    ]
    shown.ask("POST", "/display/kiosk", {"do": "next", "id": "a1"}, TOKEN)
    assert next(one.response) == b'data: {"do": "next", "id": "a1"}\n\n'
    one.close()
    two.close()
    assert shown.ask("POST", "/display/kiosk", {"do": "next"}, TOKEN).json == {"displays": 0}


def test_menus_are_told_how_their_displays_stand_and_that_they_have_gone(desk):
    shown = desk('listeners = 2\ndisplays = {kiosk = "$TOKEN", other = "$KITCHEN"}\nrequests = 1000')

    def ask(method, path, body=b"", key=TOKEN):
        return shown.ask(method, path, body, key)

    def stands(menu):
        told = fits("Standing", json.loads(next(menu.response).removeprefix(b"data: ")))
        return told["display"], told["displays"], told["told"]

    one = ask("POST", "/displays", {"kiosk": TOKEN, "other": TOKEN})
    assert ask("PUT", "/display/kiosk/state", STATE).json == {"menus": 1}  # of one that has gone: nobody learns of it
    assert stands(one) == ("kiosk", 0, None)
    display, other = ask("GET", "/display/kiosk/events"), ask("GET", "/display/other/events", key=KITCHEN)
    assert stands(one) == ("kiosk", 1, None)
    ask("PUT", "/display/kiosk/state", STATE | {"paused": True})
    assert ask("PUT", "/display/kiosk/state", STATE).json == {"menus": 1}
    assert ask("PUT", "/display/other/state", STATE, KITCHEN).json == {"menus": 0}
    assert stands(one) == ("kiosk", 1, STATE)  # what was so before is gone
    both = ask("POST", "/displays", {"other": KITCHEN, "kiosk": TOKEN})
    assert [stands(both), stands(both)] == [("other", 1, STATE), ("kiosk", 1, STATE)]
    refused(ask("POST", "/displays", {"kiosk": TOKEN}), 503)
    display.close()
    other.close()
    assert stands(one) == ("kiosk", 0, None)
    assert [stands(both), stands(both)] == [("kiosk", 0, None), ("other", 0, None)]
    one.close()
    both.close()
    assert ask("PUT", "/display/kiosk/state", STATE).json == {"menus": 0}
    assert ask("POST", "/display/kiosk", {"do": "next"}).json == {"displays": 0}


def test_who_has_the_key_of_a_display_is_not_limited_and_who_guesses_is(desk):
    shown = desk('displays = {kiosk = "$TOKEN"}\nrequests = 3')
    for _ in range(10):
        assert shown.ask("PUT", "/display/kiosk/state", STATE, TOKEN).status_code == 202
        assert shown.ask("POST", "/display/kiosk", {"do": "next"}, TOKEN).status_code == 202
    assert {shown.ask("PUT", "/display/kiosk/state", STATE, "wrong").status_code for _ in range(20)} == {403, 429}
