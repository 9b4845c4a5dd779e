"""What a person comes to the console for, done by role and name, on a desk, a laptop and a phone, by day and by night.

Each task is done once in the daily suite, spread so that every size and theme is met; `slow` does each on all six.
"""

import csv
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect
from pyproj import Geod

from tests.console.people import EVERY_SCREEN, Person, Screen

pytestmark = pytest.mark.browser

WALL, NIGHT_WALL, LAPTOP, NIGHT_LAPTOP, PHONE, NIGHT_PHONE = EVERY_SCREEN
OFFICER, READER, BUREAU, CLERK = "duty", "viewer", "bureau", "141033100"
GEOD = Geod(ellps="GRS80")  # the ellipsoid of CGCS2000
DAILY: set[Screen] = set()
PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]


def daily_on(*screens: Screen) -> pytest.MarkDecorator:
    """These screens every day, the others in the slow suite."""
    DAILY.update(screens)
    return pytest.mark.parametrize(
        "screen",
        [pytest.param(one, id=one.name, marks=() if one in screens else pytest.mark.slow) for one in EVERY_SCREEN],
    )


def says(person: Person, zh: str, en: str) -> str:
    return en if person.screen.language == "en" else zh


def button(person: Person, zh: str, en: str, within: Locator | None = None) -> Locator:
    return (within or person.page).get_by_role("button", name=says(person, zh, en), exact=True)


def object_of(person: Person) -> Locator:
    return person.page.get_by_role("article", name=person.says("object"))


def opens_side(person: Person, zh: str, en: str) -> None:
    object_of(person).get_by_role("tab", name=says(person, zh, en)).click()


def finds(person: Person, typed: str, name: str | re.Pattern[str]) -> None:
    """Press the search, type, and take the answer of this name."""
    button(person, "搜索", "Search").click()
    person.page.get_by_role("combobox", name=says(person, "搜索", "Search")).fill(typed)
    answers = person.page.get_by_role("listbox", name=says(person, "搜索结果", "Search results"))
    answers.get_by_role("option", name=name).first.click()


def nth(person: Person, layer: str, at: int) -> dict[str, Any]:
    found: dict[str, Any] = person.knows(f"/ogc/collections/{layer}/items?limit=1&offset={at}")["features"][0]
    return found


def own_number(screen: Screen, task: int) -> int:
    """A row that no other task and no other screen touches."""
    return 12 + task * len(EVERY_SCREEN) + EVERY_SCREEN.index(screen)


