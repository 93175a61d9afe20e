"""A tree that no web server of ours serves, straight from the disk, is as strict as one that is served."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.sphinxext.sphinx_site import Project
from tests.sphinxext.status_site import build, status_site
from tests.system.browsing import until

pytestmark = pytest.mark.system

INTRUDER = """() => {
  const script = document.createElement("script");
  script.textContent = "window.intruded = true";
  document.body.append(script);
  const image = new Image();
  image.src = "https://elsewhere.invalid/pixel.png";
  document.body.append(image);
  document.body.setAttribute("style", "color: red");
  return [window.intruded ?? false, getComputedStyle(document.body).color];
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = status_site(tmp_path_factory.mktemp("policy"))
    assert build(made) == ""
    return made


def test_from_the_disk_pages_are_whole_and_nothing_else_runs(site: Project, browser: Browser) -> None:
    page, said, asked = browser.new_page(), list[str](), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site.out() / "nodes/SDU.html").as_uri())
    assert said == []
    assert all(address.startswith("file:") for address in asked)
    assert page.locator(".state").first.evaluate("one => getComputedStyle(one).display.endsWith('flex')")
    assert "ago" in page.locator(".when").inner_text()
    intruded, colour = page.evaluate(INTRUDER)
    assert not intruded
    assert colour != "rgb(255, 0, 0)"
    until(page, lambda: len([words for words in said if "Content Security Policy" in words]) >= 3)
    assert len([words for words in said if "Content Security Policy" in words]) == 3
    page.close()


def test_search_engines_are_told_to_keep_away(site: Project) -> None:
    assert (site.out() / "robots.txt").read_text() == "User-agent: *\nDisallow: /\n"
    for file in site.out().rglob("*.html"):
        assert '<meta name="robots" content="noindex, nofollow">' in file.read_text(encoding="utf-8"), file


def test_the_policy_stands_before_all_that_it_is_for(site: Project) -> None:
    for file in site.out().rglob("*.html"):
        before, policy, _ = file.read_text(encoding="utf-8").partition('<meta http-equiv="Content-Security-Policy"')
        assert policy
        assert "<link" not in before and "<script" not in before, file


def test_a_site_of_one_s_own_may_have_another_policy_or_none(site: Project) -> None:
    options = {"robots": "", "content_security_policy": "img-src *"}
    settings = {"almanac_export": str(site.export), "html_theme_options": options}
    assert site.build(out="open", **settings) == ""
    page = site.page(out="open")
    assert 'content="img-src *"' in page
    assert "robots" not in page
