"""Pictures of every room of the console, empty, as usual and on the worst night, for a look before a release.

    python -m tests.console.pictures http://127.0.0.1:8000 admin PASSWORD docs/screens [SCENE …] [--sizes 1366x768,…] [--every]

An administrator's eyes see every page, a viewer's the one that is not for everybody. A scene that this server or this user
cannot see (no county without rows, say) is told and left out.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Error, Locator, sync_playwright

from tests.console.people import CHROMIUM, EVERY_SIZE, SWITCHES, Language, Person, Screen, open_context

SCENE_PATIENCE_MS = 15_000
CROWD_ROWS = 20_000
QUALITY = 55  # JPEG: a map with hillshade stays under 300 kB, and its names stay sharp
VALLEY = "at=13/36.405/111.09"
DANGERS = "layers=geohazards,risk_zones,flash_flood_zones,mines,rescue_teams,shelters,roads"
LAYER = "geohazards"
LONG_NAME = "汛期二十四小时值守用:城关镇及沿昕水河各村地质灾害隐患点与避灾安置场所"
SYSTEM_PAGES = ("users", "sign-ins", "layers", "packs", "thresholds", "audit", "state", "account", "help")

Scene = Callable[[Person], None]


class NotHere(Exception):
    """This server, this user or this screen cannot show the scene."""


def two_ways(person: Person, zh: str, en: str) -> str:
    return en if person.screen.language == "en" else zh


def press(person: Person, zh: str, en: str, *, exact: bool = True) -> None:
    person.page.get_by_role("button", name=two_ways(person, zh, en), exact=exact).first.click()


def arrive(person: Person, address: str) -> None:
    person.goes_to(address)
    person.sees_the_map()


def desk_only(person: Person) -> None:
    if person.screen.is_phone:
        raise NotHere("a scene of the desk")


def phone_only(person: Person) -> None:
    if not person.screen.is_phone:
        raise NotHere("a scene of the phone")


def first(person: Person, layer: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = person.knows(f"/ogc/collections/{layer}/items?limit=1")["features"]
    if not found:
        raise NotHere(f"{layer} is empty")
    return found[0]


def home_county(person: Person) -> dict[str, Any]:
    counties: list[dict[str, Any]] = person.knows("/api/counties")
    return next(
        (one for one in counties if one["code"] == first(person, LAYER)["properties"]["admin_code"][:6]), counties[0]
    )


def beside(one: dict[str, Any], layer: str, zoom: int = 14) -> str:
    lon, lat = one["geometry"]["coordinates"][:2]
    return (
        f"/map?county={one['properties']['admin_code'][:6]}&{DANGERS}&at={zoom}/{lat}/{lon}&chosen={layer}/{one['id']}"
    )


def object_of(person: Person) -> Locator:
    return person.page.get_by_role("article", name=person.says("object"))


def open_tools(person: Person) -> None:
    if person.screen.is_phone:
        press(person, "打开工具", "Open tools")


# -- as usual ----------------------------------------------------------------------------------------------------------


def sign_in(person: Person) -> None:
    person.page.context.clear_cookies()
    person.goes_to("/map")
    person.page.get_by_role("button", name=person.says("sign in"), exact=True).wait_for()


def county(person: Person) -> None:
    arrive(person, f"/map?county={home_county(person)['code']}")


def valley(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")


def popup(person: Person) -> None:
    desk_only(person)
    mine = first(person, "mines")
    arrive(person, beside(mine, "mines").partition("&chosen")[0])
    person.page.get_by_role("application", name=person.says("map")).click()
    person.page.get_by_text(mine["properties"]["name"]).first.wait_for()


def inspector(person: Person) -> None:
    arrive(person, beside(first(person, LAYER), LAYER))
    object_of(person).get_by_role("definition").first.wait_for()


def near(person: Person) -> None:
    inspector(person)
    object_of(person).get_by_role("tab", name=two_ways(person, "附近", "Near")).click()
    object_of(person).get_by_role("listitem").get_by_role("button").first.wait_for()


def history(person: Person) -> None:
    inspector(person)
    object_of(person).get_by_role("tab", name=two_ways(person, "历史", "History")).click()
    object_of(person).get_by_role("listitem").first.wait_for()


def search(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    person.page.keyboard.press("/")
    person.page.keyboard.type("pcz")
    person.page.get_by_role("listbox", name=two_ways(person, "搜索结果", "Search results")).get_by_role(
        "option"
    ).first.wait_for()


def layers(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    person.raises_the_sheet()
    person.page.get_by_text(two_ways(person, "次序与不透明度", "Order and opacity")).click()


def a_moment_ago() -> str:
    return (datetime.now(UTC) - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")


def past(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}&as_of={a_moment_ago()}")
    press(person, "历史时刻", "Past moment")
    person.page.get_by_role("slider", name=two_ways(person, "时刻", "Moment")).wait_for()
    person.sees_the_map()


def compare(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    press(person, "对比两个时刻", "Compare two moments")
    person.page.get_by_role("application", name=two_ways(person, "当时的地图", "Map then")).wait_for()
    person.sees_the_map()


def measure(person: Person) -> None:
    desk_only(person)
    draw(person, "p", ((-200, 120), (0, 0), (210, -90)))
    person.page.keyboard.press("Enter")
    person.page.get_by_role("img", name=re.compile("剖面图|Profile")).wait_for()


def draw(person: Person, key: str, corners: Sequence[tuple[int, int]]) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    area = person.page.locator("#map").bounding_box()
    assert area is not None
    person.page.keyboard.press(key)
    for right, down in corners:
        person.page.mouse.click(area["x"] + area["width"] / 2 + right, area["y"] + area["height"] / 2 + down)


def inside(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    open_tools(person)
    press(person, "选乡镇", "Select a township")
    choice = person.page.get_by_role("combobox", name=two_ways(person, "乡镇", "Township"), exact=True)
    choice.locator("option").nth(1).wait_for(state="attached")
    choice.select_option(index=1)
    person.page.locator(".main-figure").wait_for()


def base_maps(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}&base=terrain&grid=1")
    open_tools(person)
    press(person, "底图与网格", "Base map and grid")


def views(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    press(person, "视图与分享", "Views and sharing")
    panel = person.page.get_by_role("dialog", name=two_ways(person, "视图", "Views"))
    for name in (two_ways(person, "汛期值守", "Flood season watch"), LONG_NAME):
        panel.get_by_role("textbox").first.fill(name)
        person.page.keyboard.press("Enter")
        panel.get_by_role("button", name=re.compile(name)).first.wait_for()


def no_views(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    press(person, "视图与分享", "Views and sharing")
    panel = person.page.get_by_role("dialog", name=two_ways(person, "视图", "Views"))
    panel.locator("li, .state-note").first.wait_for()
    remove = panel.get_by_role("button", name=two_ways(person, "删除", "Delete"))
    while left := remove.count():
        remove.first.click()
        remove.nth(left - 1).wait_for(state="detached")
    if panel.locator("li").count():
        raise NotHere("others share views here")


def keys(person: Person) -> None:
    desk_only(person)
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    person.page.keyboard.press("?")
    person.page.get_by_role("dialog", name=person.says("keys")).wait_for()


def paper(person: Person) -> None:
    desk_only(person)
    arrive(person, f"/map?county={home_county(person)['code']}")
    person.page.emulate_media(media="print")
    person.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    person.sees_the_map()


def data(person: Person, query: str = "") -> None:
    person.goes_to(f"/data/{LAYER}?county={home_county(person)['code']}&layers={LAYER}{query}")
    person.page.locator(".data-room .count").filter(has_text=re.compile(r"\d")).wait_for()
    person.page.locator("#row-0, .cards li, .state-note, .chart").first.wait_for()


def data_filter(person: Person) -> None:
    data(person, f"&filter={quote('threat_people >= 30')}")
    press(person, "筛选", "Filter")
    person.page.locator(".condition").first.wait_for()


def data_charts(person: Person) -> None:
    data(person, "&pane=charts")
    person.page.locator(".data-room table").first.wait_for()


def data_columns(person: Person) -> None:
    data(person)
    press(person, "列", "Columns")


def data_export(person: Person) -> None:
    data(person)
    press(person, "导出", "Export")


def data_bulk(person: Person) -> None:
    desk_only(person)
    data(person, f"&filter={quote('threat_people >= 30')}")
    person.page.get_by_role("grid").focus()
    for key in ("ArrowDown", "Space", "Shift+ArrowDown", "Shift+ArrowDown"):
        person.page.keyboard.press(key)
    press(person, "批量修改", "Change many")
    pane = person.page.get_by_role("region", name=two_ways(person, "批量修改", "Change many"), exact=True)
    pane.get_by_role("combobox").select_option("note")
    pane.get_by_role("textbox").fill(two_ways(person, "汛前已检查", "checked before the floods"))
    press(person, "预览", "Preview")
    pane.get_by_role("row").nth(1).wait_for()


def data_paper(person: Person) -> None:
    desk_only(person)
    data(person)
    person.page.emulate_media(media="print")
    person.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")


def edit(person: Person) -> None:
    inspector(person)
    press(person, "编辑", "Edit")
    person.page.locator(".edit-panel").get_by_role(
        "button", name=two_ways(person, "保存", "Save"), exact=True
    ).wait_for()


def townships(person: Person) -> None:
    person.goes_to("/township")
    person.page.locator(".home li a, .home h2").first.wait_for()


def township(person: Person) -> None:
    own = quote(f"admin_code LIKE '{home_county(person)['code']}%'")
    found = person.knows(f"/ogc/collections/townships/items?limit=1&properties=code&filter={own}")["features"]
    code = found[0]["properties"]["code"]
    person.goes_to(f"/township/{code}")
    person.page.locator(".home .total").first.wait_for()
    person.sees_the_map()


def system_page(name: str) -> Scene:
    def page(person: Person) -> None:
        person.goes_to(f"/system/{name}")
        person.page.locator(".sys h2").first.wait_for()
        person.page.locator(".el-skeleton").first.wait_for(state="detached")

    return page


def analyses(person: Person) -> None:
    person.goes_to(f"/analysis?county={home_county(person)['code']}")
    person.raises_the_sheet()
    person.page.locator(".analysis .choices button").first.wait_for()


def analysis_form(person: Person) -> None:
    person.goes_to(f"/analysis/zones?county={home_county(person)['code']}")
    person.page.locator(".analysis .form").wait_for()


def answer_of(person: Person, process: str) -> None:
    """An analysis run with what its form begins with."""
    person.goes_to(f"/analysis/{process}?county={home_county(person)['code']}&layers=")
    press(person, "计算", "Run")
    person.page.locator(".analysis .answer .figures").first.wait_for()
    press(person, "看全部", "Show all")
    person.sees_the_map()


def analysis_cut_off(person: Person) -> None:
    answer_of(person, "cut_off")


def analysis_coverage(person: Person) -> None:
    answer_of(person, "coverage")


def analysis_paper(person: Person) -> None:
    desk_only(person)
    answer_of(person, "coverage")
    person.page.emulate_media(media="print")
    person.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")


def here(person: Person) -> None:
    """What is here: by the right button, or by a finger that stays."""
    desk_only(person)
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    person.page.get_by_role("application", name=person.says("map")).click(button="right")
    person.page.get_by_role("list", name=two_ways(person, "最近的和负责的", "Nearest and responsible")).wait_for()


# -- empty -------------------------------------------------------------------------------------------------------------


def nothing_found(person: Person) -> None:
    arrive(person, "/map?layers=")
    person.page.keyboard.press("/")
    person.page.keyboard.type(two_ways(person, "没有这样的地方", "no such place"))
    person.page.get_by_role("dialog").locator(".state-note").wait_for()


def search_hint(person: Person) -> None:
    arrive(person, "/map?layers=")
    person.page.keyboard.press("/")


def no_layers(person: Person) -> None:
    arrive(person, f"/map?county={home_county(person)['code']}&layers=")
    person.opens_tab("in view")


def data_nothing(person: Person) -> None:
    data(person, f"&filter={quote('threat_people > 900000')}")
    person.page.locator(".state-note").wait_for()


def data_empty(person: Person) -> None:
    empty = next((one["name"] for one in person.knows("/api/layers") if not one["count"]), None)
    if empty is None:
        raise NotHere("no layer is empty")
    person.goes_to(f"/data/{empty}")
    person.page.locator(".state-note").wait_for()


def charts_nothing(person: Person) -> None:
    data(person, f"&pane=charts&filter={quote('threat_people > 900000')}")


def fresh_county(person: Person) -> None:
    """A county of which the register holds nothing but its border."""
    held = {one["code"]: matched(person, f"admin_code LIKE '{one['code']}%'") for one in person.knows("/api/counties")}
    fresh = next((code for code, rows in held.items() if rows == 0), None)
    if fresh is None:
        raise NotHere("every county has rows")
    arrive(person, f"/map?county={fresh}")


def matched(person: Person, condition: str) -> int:
    return int(person.knows(f"/ogc/collections/{LAYER}/items?limit=1&filter={quote(condition)}")["numberMatched"])


# -- the worst night ---------------------------------------------------------------------------------------------------


def sign_in_refused(person: Person) -> None:
    sign_in(person)
    person.fills_in("duty", "not the password")
    person.page.get_by_role("alert").wait_for()


def everything(person: Person) -> None:
    """All layers at once over the whole county."""
    names = ",".join(one["name"] for one in person.knows("/api/layers") if one["count"])
    arrive(person, f"/map?county={home_county(person)['code']}&layers={names}")


def everything_near(person: Person) -> None:
    names = ",".join(one["name"] for one in person.knows("/api/layers") if one["count"])
    arrive(person, f"/map?layers={names}&{VALLEY}")


def offline(person: Person) -> None:
    arrive(person, f"/map?{DANGERS}&{VALLEY}")
    person.page.context.set_offline(True)
    person.page.get_by_role("banner").get_by_text(person.says("offline")).wait_for()


def offline_unread(person: Person) -> None:
    """The network goes while something was about to be read."""
    inspector(person)
    person.page.context.set_offline(True)
    object_of(person).get_by_role("tab", name=two_ways(person, "附近", "Near")).click()
    object_of(person).get_by_role("alert").first.wait_for()


def data_offline(person: Person) -> None:
    data(person)
    person.page.context.set_offline(True)
    person.page.get_by_role("combobox", name=two_ways(person, "图层", "Layer"), exact=True).select_option("mines")
    person.page.locator(".data-room .state-note").first.wait_for()


def broken_link(person: Person) -> None:
    arrive(person, "/map?county=141033&layers=mines,secret_layer,another_one&as_of=yesterday&chosen=mines/999999")


def faults(person: Person) -> None:
    edit(person)
    panel = person.page.locator(".edit-panel")
    panel.locator("#field-name").fill("")
    panel.locator("#field-note").fill("x" * 3 + LONG_NAME * 3)
    press(person, "保存", "Save")
    panel.locator("#field-name-fault").wait_for()


def conflict(person: Person) -> None:
    """Somebody else stores the same point while it is being edited here; nothing is stored from here."""
    one = first(person, LAYER)
    edit(person)
    panel = person.page.locator(".edit-panel")
    panel.locator("#field-note").fill(two_ways(person, "我写的备注", "my note"))
    other = Person(person.page.context.new_page(), person.url, person.screen)
    other.goes_to(f"/map?layers={LAYER}&chosen={LAYER}/{one['id']}")
    press(other, "编辑", "Edit")
    theirs = other.page.locator(".edit-panel")
    theirs.locator("#field-note").fill(f"{two_ways(person, '他人写的备注', 'their note')} {person.screen.name}")
    theirs.get_by_role("button", name=two_ways(person, "保存", "Save"), exact=True).click()
    theirs.wait_for(state="detached")
    panel.get_by_role("button", name=two_ways(person, "保存", "Save"), exact=True).click()
    panel.get_by_role("radio").first.wait_for()


def crowd(person: Person) -> None:
    """The layer with most points, all of them in sight."""
    points = [one for one in person.knows("/api/layers") if one["geometry"] == "Point" and one["bbox"]]
    most = max(points, key=lambda one: one["count"], default=None)
    if most is None or most["count"] < CROWD_ROWS:
        raise NotHere(f"no layer of points has {CROWD_ROWS} rows")
    west, south, east, north = most["bbox"]
    arrive(person, f"/map?layers={most['name']}&at=9/{(south + north) / 2}/{(west + east) / 2}")


def alarm(person: Person) -> None:
    """A standing analysis in alarm, on the map and in its list."""
    code = home_county(person)["code"]
    if not any(one["worse"] for one in person.knows(f"/api/standing?county={code}")):
        raise NotHere("nothing that is watched is in alarm")
    person.goes_to(f"/analysis/standing?county={code}")
    person.page.get_by_role("alert").first.wait_for()
    person.sees_the_map()


def no_right(person: Person) -> None:
    """A page of the administrator's, opened by somebody else."""
    if person.knows("/api/me")["role"] == "admin":
        raise NotHere("an administrator may see every page")
    person.goes_to("/system/users")
    person.page.locator(".sys").get_by_role("alert").wait_for()


