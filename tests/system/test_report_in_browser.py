"""The HTML part of a report as a mail program shows it: without script, wide, narrow and dark; nothing sticks out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from collector.config import parse
from collector.digest import facts
from collector.digest.desk import Desk
from collector.digest.recipients import everything
from tests.digest.reading import read
from tests.sphinxext.sample_export import write_sample

LOOK = """() => ({
    wide: document.documentElement.scrollWidth - window.innerWidth,
    broken: [...document.images].filter(one => !one.complete || !one.naturalWidth).length,
    shown: document.images.length,
    paper: getComputedStyle(document.body).backgroundColor,
    ink: getComputedStyle(document.querySelector("h1")).color,
    words: document.body.innerText,
})"""


@pytest.fixture(scope="module")
def mail(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("report")
    write_sample(folder / "data/export")
    nodes = "".join(f'[nodes."{name}"]\n' for name in ("SDU", "cms02", "web-2", "H1", "Z9:229", "new-box"))
    config = parse(f'[site]\ndata = "{folder}/data"\nurl = "https://x.example/"\n{nodes}', folder / "almanac.toml", {})
    desk = Desk(config, facts.read(folder / "data/export"), 1795370400)
    return read(desk.sample(everything("ops@example.org")).mail.encode())


@pytest.mark.parametrize(
    ("width", "scheme", "paper"),
    [(1100, "light", "rgb(251, 250, 247)"), (320, "light", "rgb(251, 250, 247)"), (700, "dark", "rgb(22, 23, 26)")],
)
def test_a_report_fits_shows_its_pictures_and_has_its_colours(browser: Browser, mail, width, scheme, paper):
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    context = browser.new_context(**options)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(mail.page, wait_until="load")
    seen = page.evaluate(LOOK)
    context.close()
    assert seen["wide"] <= 0
    assert (seen["broken"], seen["shown"]) == (0, len(mail.pictures))
    assert seen["paper"] == paper
    assert seen["ink"] != paper
    assert "svn/dybsvn" in seen["words"]
    assert "<script>" in seen["words"], "a node's markup is text"
    assert [url for url in asked if not url.startswith("data:")] == [], "nothing is fetched"
