"""What a person at the console does, in either language: by role and name, as a screen reader would find it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 60_000  # a loaded machine is slow, not wrong

Language = Literal["zh-CN", "en"]

WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh-CN": {
        "user": "用户名", "password": "密码", "sign in": "登录", "map": "地图", "layers": "图层", "in view": "视野内",
        "open": "打开", "close object": "关闭对象", "keys": "快捷键", "filter": "筛选图层", "exercise": "演练数据",
        "offline": "离线", "live": "在线", "object": "对象", "user menu": "用户", "sign out": "退出登录", "room": "一张图",
        "all off": "全部关闭", "in charge": "责任人", "source and version": "第", "print mark": "【演练】", "fit": "全县",
    },
    "en": {
        "user": "User name", "password": "Password", "sign in": "Sign in", "map": "Map", "layers": "Layers",
        "in view": "In view", "open": "Open", "close object": "Close object", "keys": "Keyboard",
        "filter": "Filter layers", "exercise": "Exercise data", "offline": "Offline", "live": "Live", "object": "Object",
        "user menu": "User", "sign out": "Sign out", "room": "Map", "all off": "All off", "in charge": "People in charge",
        "source and version": "Version", "print mark": "[EXERCISE]", "fit": "Whole county",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Screen:
    """A screen and how it is set."""

    width: int
    height: int
    dark: bool
    language: Language

    @property
    def is_phone(self) -> bool:
        return self.width < 768

    @property
    def name(self) -> str:
        return f"{self.width}x{self.height}-{'dark' if self.dark else 'light'}-{self.language}"

    def word(self, key: str) -> str:
        return WORDS[self.language][key]


EVERY_SIZE = ((1920, 1080), (1366, 768), (390, 844))

SCREENS = (
    Screen(1366, 768, dark=False, language="zh-CN"),
    Screen(1920, 1080, dark=True, language="en"),
    Screen(390, 844, dark=False, language="zh-CN"),
    Screen(390, 844, dark=True, language="en"),
)

each_screen = pytest.mark.parametrize(
    "screen", [pytest.param(one, id=one.name, marks=() if one is SCREENS[0] else pytest.mark.slow) for one in SCREENS]
)
"""Daily on a desk by day; the others are slow proofs (test_persons_tasks.py meets every size and theme each day)."""

# Each size by day and by night, the languages in turn.
EVERY_SCREEN = (
    Screen(1920, 1080, dark=False, language="en"),
    Screen(1920, 1080, dark=True, language="zh-CN"),
    Screen(1366, 768, dark=False, language="zh-CN"),
    Screen(1366, 768, dark=True, language="en"),
    Screen(390, 844, dark=False, language="zh-CN"),
    Screen(390, 844, dark=True, language="en"),
)


def open_context(browser: Browser, screen: Screen) -> BrowserContext:
    """A browser of one person, with fixed locale and time zone."""
    context = browser.new_context(
        viewport=ViewportSize(width=screen.width, height=screen.height),
        locale=screen.language,
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if screen.dark else "light",
        has_touch=screen.is_phone,
    )
    context.set_default_timeout(PATIENCE_MS)
    kept = f"{{\"locale\":\"{screen.language}\"}}"
    context.add_init_script(f"if (!localStorage.getItem('anlan.screen')) localStorage.setItem('anlan.screen', '{kept}')")
    return context


class Person:
    """Somebody in front of the console."""

    def __init__(self, page: Page, url: str, screen: Screen) -> None:
        self.page = page
        self.url = url
        self.screen = screen

    def says(self, key: str) -> str:
        return self.screen.word(key)

    def goes_to(self, address: str) -> None:
        # What a person waits for is asked for by each test; the last icon of a busy machine is not.
        self.page.goto(f"{self.url}{address}", wait_until="commit")

    def fills_in(self, username: str, password: str) -> None:
        self.page.get_by_label(self.says("user"), exact=True).fill(username)
        self.page.get_by_label(self.says("password"), exact=True).fill(password)
        self.page.get_by_role("button", name=self.says("sign in"), exact=True).click()

    def signs_in(self, username: str, password: str, address: str = "/map") -> None:
        """Ask for an address, be asked to sign in, and arrive there."""
        self.goes_to(address)
        self.fills_in(username, password)
        self.sees_the_map()

    def sees_the_map(self) -> None:
        """The map is there and nothing is on its way any more."""
        self.page.locator("#map[aria-busy='false']").wait_for()

    def opens_tab(self, key: str) -> None:
        self.page.get_by_role("tab", name=self.says(key), exact=True).click()

    def raises_the_sheet(self) -> None:
        """On a phone: to its highest."""
        sheet = self.page.locator(".sheet")
        while self.screen.is_phone and sheet.get_attribute("data-height") != "full":
            self.page.get_by_role("button", name=re.compile("面板高度|Panel height")).click()

    def layer(self, title: str) -> Locator:
        return self.page.get_by_role("checkbox", name=title)

    def knows(self, path: str) -> Any:
        """What the server tells this person's browser."""
        answer = self.page.request.get(f"{self.url}{path}")
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()

    def title_of(self, layer: Mapping[str, Any]) -> str:
        return str(layer["en" if self.screen.language == "en" else "zh"])