def no_such_page(person: Person) -> None:
    person.goes_to("/system/nothing-like-this")
    person.page.get_by_role("alert").first.wait_for()


def no_such_layer(person: Person) -> None:
    person.goes_to("/data/no_such_layer")
    person.page.get_by_role("alert").first.wait_for()


SCENES_ON_PAPER = {"paper", "data-paper", "analysis-paper"}
SCENES: dict[str, Scene] = {
    one.__name__.replace("_", "-"): one
    for one in (
        sign_in, county, valley, popup, inspector, near, history, search, layers, past, compare, measure, inside, base_maps,
        views, keys, paper, data, data_filter, data_charts, data_columns, data_export, data_bulk, data_paper, edit, townships,
        township, analyses, analysis_form, analysis_cut_off, analysis_coverage, analysis_paper, here, search_hint,
        nothing_found, no_layers, no_views, data_nothing, data_empty, charts_nothing, fresh_county,
        sign_in_refused, everything, everything_near, offline, offline_unread, data_offline, broken_link, faults, conflict,
        crowd, alarm, no_right, no_such_page, no_such_layer,
    )
} | {f"system-{name}": system_page(name) for name in SYSTEM_PAGES}  # fmt: skip


def take(context: BrowserContext, url: str, screen: Screen, name: str, folder: Path) -> None:
    """One scene in a page of its own; what the scene left behind in the browser is undone."""
    person = Person(context.new_page(), url, screen)
    person.page.emulate_media(reduced_motion="reduce")
    try:
        SCENES[name](person)
        person.page.screenshot(path=folder / f"{name}-{screen.name}.jpg", type="jpeg", quality=QUALITY)
    except NotHere as why:
        if str(why) not in ("a scene of the desk", "a scene of the phone"):
            sys.stderr.write(f"{name} {screen.name}: {why}\n")
    except Error as problem:
        person.page.screenshot(path=folder / f"failed-{name}-{screen.name}.jpg", type="jpeg", quality=QUALITY)
        sys.stderr.write(f"{name} {screen.name}: {problem.message.splitlines()[0]}\n")
    context.set_offline(False)
    for page in context.pages:
        page.close()
    forget_drafts(context, url)


