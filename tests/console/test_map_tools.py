"""The tools on the map: coordinates, base maps, order and opacity, measuring, and who and what is inside an area."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from pyproj import Geod, Transformer

from tests.console.people import SCREENS, Person, Screen

pytestmark = pytest.mark.browser

DESK, WALL, PHONE, _ = SCREENS
LAPTOP_NIGHT = Screen(1366, 768, dark=True, language="zh-CN")
AXE = Path(__file__).parents[2] / "maps/web/node_modules/axe-core/axe.min.js"
READER = "duty"
PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]

GEOD = Geod(ellps="GRS80")  # the ellipsoid of CGCS2000
TILE_PX = 256
PLACE = (111.1, 36.4)
ZOOM = 12


def at_place(person: Person, users: Users, address: str = "layers=shelters,villages") -> None:
    person.signs_in(READER, users[READER], f"/map?county=141033&{address}&at={ZOOM}/{PLACE[1]}/{PLACE[0]}")


def middle_px(person: Person) -> tuple[float, float]:
    box = person.page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def east_of(place: tuple[float, float], px: float) -> tuple[float, float]:
    """The place so many pixels east on the map (Web Mercator: longitude is linear)."""
    return place[0] + px * 360 / (TILE_PX * 2**ZOOM), place[1]


def tool(person: Person, zh: str, en: str) -> Locator:
    return person.page.get_by_role("button", name=en if person.screen.language == "en" else zh, exact=True)


def card(person: Person, zh: str, en: str) -> Locator:
    return person.page.get_by_role("region", name=en if person.screen.language == "en" else zh, exact=True)


def kilometres_in(text: str) -> float:
    found = re.search(r"([\d,.]+)\s*(公里|km)", text)
    assert found is not None, text
    return float(found.group(1).replace(",", ""))


def test_the_pointer_tells_its_place_in_each_system_and_copies_it(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at_place(person, users)
    x, y = middle_px(person)
    person.page.mouse.move(x, y)
    readout = person.page.get_by_role("button", name=re.compile("复制指针处坐标"))
    shown = re.match(r"([\d.]+)°E, ([\d.]+)°N", readout.inner_text())
    assert shown is not None
    lon, lat = float(shown.group(1)), float(shown.group(2))
    assert (lon, lat) == pytest.approx(PLACE, abs=3e-4)
    expect(person.page.get_by_text(re.compile("坡度 [0-9.]+°"))).to_be_visible()

    person.page.get_by_role("combobox", name="坐标系").select_option("gk")
    easting, northing = Transformer.from_crs(4490, 4546, always_xy=True).transform(lon, lat)
    metres = re.match(r"X ([\d.]+), Y 37([\d.]+)", readout.inner_text())
    assert metres is not None
    assert (float(metres.group(2)), float(metres.group(1))) == pytest.approx((easting, northing), abs=0.3)
    readout.click()
    assert person.page.evaluate("navigator.clipboard.readText()") == readout.inner_text()
    person.page.get_by_role("combobox", name="坐标系").select_option("dms")
    expect(readout).to_contain_text("111°0")
    person.page.reload()
    person.sees_the_map()
    expect(person.page.get_by_role("combobox", name="坐标系")).to_have_value("dms")


def test_the_base_map_and_the_grid_are_chosen_and_stay_in_the_address(person_at: PersonAt, users: Users) -> None:
    person = person_at(WALL)
    at_place(person, users)
    person.page.keyboard.press("m")
    choice = card(person, "底图与网格", "Base map and grid")
    expect(choice.get_by_role("radio")).to_have_count(5)  # without a key there is no 天地图, not even greyed
    contours = r"/contours/\d+/\d+/\d+\.mvt"
    with person.page.expect_response(re.compile(contours)) as answered:
        choice.get_by_role("radio", name="Terrain (relief, contours)").check()
    assert answered.value.ok
    choice.get_by_role("checkbox", name="Kilometre grid (GK 37)").check()
    person.sees_the_map()
    expect(person.page).to_have_url(re.compile("base=terrain.*grid=1"))
    with person.page.expect_response(re.compile(contours)):
        person.page.reload()
    person.sees_the_map()
    person.page.keyboard.press("m")
    expect(choice.get_by_role("radio", name="Terrain (relief, contours)")).to_be_checked()
    expect(choice.get_by_role("checkbox", name="Kilometre grid (GK 37)")).to_be_checked()
    person.page.keyboard.press("Escape")
    expect(choice).to_have_count(0)


def test_layers_are_ordered_by_keys_faded_and_kept_as_a_group(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    at_place(person, users, "layers=shelters,geohazards,mines")
    page = person.page
    page.get_by_text("次序与不透明度").click()
    handles = page.get_by_role("button", name=re.compile("拖动改变次序"))
    first = handles.nth(0).get_attribute("aria-label")
    handles.nth(0).press("ArrowDown")
    expect(handles.nth(1)).to_have_attribute("aria-label", str(first))
    expect(handles.nth(1)).to_be_focused()
    fader = page.get_by_role("slider", name=re.compile("不透明度")).nth(0)
    fader.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"order=[a-z,%C2]+.*opacity=[a-z_]+(:|%3A)90"))
    kept = page.url

    page.get_by_text("图层组", exact=True).click()
    page.get_by_role("textbox", name="组名").fill("值守用")
    page.get_by_role("button", name="保存当前").click()
    expect(page.get_by_text("已保存“值守用”")).to_be_visible()
    person.goes_to(f"/map?county=141033&layers=mines&at={ZOOM}/{PLACE[1]}/{PLACE[0]}")
    person.sees_the_map()
    page.get_by_text("图层组", exact=True).click()
    page.get_by_role("combobox", name="打开一组…").select_option(label="值守用")
    expect(page).to_have_url(re.compile(re.escape(kept.split("opacity=")[1].split("&")[0])))
    for name in ("避难", "隐患点", "矿山"):
        expect(page.get_by_role("checkbox", name=re.compile(name)).first).to_be_checked()
    page.get_by_role("button", name="删除", exact=True).click()
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.get_by_text("已删除“值守用”")).to_be_visible()


@pytest.mark.parametrize("screen", [DESK, WALL], ids=lambda screen: screen.name)
def test_a_length_is_geodesic_and_its_points_can_be_undone(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    at_place(person, users)
    x, y = middle_px(person)
    person.page.keyboard.press("l")
    person.page.mouse.click(x, y)
    person.page.mouse.click(x + 200, y)
    person.page.mouse.click(x + 200, y - 150)
    figure = card(person, "量距离", "Measure length").locator(".main-figure")
    person.page.keyboard.press("Backspace")
    person.page.keyboard.press("Enter")
    _, _, metres = GEOD.inv(*PLACE, *east_of(PLACE, 200))
    assert kilometres_in(figure.inner_text()) == pytest.approx(metres / 1000, abs=0.03)
    person.page.keyboard.press("Escape")
    expect(figure).to_have_count(0)
    expect(tool(person, "量距离", "Measure length")).to_have_attribute("aria-pressed", "false")


def test_one_tool_is_in_hand_at_a_time_and_a_double_click_finishes(person_at: PersonAt, users: Users) -> None:
    person = person_at(LAPTOP_NIGHT)
    at_place(person, users)
    x, y = middle_px(person)
    tool(person, "量距离", "Measure length").click()
    tool(person, "量面积", "Measure area").click()
    expect(tool(person, "量距离", "Measure length")).to_have_attribute("aria-pressed", "false")
    for dx, dy in ((0, 0), (150, 0), (150, 120)):
        person.page.mouse.click(x + dx, y + dy)
    person.page.mouse.dblclick(x, y + 120)
    area = card(person, "量面积", "Measure area")
    expect(area).to_contain_text("亩")
    expect(area.get_by_role("button", name="重画")).to_be_visible()  # finished, with four corners
    assert "zoom" not in person.page.url
    assert f"at={ZOOM}/" in person.page.url  # the double click did not zoom


def test_a_profile_climbs_and_falls_and_points_at_the_map(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    at_place(person, users)
    x, y = middle_px(person)
    person.page.keyboard.press("p")
    person.page.mouse.click(x, y - 200)
    person.page.mouse.click(x + 220, y - 150)
    person.page.keyboard.press("Enter")
    profile = card(person, "沿线剖面", "Profile along a line")
    chart = profile.get_by_role("img", name=re.compile("剖面图"))
    expect(chart).to_be_visible()
    expect(profile).to_contain_text("累计上升")
    expect(profile).to_contain_text("高程来源")
    chart.focus()
    for _ in range(5):
        chart.press("ArrowRight")
    expect(profile).to_contain_text(re.compile("距起点 .+,高程 .+ 米"))


@pytest.mark.parametrize("screen", [DESK, WALL], ids=lambda screen: screen.name)
def test_a_box_says_what_is_inside_and_each_number_opens_its_list(
    screen: Screen, person_at: PersonAt, users: Users, tmp_path: Path
) -> None:
    person = person_at(screen)
    at_place(person, users)
    x, y = middle_px(person)
    person.page.keyboard.press("b")
    person.page.mouse.move(x - 60, y - 250)
    person.page.mouse.down()
    person.page.mouse.move(x + 150, y, steps=5)
    person.page.mouse.move(x + 300, y + 250, steps=5)
    with person.page.expect_response(re.compile("/api/within")) as answered:
        person.page.mouse.up()
    inside: dict[str, Any] = answered.value.json()
    panel = card(person, "框选", "Select in a box")
    total = sum(group["count"] for group in inside["groups"])
    assert total > 0
    expect(panel.locator(".main-figure")).to_contain_text(f"{total:,}")
    group = next(group for group in inside["groups"] if 1 < group["count"] <= len(group["hits"]))
    title = person.title_of(group)
    panel.get_by_role("region", name=title, exact=True).locator(".head").click()
    rows = panel.get_by_role("listitem")
    expect(rows).to_have_count(group["count"])
    with person.page.expect_download() as download:
        panel.get_by_role("link", name=re.compile("GEOJSON")).click()
    download.value.save_as(tmp_path / "inside.geojson")
    held = json.loads((tmp_path / "inside.geojson").read_text())
    assert {int(one["id"]) for one in held["features"]} == {int(hit["id"]) for hit in group["hits"]}
    assert held["exercise"] is True
    assert "演练数据" in held["notice"]
    assert "演练数据" in download.value.suggested_filename
    rows.nth(1).get_by_role("button").click()
    expect(person.page).to_have_url(re.compile(f"chosen={group['layer']}/{group['hits'][1]['id']}(&|$)"))
    expect(person.page.get_by_role("article", name=person.says("object"))).to_be_visible()
    person.page.keyboard.press("Escape")  # the tool first, the chosen thing after
    expect(panel).to_have_count(0)
    expect(person.page.get_by_role("article", name=person.says("object"))).to_be_visible()


def test_the_number_of_a_township_opens_the_list_of_that_township(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    at_place(person, users)
    person.page.keyboard.press("t")
    panel = card(person, "选乡镇", "Select a township")
    options = panel.get_by_role("combobox", name="乡镇").locator("option")
    expect(options.nth(1)).to_be_attached()
    with person.page.expect_response(re.compile("/api/within")) as answered:
        panel.get_by_role("combobox", name="乡镇").select_option(index=1)
    groups = answered.value.json()["groups"]
    expect(panel.locator(".main-figure")).to_contain_text(f"{sum(group['count'] for group in groups):,}")
    by_several = [group for group in groups if len(group["by_township"]) > 1 and group["count"] <= len(group["hits"])]
    for group in by_several[:1]:
        part = group["by_township"][0]
        panel.get_by_role("region", name=group["zh"], exact=True).locator(".chips button").first.click()
        expect(panel.get_by_role("listitem")).to_have_count(part["count"])


def test_a_radius_is_typed_for_a_circle(person_at: PersonAt, users: Users) -> None:
    person = person_at(LAPTOP_NIGHT)
    at_place(person, users)
    x, y = middle_px(person)
    person.page.keyboard.press("o")
    person.page.mouse.click(x, y)
    with person.page.expect_request(re.compile("/api/within")) as asked:
        card(person, "圆选", "Select in a circle").get_by_role("spinbutton", name="半径(米)").fill("2500")
    body = asked.value.post_data_json
    assert body is not None
    circle = body["circle"]
    assert circle["radius_m"] == 2500
    assert (circle["lon"], circle["lat"]) == pytest.approx(PLACE, abs=3e-4)


def test_on_a_phone_tools_work_by_touch(person_at: PersonAt, users: Users) -> None:
    person = person_at(PHONE)
    at_place(person, users)
    area = person.page.locator("#map").bounding_box()
    assert area is not None
    x, y = area["x"] + area["width"] / 2, area["y"] + 160
    person.page.get_by_role("button", name="打开工具").tap()
    tool(person, "量距离", "Measure length").tap()
    person.page.touchscreen.tap(x - 60, y)
    length = card(person, "量距离", "Measure length")
    expect(length.get_by_role("button", name="退一点")).to_be_enabled()
    person.page.touchscreen.tap(x + 60, y)
    length.get_by_role("button", name="完成").tap()
    metres = 120 * 360 / (TILE_PX * 2**ZOOM) * 89_800  # a degree of longitude at 36.4° N is about 89.8 km
    assert kilometres_in(length.locator(".main-figure").inner_text()) == pytest.approx(metres / 1000, rel=0.02)
    expect(length.locator("li")).to_have_count(0)  # one leg: no phantom leg from the finger's last place
    person.page.get_by_role("button", name="打开工具").tap()
    tool(person, "圆选", "Select in a circle").tap()
    person.page.touchscreen.tap(x, y)
    with person.page.expect_response(re.compile("/api/within")) as answered:
        person.page.touchscreen.tap(x + 80, y)
    assert answered.value.ok


@pytest.mark.parametrize("screen", [DESK, LAPTOP_NIGHT, WALL, PHONE], ids=lambda screen: screen.name)
def test_axe_finds_nothing_serious_in_the_tools(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    at_place(person, users)
    page = person.page
    if screen.is_phone:
        page.get_by_role("button", name="打开工具").tap()
        tool(person, "选乡镇", "Select a township").tap()
    else:
        page.keyboard.press("t")
    panel = card(person, "选乡镇", "Select a township")
    choice = panel.get_by_role("combobox")
    expect(choice.locator("option").nth(1)).to_be_attached()
    choice.select_option(index=1)
    expect(panel.locator(".main-figure")).to_be_visible()
    if not screen.is_phone:
        for summary in page.locator(".tree details > summary").all():
            summary.click()
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in serious]
