"""Instance Tracker's settings become an almanac.toml that loads and asks the same; nothing in them is executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.config import Config, parse
from collector.importers import ImportRefused, import_files

SAMPLE = """\
SECRET_KEY = 'k3y'
APP_NAME = 'Indico'
BABEL_DEFAULT_TIMEZONE = "Europe/Zurich"
BABEL_DEFAULT_LOCALE = "de_CH"
CRAWLING_ENDPOINTS = [{'url': '/system-info', 'headers': {'Accept': 'application/json', 'X-Key': 'a$b"'}}, {'url': '/stats'}]
CRAWLED_FIELDS_SETTINGS = {
    'python_version': {'label': 'Python', 'chart': True, 'chart_type': 'pie'},
    'users': {'aggregation': 'sum', 'chart': True, 'chart_aggregation': 'avg', 'chart_aggregate_by': 'python_version'},
    'rooms': {'aggregation': None, 'chart_type': 'donut'},
}
SQLALCHEMY_DATABASE_URI = 'postgresql:///tracker'
from datetime import timedelta
CELERYBEAT_SCHEDULE = {'crawl-everything': {'task': 'tracker.crawler.crawl_all', 'schedule': timedelta(hours=12)}}
"""
MINIMAL = "CRAWLING_ENDPOINTS = [{'url': '/s'}]\n"


def imported(tmp_path: Path, text: str) -> str:
    file = tmp_path / "settings.cfg"
    file.write_text(text)
    return import_files([file])


def loaded(text: str, tmp_path: Path) -> Config:
    return parse(text, tmp_path / "almanac.toml", {})


def test_the_settings_of_the_document_load_and_ask_the_same(tmp_path: Path) -> None:
    text = imported(tmp_path, SAMPLE)
    config = loaded(text, tmp_path)
    assert (config.site.title, str(config.site.time_zone), config.site.every) == (
        "Indico Tracker",
        "Europe/Zurich",
        43200.0,
    )
    assert config.instances is not None
    assert (config.instances.locale, "BABEL" in text) == ("de_CH", False)
    first, second = config.instances.endpoints
    assert (first.url, second.url, second.headers) == ("/system-info", "/stats", {})
    assert {name: value.get_secret_value() for name, value in first.headers.items()} == {
        "Accept": "application/json",
        "X-Key": 'a$b"',
    }
    fields = {name: field.model_dump(exclude_unset=True) for name, field in config.instances.fields_.items()}
    assert fields == {
        "python_version": {"label": "Python", "chart": True, "chart_type": "pie"},
        "users": {
            "aggregation": "sum",
            "chart": True,
            "chart_aggregation": "avg",
            "chart_aggregate_by": "python_version",
        },
        "rooms": {"chart_type": "bar"},
    }
    assert "k3y" not in text
    assert "CHECK: rooms was drawn as a bar" in text


def test_what_is_left_out_has_the_old_defaults(tmp_path: Path) -> None:
    config = loaded(imported(tmp_path, MINIMAL), tmp_path)
    assert (config.site.title, str(config.site.time_zone), config.site.every) == ("Instance Tracker", "UTC", 86400.0)
    assert config.instances is not None
    assert config.instances.locale == "en_GB"


@pytest.mark.parametrize("named", ["'xx_YY'", "'de-CH'", "5", "['en_GB']", "'\\n[nodes]'"])
def test_a_locale_that_is_none_is_marked(tmp_path: Path, named: str) -> None:
    text = imported(tmp_path, MINIMAL + f"BABEL_DEFAULT_LOCALE = {named}\n")
    assert "is no locale that Babel knows; en_GB is taken." in text
    assert loaded(text, tmp_path).instances.locale == "en_GB"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os\nos.system('touch {there}')\n", "line 3: is no assignment"),
        ("APP_NAME = __import__('os').system('touch {there}')\n", "line 2: APP_NAME is computed"),
        ("APP_NAME = open('{there}', 'w')\n", "line 2: APP_NAME is computed"),
        ("CELERYBEAT_SCHEDULE = {{'a': {{'schedule': timedelta(open('{there}', 'w'))}}}}\n", "is computed"),
        ("CELERYBEAT_SCHEDULE = {{'a': {{'schedule': crontab(minute=0)}}}}\n", "is computed"),
        ("CELERYBEAT_SCHEDULE = {{'a': {{'schedule': timedelta(days=10**9)}}}}\n", "is computed"),
        ("CRAWLED_FIELDS_SETTINGS = {{**{{}}}}\n", "is computed"),
        ("APP_NAME = (\n", "is no Python"),
        ("CRAWLING_ENDPOINTS = []\n", "CRAWLING_ENDPOINTS: names no endpoint"),
        ("CRAWLING_ENDPOINTS = [{{'url': 'stats'}}]\n", "CRAWLING_ENDPOINTS: number 1: its url or headers"),
        ("CRAWLED_FIELDS_SETTINGS = {{'a': {{'aggregation': 'median'}}}}\n", "CRAWLED_FIELDS_SETTINGS: a: aggregation"),
        ("CRAWLED_FIELDS_SETTINGS = {{'a': 1}}\n", "CRAWLED_FIELDS_SETTINGS: a: is no table"),
    ],
)
def test_what_would_be_executed_or_does_not_fit_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    there = tmp_path / "there"
    with pytest.raises(ImportRefused) as refused:
        imported(tmp_path, MINIMAL + text.format(there=there))
    assert said in str(refused.value)
    assert str(tmp_path / "settings.cfg") in str(refused.value)
    assert not there.exists()
