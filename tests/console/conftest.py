"""A browser for each module. `console_url` (a real server with the built console) and `users` come from tests/conftest.py.

Playwright's synchronous interface keeps an event loop in the thread: it ends with the module, before others start theirs.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console.people import CHROMIUM, PATIENCE_MS, SWITCHES, Person, Screen, open_context

if not Path(CHROMIUM).is_file():
    pytest.skip("no Chromium at /usr/bin/chromium", allow_module_level=True)


expect.set_options(timeout=PATIENCE_MS)  # what a person waits for; the 5 s it has by itself are a quiet machine's


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield launched
        launched.close()


@pytest.fixture
def person_at(browser: Browser, console_url: str) -> Iterator[Callable[[Screen], Person]]:
    """`person_at(screen)`: somebody with a fresh browser. A script's error or a request to elsewhere fails the test."""
    faults: list[str] = []

    def watched(page: Page) -> Page:
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("request", lambda request: None if _is_ours(request.url, console_url) else faults.append(request.url))
        return page

    contexts = []

    def arrive(screen: Screen) -> Person:
        context = open_context(browser, screen)
        contexts.append(context)
        return Person(watched(context.new_page()), console_url, screen)

    yield arrive
    for context in contexts:
        context.close()
    assert faults == []


def _is_ours(url: str, console_url: str) -> bool:
    return url.startswith((console_url, "data:", "blob:"))