FORGET = """async () => {
  for (const { name } of await indexedDB.databases()) {
    await new Promise((done) => { const asked = indexedDB.deleteDatabase(name); asked.onsuccess = asked.onerror = asked.onblocked = done })
  }
}"""


def forget_drafts(context: BrowserContext, url: str) -> None:
    """What a scene began to write would be offered on the map of every later one."""
    page = context.new_page()
    page.goto(f"{url}/favicon.svg")  # an address of the console without its programs
    page.evaluate(FORGET)
    page.close()


def screens(sizes: str, *, every: bool) -> list[Screen]:
    """Each size in both themes: by day in one language, by night in the other; `every`: all that can be set."""
    wanted = [one for one in EVERY_SIZE if f"{one[0]}x{one[1]}" in sizes.split(",")]
    both: tuple[Language, ...] = get_args(Language)
    if every:
        return [Screen(*size, dark, language) for size in wanted for dark in (False, True) for language in both]
    return [Screen(*size, dark, both[dark]) for size in wanted for dark in (False, True)]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for word in ("url", "username", "password"):
        asked.add_argument(word)
    asked.add_argument("folder", type=Path)
    asked.add_argument("scenes", nargs="*", help=f"of: {', '.join(SCENES)}")
    asked.add_argument("--sizes", default="1920x1080,1366x768,390x844")
    asked.add_argument("--every", action="store_true", help="each language in each theme")
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for screen in screens(given.sizes, every=given.every):
            context = open_context(browser, screen)
            context.set_default_timeout(SCENE_PATIENCE_MS)
            for name in given.scenes or SCENES:
                if not context.cookies():
                    Person(context.new_page(), given.url, screen).signs_in(given.username, given.password)
                take(context, given.url, screen, name, given.folder)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
