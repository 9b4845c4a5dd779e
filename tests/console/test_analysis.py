"""The analysis room as a person uses it: asked on the map, answered with lists, kept, shared, compared, taken along offline."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.conftest import World
from tests.console.people import SCREENS, Person, Screen

pytestmark = pytest.mark.browser

LAPTOP, WALL_NIGHT, PHONE, PHONE_NIGHT = SCREENS
AXE = Path(__file__).parents[2] / "maps/web/node_modules/axe-core/axe.min.js"
PLANNER, COLLEAGUE = "duty", "viewer"
PLACE = (111.0969, 36.3823)
MIDDLE = f"at=13/{PLACE[1]}/{PLACE[0]}"
SOMETHING_IS_DRAWN = """() => {
  const canvas = document.querySelector('.folium-map canvas')
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)
}"""

PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]


def opens(person: Person, users: Users, what: str, who: str = PLANNER) -> None:
    person.signs_in(who, users[who], f"/analysis{what}?county=141033&layers=&{MIDDLE}")
    expect(room(person)).to_be_visible()


def room(person: Person) -> Locator:
    return person.page.locator(".analysis")


def press(person: Person, name: str) -> None:
    room(person).get_by_role("button", name=name, exact=True).first.click()


def on_map(person: Person, east_px: float, north_px: float) -> tuple[float, float]:
    box = person.page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2 + east_px, box["y"] + box["height"] / 2 - north_px


def draws(person: Person, corners: list[tuple[float, float]], done: str) -> None:
    for east, north in corners:
        person.page.mouse.click(*on_map(person, east, north))
    person.page.locator(".pick-bar").get_by_role("button", name=done).click()


def rows_of(person: Person, title: str) -> Locator:
    return person.page.get_by_role("region", name=title, exact=True).locator("tbody tr")


def number_in(text: str) -> float:
    found = re.search(r"-?[\d,]+(\.\d+)?", text)
    assert found is not None, text
    return float(found.group().replace(",", ""))


def test_the_nearest_team_by_road_keeps_out_of_an_area_closed_by_hand(person_at: PersonAt, users: Users) -> None:
    person = person_at(LAPTOP)
    opens(person, users, "/nearest")
    place = room(person).get_by_role("textbox", name="事发地点")
    place.fill("36°22′56.28″N 111°05′48.84″E")  # as on a GPS receiver: latitude first
    place.press("Enter")
    expect(place).to_have_value(re.compile(r"^111\.0969\d, 36\.3823\d$"))
    room(person).get_by_role("group", name="避开").get_by_role("button", name="画范围").click()
    draws(person, [(150, 120), (260, 120), (260, 200)], "完成")
    expect(room(person).get_by_text("已画范围(3 点)")).to_be_visible()
    press(person, "计算")

    expect(person.page).to_have_url(re.compile(r"/analysis/[0-9a-f-]{36}"))
    expect(room(person).get_by_text("已核验:路线不穿过 1 个封闭区内部。")).to_be_visible()
    rows = rows_of(person, "最近的")
    expect(rows.first).to_be_visible()
    counted = room(person).get_by_role("row", name=re.compile("^入选")).get_by_role("button")
    assert number_in(counted.inner_text()) == rows.count()
    minutes = [number_in(rows.nth(at).locator("td").nth(3).inner_text()) for at in range(rows.count())]
    assert minutes == sorted(minutes)
    rows.nth(1).click()
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    rows.first.get_by_role("button", name=re.compile("^打开")).click()
    expect(person.page.get_by_role("complementary", name="对象")).to_contain_text(rows.first.locator("td").nth(2).inner_text())


def test_each_number_of_an_exposure_opens_to_a_list_of_that_length(person_at: PersonAt, users: Users) -> None:
    person = person_at(WALL_NIGHT)
    opens(person, users, "/exposure")
    press(person, "Draw area")
    draws(person, [(-500, -400), (500, -400), (500, 400), (-500, 400)], "Finish")
    press(person, "Run")
    figure = room(person).get_by_role("row", name=re.compile("^Villages")).get_by_role("button")
    expect(figure).to_be_visible()
    figure.click()
    listed = rows_of(person, "Inside: Villages")
    expect(listed.first).to_be_in_viewport()
    assert listed.count() == number_in(figure.inner_text()) > 0


def test_a_shape_of_the_answer_chooses_its_row(person_at: PersonAt, users: Users) -> None:
    person = person_at(LAPTOP)
    opens(person, users, "/buffer")
    room(person).get_by_role("button", name="图上选点").click()
    person.page.mouse.click(*on_map(person, 0, 0))
    press(person, "计算")
    row = rows_of(person, "缓冲区").first
    expect(row).to_be_visible()
    expect(row).not_to_have_attribute("aria-current", "true")
    person.page.mouse.click(*on_map(person, 12, 8))
    expect(row).to_have_attribute("aria-current", "true")


def test_a_right_click_tells_what_is_here_and_leads_into_a_route(person_at: PersonAt, users: Users) -> None:
    person = person_at(LAPTOP)
    person.signs_in(PLANNER, users[PLANNER], f"/map?county=141033&layers=villages&{MIDDLE}")
    person.page.mouse.click(*on_map(person, 0, 0), button="right")
    card = person.page.get_by_role("region", name="这里有什么", exact=True)
    nearest = card.get_by_role("list", name="最近的和负责的")
    expect(nearest.get_by_role("button", name=re.compile("最近的救援队伍.*分钟"))).to_be_visible()
    expect(nearest.get_by_role("button", name=re.compile("最近的避难场所.*分钟"))).to_be_visible()
    expect(card.get_by_text("高出河沟")).to_be_visible()
    card.get_by_text("5 公里", exact=True).click()
    expect(card.get_by_text(re.compile(r"5 公里内共 [\d,]+ 个"))).to_be_visible()
    card.get_by_role("button", name="计算到这里的路线").click()
    expect(person.page).to_have_url(re.compile("/analysis/route"))
    expect(room(person).get_by_role("textbox", name="终点")).to_have_value(re.compile(r"^111\.09\d+, 36\.38\d+$"))


def test_a_finger_held_on_the_map_asks_once_what_is_here(person_at: PersonAt, users: Users) -> None:
    person = person_at(PHONE)
    person.signs_in(PLANNER, users[PLANNER], f"/map?county=141033&layers=&{MIDDLE}")
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url) if "/processes/here/" in request.url else None)
    screen = person.page.context.new_cdp_session(person.page)
    east, north = on_map(person, 0, 120)
    finger = {"x": east, "y": north}
    screen.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    card = person.page.get_by_role("region", name="这里有什么", exact=True)
    expect(card).to_be_visible()
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(card.get_by_role("list", name="最近的和负责的").get_by_role("button").first).to_be_visible()
    assert len(asked) == 1


def test_a_run_is_cancelled_says_so_and_makes_room_for_the_next(person_at: PersonAt, users: Users, world: World) -> None:
    person = person_at(LAPTOP)
    opens(person, users, "/buffer")
    room(person).get_by_role("combobox", name="图层").select_option("villages")
    room(person).get_by_text(re.compile("^更多参数")).click()
    condition = room(person).get_by_role("textbox", name="筛选")
    condition.fill("id > 0")  # read from the table itself, which is held
    condition.press("Tab")
    with psycopg.connect(world.settings.owner_url) as held:
        held.execute("lock table layers.villages in access exclusive mode")
        press(person, "计算")
        press(person, "取消")
        expect(room(person).get_by_role("status")).to_have_text("已取消,没有结果。")
        assert person.knows("/ogc/jobs?county=141033&limit=1")["jobs"][0]["status"] == "dismissed"
    press(person, "计算")
    expect(rows_of(person, "缓冲区").first).to_be_visible()


def computes_buffer(person: Person, metres: str) -> str:
    """Fills in the distance, runs, and returns the area told."""
    distance = room(person).get_by_role("spinbutton", name=re.compile("^距离"))
    distance.fill(metres)
    distance.press("Tab")
    press(person, "计算")
    area = room(person).get_by_role("row", name=re.compile("^面积合计")).get_by_role("button")
    expect(area).to_be_visible()
    return area.inner_text()


def test_an_answer_is_kept_shared_compared_and_taken_along(
    person_at: PersonAt, users: Users, browser: Browser, tmp_path: Path
) -> None:
    person = person_at(LAPTOP)
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opens(person, users, "/buffer")
    place = room(person).get_by_role("button", name="图上选点")
    place.click()
    person.page.mouse.click(*on_map(person, 0, 0))
    small = number_in(computes_buffer(person, "300"))
    press(person, "保存…")
    room(person).get_by_role("textbox", name="名称").fill("坝下三百米")
    press(person, "保存,大家可见")
    expect(room(person).get_by_role("heading", name="坝下三百米")).to_be_visible()
    press(person, "复制链接")
    expect(room(person).get_by_text("链接已复制,同事可以打开。")).to_be_visible()
    link = str(person.page.evaluate("navigator.clipboard.readText()"))
    press(person, "加入简报")

    press(person, "改参数再算")
    large = number_in(computes_buffer(person, "600"))
    room(person).get_by_role("combobox", name="对比").select_option(label="坝下三百米")
    change = room(person).get_by_role("row", name=re.compile("^面积合计")).locator("td").last
    expect(change).to_contain_text("+")
    assert number_in(change.inner_text().replace("+", "")) == pytest.approx(large - small, abs=2)

    colleague = person_at(WALL_NIGHT)
    colleague.signs_in(COLLEAGUE, users[COLLEAGUE], link.removeprefix(person.url))
    expect(room(colleague).get_by_role("heading", name="坝下三百米")).to_be_visible()
    assert room(colleague).get_by_role("button", name="Delete").count() == 0

    press(person, "全部分析")
    press(person, "简报 1")
    with person.page.expect_download() as waiting:
        room(person).get_by_role("link", name="下载简报").click()
    file = tmp_path / "briefing.html"
    waiting.value.save_as(file)
    taken = browser.new_context(offline=True, viewport={"width": 1000, "height": 800}, locale="zh-CN")
    page = taken.new_page()
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", name="坝下三百米")).to_be_visible()
    assert number_in(page.locator(".figures li", has_text="面积合计").locator("b").inner_text()) == small
    page.wait_for_function(SOMETHING_IS_DRAWN)
    taken.close()


def test_a_refusal_stands_at_its_field(person_at: PersonAt, users: Users) -> None:
    person = person_at(LAPTOP)
    opens(person, users, "/nearest")
    place = room(person).get_by_role("textbox", name="事发地点")
    place.fill("111.0969, 36.3823")
    place.press("Enter")
    expect(place).to_have_value("111.09690, 36.38230")
    how_many = person.page.get_by_role("spinbutton", name="个数")
    how_many.fill("500")
    how_many.press("Tab")
    press(person, "计算")
    expect(room(person).locator(".input", has=how_many).get_by_role("alert")).to_be_visible()
    place.fill("没有这个地方xyz")
    place.press("Enter")
    expect(room(person).get_by_text("没有找到这个地名或坐标。")).to_be_visible()


def test_on_a_phone_the_sheet_makes_room_for_the_place_and_comes_back(person_at: PersonAt, users: Users) -> None:
    person = person_at(PHONE)
    opens(person, users, "/reachable")
    sheet = person.page.locator(".sheet")
    room(person).get_by_role("button", name="图上选点").first.click()
    expect(sheet).to_have_attribute("data-height", "peek")
    person.page.touchscreen.tap(*on_map(person, 0, 60))
    expect(sheet).to_have_attribute("data-height", "half")
    expect(room(person).get_by_role("textbox", name="起点")).to_have_value(re.compile(r"^111\.\d+, 36\.\d+$"))


def serious_faults(person: Person) -> list[str]:
    """What axe finds serious or critical (WCAG 2.2 A and AA)."""
    person.page.evaluate(AXE.read_text())
    found = person.page.evaluate("axe.run()")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("screen", [LAPTOP, PHONE_NIGHT], ids=lambda screen: screen.name)
def test_axe_finds_nothing_serious_in_list_form_and_answer(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    opens(person, users, "")
    assert serious_faults(person) == []
    person.goes_to(f"/analysis/coverage?county=141033&layers=&{MIDDLE}")
    run = room(person).get_by_role("button", name="Run" if screen.language == "en" else "计算")
    expect(run).to_be_visible()
    assert serious_faults(person) == []
    run.click()
    expect(room(person).locator(".figures")).to_be_visible()
    assert serious_faults(person) == []