class Registrar:
    """The administrator, writing from elsewhere."""

    def __init__(self, url: str, users: Users) -> None:
        self.url = url
        form = urllib.parse.urlencode({"grant_type": "password", "username": "admin", "password": users["admin"]})
        with urllib.request.urlopen(f"{url}/api/auth/token", form.encode()) as answer:
            self.token = json.load(answer)["access_token"]

    def asks(self, path: str, method: str = "GET", body: Mapping[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "If-Match": "*"}
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json"
        request = urllib.request.Request(
            f"{self.url}{path}", json.dumps(body).encode() if body is not None else None, headers, method=method
        )
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def stored(person: Person, layer: str, id: int) -> dict[str, Any]:
    found: dict[str, Any] = person.knows(f"/ogc/collections/{layer}/items/{id}")
    return found


class Form:
    """The form of the object that is being changed."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.panel = person.page.locator(".edit-panel")

    def opens(self) -> None:
        button(self.person, "编辑", "Edit").click()
        expect(button(self.person, "保存", "Save", self.panel)).to_be_visible()

    def writes(self, zh: str, en: str, text: str) -> None:
        self.panel.get_by_role("textbox", name=re.compile(rf"^{says(self.person, zh, en)}( |$)")).fill(text)

    def moves_east(self, steps: int = 4) -> None:
        place = says(self.person, "位置:拖动", "Place: drag")
        self.person.page.get_by_role("button", name=re.compile(f"^{place}")).focus()
        for _ in range(steps):
            self.person.page.keyboard.press("Shift+ArrowRight")

    def saves(self) -> None:
        button(self.person, "保存", "Save", self.panel).click()

    def has_saved(self) -> None:
        told = self.person.page.get_by_role("status").filter(has_text=says(self.person, "已保存", "saved"))
        expect(told.last).to_be_visible()
        expect(self.panel).to_have_count(0)


# -- finding -----------------------------------------------------------------------------------------------------------


@daily_on(LAPTOP, NIGHT_PHONE)
def test_a_mine_is_found_by_pinyin_and_who_leads_it_is_called_and_that_is_recorded(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    registrar = Registrar(person.url, users)
    mine = next(one for one in registrar.asks("/ogc/collections/mines/items?limit=50")["features"]
                if "富家凹" in one["properties"]["name"])  # fmt: skip
    registrar.asks(f"/ogc/collections/mines/items/{mine['id']}", "PATCH",
                   {"type": "Feature", "properties": {"duty_person": "矿长01", "duty_phone": "0357-55001234"}})  # fmt: skip
    before = datetime.now(UTC)
    person.signs_in(OFFICER, users[OFFICER])
    finds(person, "fujiaao", re.compile("富家凹"))
    expect(object_of(person).get_by_role("heading", name=mine["properties"]["name"])).to_be_visible()
    people = object_of(person).get_by_role("region", name=person.says("in charge"))
    expect(people).to_contain_text("矿长01")
    call = people.get_by_role("link", name=re.compile(says(person, "^拨打.*矿长01", "^Call .*矿长01")))
    expect(call).to_have_attribute("href", "tel:0357-55001234")
    expect(call).to_be_in_viewport()
    looks = registrar.asks(f"/api/audit?action=look&layer=mines&username={OFFICER}&since={quote(before.isoformat())}")
    assert [one["feature_id"] for one in looks["entries"]].count(mine["id"]) >= 1
    assert "duty_phone" in looks["entries"][0]["fields"]


@daily_on(NIGHT_LAPTOP)
@pytest.mark.parametrize("typed", ["北纬36°24′36″ 东经111°05′24″", "36.41N 111.09E", "36 24 36, 111 05 24"])
def test_a_place_is_found_by_coordinates_in_another_spelling(
    screen: Screen, typed: str, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    person.signs_in(OFFICER, users[OFFICER])
    finds(person, typed, re.compile("111.090000, 36.410000"))
    expect(person.page.get_by_text("111.09000, 36.41000")).to_be_in_viewport()
    expect(person.page).to_have_url(re.compile(r"at=[\d.]+/36\.4\d+/111\.[01]\d+"))


# -- changing ----------------------------------------------------------------------------------------------------------


@daily_on(WALL, PHONE)
def test_a_hazard_point_is_found_moved_and_saved(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in(BUREAU, users[BUREAU])
    one = nth(person, "geohazards", own_number(screen, 0))
    finds(person, one["properties"]["code"], re.compile(re.escape(one["properties"]["name"])))
    form = Form(person)
    form.opens()
    form.moves_east()
    form.saves()
    form.has_saved()
    person.page.reload()
    person.sees_the_map()
    after = stored(person, "geohazards", one["id"])
    assert after["geometry"]["coordinates"][0] > one["geometry"]["coordinates"][0]
    assert after["properties"]["version"] == one["properties"]["version"] + 1
    lon, lat = after["geometry"]["coordinates"]
    expect(object_of(person)).to_contain_text(f"{lon:.6f}, {lat:.6f}")


@daily_on(NIGHT_WALL, PHONE)
def test_what_two_people_changed_is_settled_field_by_field(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in(BUREAU, users[BUREAU])
    one = nth(person, "geohazards", own_number(screen, 1))
    person.goes_to(f"/map?layers=geohazards&chosen=geohazards/{one['id']}")
    form = Form(person)
    form.opens()
    form.writes("备注", "Note", "mine")
    form.writes("长", "Length", "77")
    form.moves_east()
    Registrar(person.url, users).asks(f"/ogc/collections/geohazards/items/{one['id']}", "PATCH",
                                      {"type": "Feature", "properties": {"note": "theirs", "length_m": 55, "width_m": 66}})  # fmt: skip
    form.saves()
    for zh, en, whose in (("备注", "Note", "我的|Mine"), ("长", "Length", "他人|Theirs")):
        group = form.panel.get_by_role("group", name=re.compile(says(person, f"^{zh}", f"^{en}")))
        group.get_by_role("radio", name=re.compile(whose, re.IGNORECASE)).check()
    form.panel.get_by_role("button", name=re.compile(says(person, "版上保存", "^Save on"))).click()
    form.has_saved()
    after = stored(person, "geohazards", one["id"])
    facts = after["properties"]
    assert (facts["note"], facts["length_m"], facts["width_m"]) == ("mine", 55, 66)
    assert after["geometry"]["coordinates"][0] > one["geometry"]["coordinates"][0]  # only I had moved it


# -- looking back ------------------------------------------------------------------------------------------------------


@daily_on(NIGHT_LAPTOP, PHONE)
def test_the_map_of_yesterday_is_framed_says_so_and_lets_nothing_be_changed(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    person.signs_in(BUREAU, users[BUREAU], "/map?county=141033&layers=geohazards,mines")
    shown = person.page.get_by_role("status").filter(has_text=re.compile(says(person, "已显示", "Objects shown")))
    expect(shown.first).to_contain_text(re.compile("[1-9]"))
    now = shown.first.inner_text()
    button(person, "历史时刻", "Past moment").click()
    moment = person.page.get_by_role("slider", name=says(person, "时刻", "Moment"))
    expect(moment).to_be_enabled()
    moment.focus()
    person.page.keyboard.press("Home")  # the bar begins a day ago
    yesterday = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(days=1)
    banner = person.page.get_by_role("status").filter(has_text=says(person, "历史时刻", "Past moment"))
    expect(banner).to_contain_text(re.compile(rf"0?{yesterday.day}(\D|$)"))
    person.sees_the_map()
    expect(shown.first).to_contain_text(re.compile(r"(^|\D)0(\D|$)"))  # the county was loaded today
    expect(button(person, "新建", "New")).to_have_count(0)
    button(person, "回到现在", "Back to now").click()
    expect(banner).to_have_count(0)
    expect(shown.first).to_have_text(now)


# -- counting ----------------------------------------------------------------------------------------------------------


def inside_circle(person: Person, layer: str, middle: tuple[float, float], metres: float) -> list[dict[str, Any]]:
    """Points of a layer within a geodesic circle, counted here."""
    rows: list[dict[str, Any]] = person.knows(f"/ogc/collections/{layer}/items?limit=2000")["features"]
    return [one for one in rows if GEOD.inv(*middle, *one["geometry"]["coordinates"][:2])[2] <= metres]


@daily_on(WALL, NIGHT_PHONE)
def test_what_lies_inside_a_circle_is_counted_with_its_totals(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    person.signs_in(OFFICER, users[OFFICER], "/map?county=141033&layers=geohazards&at=13/36.41/111.09")
    page = person.page
    if screen.is_phone:
        button(person, "打开工具", "Open tools").tap()
    button(person, "圆选", "Select in a circle").click()
    area = page.locator("#map").bounding_box()
    assert area is not None
    x, y = area["x"] + area["width"] / 2, area["y"] + 150
    if screen.is_phone:
        page.touchscreen.tap(x, y)
    else:
        page.mouse.click(x, y)
    card = page.get_by_role("region", name=says(person, "圆选", "Select in a circle"), exact=True)
    with page.expect_request(re.compile("/api/within")) as asked:
        card.get_by_role("spinbutton").fill("3000")
    body = asked.value.post_data_json
    assert body is not None
    assert body["circle"]["radius_m"] == 3000
    found = inside_circle(person, "geohazards", (body["circle"]["lon"], body["circle"]["lat"]), 3000)
    assert found
    group = card.get_by_role("region", name=says(person, "地质灾害隐患点", "Geohazard points"), exact=True)
    expect(group.locator("b").first).to_have_text(str(len(found)))
    people = sum(one["properties"]["threat_people"] or 0 for one in found)
    expect(group).to_contain_text(f"{people:,}")


@daily_on(NIGHT_WALL, PHONE)
def test_a_table_is_filtered_and_the_file_holds_just_those_rows(
    screen: Screen, person_at: PersonAt, users: Users, tmp_path: Path
) -> None:
    person = person_at(screen)
    person.signs_in(OFFICER, users[OFFICER], "/data/geohazards")
    room = person.page.get_by_role("region", name=says(person, "数据", "Data"), exact=True)
    button(person, "筛选", "Filter").click()
    button(person, "+ 加条件", "+ Add condition").click()
    room.get_by_role("combobox", name=says(person, "属性", "Property")).select_option("threat_people")
    room.get_by_role("combobox", name=says(person, "比较", "Comparison")).select_option("ge")
    value = room.locator(".condition input")
    value.fill("30")
    value.press("Tab")
    rows = person.knows("/ogc/collections/geohazards/items?limit=2000")["features"]
    wanted = {one["properties"]["name"] for one in rows if (one["properties"]["threat_people"] or 0) >= 30}
    assert 0 < len(wanted) < len(rows)
    expect(room.get_by_role("status").first).to_contain_text(re.compile(rf"(^|\D){len(wanted)}\D"))
    button(person, "导出", "Export").click()
    with person.page.expect_download() as download:
        button(person, "CSV 文本", "CSV text").click()
    path = tmp_path / "rows.csv"
    download.value.save_as(path)
    held = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert len(held) == len(wanted)
    assert {row[says(person, "名称", "Name")] for row in held} == wanted


# -- a clerk, a colleague ----------------------------------------------------------------------------------------------


@daily_on(PHONE)
def test_a_township_clerks_morning(screen: Screen, person_at: PersonAt, users: Users) -> None:
    """Home, the number of hazard points, one of them, its monitor's phone, a note that it was looked at, home again."""
    person = person_at(screen)
    person.goes_to("/township")
    person.fills_in(CLERK, users[CLERK])
    home = person.page.locator(".home")
    expect(home.get_by_role("heading", level=2)).to_be_visible()
    person.raises_the_sheet()
    home.get_by_role(
        "link", name=re.compile(says(person, r"^地质灾害隐患点 \d", r"^Geohazard points \d"))
    ).first.click()
    expect(person.page).to_have_url(re.compile(r"/data/geohazards\?.*filter=admin_code"))
    own = person.knows(f"/ogc/collections/geohazards/items?limit=1&filter={quote(f'''admin_code LIKE '{CLERK}%' ''')}")
    room = person.page.get_by_role("region", name=says(person, "数据", "Data"), exact=True)
    expect(room.get_by_role("status").first).to_contain_text(re.compile(rf"(^|\D){own['numberMatched']}\D"))

    open_rows = quote(f"admin_code LIKE '{CLERK}%' AND verify <> 'verified'")
    at = EVERY_SCREEN.index(screen)
    one = person.knows(f"/ogc/collections/geohazards/items?limit=1&offset={at}&filter={open_rows}")["features"][0]
    finds(person, one["properties"]["code"], re.compile(re.escape(one["properties"]["name"])))
    call = object_of(person).get_by_role("link", name=re.compile(says(person, "^拨打监测人", "^Call Monitor")))
    expect(call).to_have_attribute("href", re.compile("^tel:"))
    form = Form(person)
    form.opens()
    form.writes("备注", "Note", f"checked on {screen.name}")
    form.saves()
    form.has_saved()
    assert stored(person, "geohazards", one["id"])["properties"]["note"] == f"checked on {screen.name}"
    person.goes_to("/township")
    person.raises_the_sheet()
    changes = home.get_by_role("region", name=says(person, "最近的改动", "Latest changes"))
    expect(changes.get_by_role("button", name=re.compile(re.escape(one["properties"]["name"]))).first).to_be_visible()


@daily_on(LAPTOP, NIGHT_PHONE)
def test_a_colleague_opens_the_link_one_shares_and_sees_the_same(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.signs_in(OFFICER, users[OFFICER])
    one = nth(person, "geohazards", own_number(screen, 2))
    lon, lat = one["geometry"]["coordinates"]
    person.goes_to(f"/map?county=141033&layers=geohazards,shelters&at=15/{lat}/{lon}&chosen=geohazards/{one['id']}")
    expect(object_of(person)).to_contain_text(one["properties"]["name"])
    button(person, "视图与分享", "Views and sharing").click()
    button(person, "复制链接", "Copy link").first.click()
    expect(button(person, "已复制", "Copied")).to_be_visible()
    link = person.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(person.url)

    colleague = person_at(LAPTOP if screen.is_phone else PHONE)
    colleague.signs_in(READER, users[READER], link.removeprefix(person.url))
    expect(object_of(colleague).get_by_role("heading", name=one["properties"]["name"])).to_be_visible()
    asked = urllib.parse.parse_qs(urllib.parse.urlparse(link).query)
    seen = urllib.parse.parse_qs(urllib.parse.urlparse(colleague.page.url).query)
    assert (seen["layers"], seen["chosen"]) == (asked["layers"], asked["chosen"])


@daily_on(WALL, NIGHT_PHONE)
def test_a_link_to_what_was_deleted_or_is_not_for_everybody_says_so(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    person.signs_in(READER, users[READER])
    one = nth(person, "geohazards", own_number(screen, 3))
    Registrar(person.url, users).asks(f"/ogc/collections/geohazards/items/{one['id']}", "DELETE")
    person.goes_to(f"/map?county=141033&layers=geohazards&chosen=geohazards/{one['id']}")
    expect(object_of(person).get_by_role("alert")).to_contain_text(says(person, "可能已被删除", "deleted"))
    history = object_of(person).get_by_role("region", name=says(person, "历史", "History"))
    expect(history).to_contain_text(says(person, "删除", "Deleted"))
    person.goes_to("/system/users")
    refusal = person.page.get_by_role("alert").filter(has_text=says(person, "管理员", "administrator"))
    expect(refusal).to_be_visible()
    expect(person.page.get_by_role("row")).to_have_count(0)


# -- without the network -----------------------------------------------------------------------------------------------


@daily_on(NIGHT_LAPTOP, PHONE)
def test_without_the_network_the_console_opens_says_so_and_keeps_what_waits(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    page = person.page
    person.signs_in(BUREAU, users[BUREAU])
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    one = nth(person, "geohazards", own_number(screen, 4))
    person.goes_to(f"/map?layers=geohazards&chosen=geohazards/{one['id']}")
    form = Form(person)
    form.opens()
    form.writes("备注", "Note", "written without a network")
    page.context.set_offline(True)
    expect(page.get_by_role("banner")).to_contain_text(person.says("offline"))
    form.saves()
    expect(form.panel).to_contain_text(says(person, "连上后自动保存", "saved when it is back"))

    page.reload()  # the shell is kept in the browser
    expect(
        page.get_by_role("heading", name=says(person, "连接不上服务器", "The server does not answer"))
    ).to_be_visible()
    page.context.set_offline(False)
    button(person, "重试", "Try again").click()
    person.sees_the_map()
    button(person, "继续", "Go on").click()
    form.has_saved()  # what waited is sent by itself
    assert stored(person, "geohazards", one["id"])["properties"]["note"] == "written without a network"


def test_every_size_and_theme_is_met_in_the_daily_suite() -> None:
    assert set(EVERY_SCREEN) == DAILY
