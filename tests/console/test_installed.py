"""A newer console while the old one is open: it waits, is announced, and is there after a person takes it.

A copy of the built console is served, so that it can be built "again" while a page is open.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api import console
from api.settings import Settings
from tests.builders import PASSWORD
from tests.conftest import _served
from tests.console.people import SCREENS, Person, Screen

pytestmark = pytest.mark.browser

DESK, _, PHONE, _ = SCREENS
NEWER = "newer"
PersonAt = Callable[[Screen], Person]


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A copy of the built console."""
    return Path(shutil.copytree(console.DIST, tmp_path / "dist"))


@pytest.fixture
def console_url(settings: Settings, dist: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("api.main.ConsoleMount", lambda: console.ConsoleMount(dist))
    with _served(settings) as url:
        yield url


def built_again(dist: Path) -> None:
    """As a new build leaves it: another worker, another page."""
    worker, page = dist / "worker.js", dist / "index.html"
    worker.write_text(re.sub("const VERSION = '[0-9a-f]+'", f"const VERSION = '{NEWER}'", worker.read_text()))
    page.write_text(page.read_text().replace("<head>", f'<head><meta name="build" content="{NEWER}">'))
    assert NEWER in worker.read_text()


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=lambda screen: screen.name)
def test_a_newer_console_waits_is_announced_and_is_there_after_its_button(
    screen: Screen, person_at: PersonAt, dist: Path
) -> None:
    person = person_at(screen)
    page = person.page
    person.signs_in("duty", PASSWORD)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    notice = page.get_by_role("status").filter(has_text="新版")
    expect(notice).to_have_count(0)  # the first visit replaces nothing
    built_again(dist)
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => null)")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="稍后").click()  # nothing is taken from under anybody's hands
    expect(notice).to_have_count(0)
    expect(page.locator("meta[name=build]")).to_have_count(0)
    page.reload()
    expect(notice).to_be_visible()  # a reload alone does not take it
    notice.get_by_role("button").first.click()
    expect(notice).to_have_count(0)
    person.sees_the_map()
    expect(page.locator(f"meta[name=build][content={NEWER}]")).to_be_attached()
    assert page.evaluate("caches.keys()") == [f"shell {NEWER}"]
