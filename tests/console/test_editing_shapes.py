"""Small lists and second shapes of an object: filled in, drawn, carried through a cut and a merge; by mouse, keys and touch."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.builders import WEST
from tests.console.people import SCREENS, Person, Screen
from tests.console.test_editing import DESK, NIGHT_PHONE, PHONE, Clerk, PersonAt, Users, each_hand, hazard

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "maps/web/node_modules/axe-core/axe.min.js"
WEST_LON, SOUTH_LAT, SIDE_DEG = 111.08, 36.40, 0.004
ABOVE_THE_SHEET_DEG = 0.003  # between a phone's tools, which lie on the upper map, and its sheet, on the lower
by_mouse_and_touch = pytest.mark.parametrize("screen", [DESK, PHONE], ids=lambda screen: screen.name)


def writes(person: Person, users: Users, path: str, body: dict[str, Any]) -> Any:
    """Something put into the register by a program, as the administrator."""
    asked = {"username": "admin", "password": users["admin"]}
    token = person.page.request.post(f"{person.url}/api/auth/token", form=asked).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/geo+json"}
    answer = person.page.request.post(f"{person.url}{path}", data=json.dumps(body), headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


def square(column: int, row: int) -> dict[str, Any]:
    """A square of about 400 m; the one at the next column shares a side with it."""
    west, south = WEST_LON + column * SIDE_DEG, SOUTH_LAT + row * SIDE_DEG
    east, north = west + SIDE_DEG, south + SIDE_DEG
    return {
        "type": "MultiPolygon",
        "coordinates": [[[[west, south], [east, south], [east, north], [west, north], [west, south]]]],
    }


def zone(person: Person, users: Users, layer: str, code: str, column: int, row: int, **more: Any) -> int:
    properties = {"code": code, "name": f"区{code}", "admin_code": WEST, "source": "exercise", **more}
    body = {"type": "Feature", "geometry": square(column, row), "properties": properties}
    return int(writes(person, users, f"/ogc/collections/{layer}/items", body)["id"])


def looks_at(person: Person, layer: str, id: int, lon: float, lat: float) -> Clerk:
    south = lat - ABOVE_THE_SHEET_DEG if person.screen.is_phone else lat
    person.goes_to(f"/map?layers={layer}&chosen={layer}/{id}&at=15/{south:.5f}/{lon:.5f}")
    person.sees_the_map()
    return Clerk(person, layer, id)


def touches(person: Person, x: float, y: float) -> None:
    """A click with the mouse, a tap with a finger, at a part of the map (0 to 1 across and down)."""
    box = person.page.locator("#map").bounding_box()
    assert box is not None
    bottom = 400.0 if person.screen.is_phone else box["y"] + box["height"]  # the sheet lies over the rest
    at = box["x"] + x * box["width"], box["y"] + y * (bottom - box["y"])
    (person.page.touchscreen.tap if person.screen.is_phone else person.page.mouse.click)(*at)


def spot(person: Person, lon: float, lat: float) -> tuple[float, float]:
    """Where on the screen a place lies, from two places of the address: the middle of the map and 15th zoom level."""
    found = re.search(r"at=([\d.]+)/([\d.]+)/([\d.]+)", person.page.url)
    assert found is not None
    zoom, lat0, lon0 = map(float, found.groups())

    def mercator(lat: float) -> float:
        return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))

    world = 256 * 2**zoom
    box = person.page.locator("#map").bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2 + (lon - lon0) / 360 * world
    y = box["y"] + box["height"] / 2 - (mercator(lat) - mercator(lat0)) / (2 * math.pi) * world
    return x, y


def serious_faults(person: Person, within: str) -> list[str]:
    """What axe finds serious or critical in one part of the page."""
    person.page.evaluate(AXE.read_text())
    found = person.page.evaluate("(within) => axe.run(within)", within)["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in ("serious", "critical")
    ]


def depot(person: Person, users: Users) -> Clerk:
    person.signs_in("admin", users["admin"])
    found = person.knows(f"/ogc/collections/depots/items?limit=1&offset={SCREENS.index(person.screen)}")["features"][0]
    clerk = looks_at(person, "depots", found["id"], *found["geometry"]["coordinates"])
    clerk.begins()
    person.raises_the_sheet()
    return clerk


def adds_stock(clerk: Clerk, key: str, name: str) -> Locator:
    """Opens a new row and fills in what it needs."""
    rows = clerk.panel.locator("#field-stock")
    at = rows.locator("li").count()
    rows.locator("button.add").click()
    expect(rows.locator(f"#field-stock-{at}-key")).to_be_focused()
    rows.locator(f"#field-stock-{at}-key").fill(key)
    for cell, text in (("name", name), ("unit", "台"), ("qty", "7")):
        rows.locator(f"#field-stock-{at}-{cell}").fill(text)
    return rows


@each_hand
def test_a_row_of_stock_is_added_moved_and_stands_in_its_place(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    clerk = depot(person_at(screen), users)
    rows = adds_stock(clerk, "9990001", "水泵")
    count = rows.locator("li").count()
    rows.locator("li").last.locator(".fold").focus()
    clerk.page.keyboard.press("Alt+ArrowUp")
    expect(rows.locator("li").nth(count - 2)).to_contain_text("9990001")
    expect(rows.locator("li").nth(count - 2).locator(".fold")).to_be_focused()
    clerk.page.keyboard.press("Control+z")
    expect(rows.locator("li").last).to_contain_text("9990001")
    clerk.page.keyboard.press("Control+Shift+z")
    expect(rows.locator("li").nth(count - 2)).to_contain_text("9990001")
    assert serious_faults(clerk.person, ".edit-panel") == []
    clerk.saves()
    clerk.has_saved()
    stock = clerk.stored()["properties"]["stock"]
    assert stock["9990001"] == {
        "name": "水泵",
        "unit": "台",
        "qty": 7,
        "state": "good",
        "mode": "goods",
        "place": count - 1,
    }
    table = clerk.page.locator(".inspector table")
    expect(table.get_by_role("rowheader").nth(count - 2)).to_have_text("9990001")
    assert table.evaluate("(one) => one.closest('.inspector').scrollWidth <= one.closest('.inspector').clientWidth")


def test_a_row_with_a_code_twice_or_a_cell_missing_is_shown_and_not_sent(person_at: PersonAt, users: Users) -> None:
    clerk = depot(person_at(DESK), users)
    before = clerk.stored()["properties"]
    first = next(iter(sorted(before["stock"])))
    rows = adds_stock(clerk, first, "")
    clerk.saves()
    expect(rows.get_by_text("与前面一行重复")).to_be_visible()
    expect(rows.get_by_text("不能为空")).to_be_visible()
    assert clerk.stored()["properties"]["version"] == before["version"]
    rows.locator("li").last.get_by_role("button", name=re.compile("移除")).click()
    expect(clerk.panel.get_by_text("没有修改")).to_be_visible()


def test_a_danger_zone_is_drawn_taken_back_refused_where_it_crosses_itself_and_saved(
    person_at: PersonAt, users: Users
) -> None:
    person = person_at(DESK)
    person.signs_in("admin", users["admin"])
    point = hazard(person, 20)
    clerk = looks_at(person, "geohazards", point["id"], *point["geometry"]["coordinates"])
    if point["properties"]["danger_zone"]:
        expect(person.page.locator(".second-shape", has_text="危险区")).to_be_visible()
    clerk.begins()
    clerk.panel.get_by_role("button", name=re.compile("(在地图上画|重画) 危险区")).click()
    for x, y in ((0.4, 0.3), (0.6, 0.6), (0.6, 0.3), (0.4, 0.6)):  # a bow tie
        touches(person, x, y)
    person.page.keyboard.press("Enter")
    clerk.saves()
    zone_field = clerk.panel.locator("#field-danger_zone")
    expect(zone_field.get_by_role("alert")).to_be_visible()
    clerk.panel.get_by_role("button", name="重画 危险区").click()
    for x, y in ((0.4, 0.3), (0.6, 0.3), (0.6, 0.6)):
        touches(person, x, y)
    person.page.keyboard.press("Enter")
    expect(zone_field).to_contain_text("3 个顶点")
    clerk.saves()
    clerk.has_saved()
    after = clerk.stored()
    assert len(after["properties"]["danger_zone"]["coordinates"][0][0]) == 4
    assert after["geometry"] == point["geometry"]
    expect(person.page.locator(".second-shape", has_text="危险区")).to_be_visible()


@by_mouse_and_touch
def test_a_zone_is_cut_and_its_way_out_goes_where_it_is_told(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in("admin", users["admin"])
    nth = SCREENS.index(screen)
    west = WEST_LON
    way = {"type": "LineString", "coordinates": [[west, SOUTH_LAT], [west - 0.01, SOUTH_LAT]]}
    id = zone(person, users, "flash_flood_zones", f"CUT-{nth}", 0, 2 * nth, route=way)
    south = SOUTH_LAT + 2 * nth * SIDE_DEG
    clerk = looks_at(person, "flash_flood_zones", id, west + SIDE_DEG / 2, south + SIDE_DEG / 2)
    clerk.begins()
    clerk.presses("split")
    if screen.is_phone:  # the sheet makes room for the hand
        person.page.wait_for_function("() => document.querySelector('.sheet').clientHeight < 100")
    for lat in (south - SIDE_DEG / 4, south + SIDE_DEG * 1.25):
        at = spot(person, west + SIDE_DEG * 0.4, lat)
        (person.page.touchscreen.tap if screen.is_phone else person.page.mouse.click)(*at)
    person.page.get_by_role("button", name="完成", exact=True).click()
    if screen.is_phone:  # and comes back with the pieces
        expect(person.page.locator(".sheet")).to_have_attribute("data-height", "half")
    choice = clerk.panel.get_by_role("group", name="转移路线")
    expect(choice.get_by_role("radio", name="留在第 1 块")).to_be_checked()
    choice.get_by_role("radio", name="每块各留一份").check()
    assert serious_faults(person, ".edit-panel") == []
    clerk.presses("cut", clerk.panel)
    clerk.has_saved()
    found = person.knows(f"/ogc/collections/flash_flood_zones/items?filter=code like 'CUT-{nth}%25'")["features"]
    assert len(found) == 2
    assert [one["properties"]["route"] for one in found] == [way, way]


@by_mouse_and_touch
def test_two_zones_become_one_and_the_only_way_out_is_kept(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in("admin", users["admin"])
    row = 8 + 2 * SCREENS.index(screen)
    way = {"type": "LineString", "coordinates": [[WEST_LON, SOUTH_LAT], [WEST_LON - 0.01, SOUTH_LAT]]}
    mine = zone(person, users, "flash_flood_zones", f"M-{row}-1", 0, row)
    other = zone(person, users, "flash_flood_zones", f"M-{row}-2", 1, row, route=way)
    lat = SOUTH_LAT + (row + 0.5) * SIDE_DEG
    clerk = looks_at(person, "flash_flood_zones", mine, WEST_LON + SIDE_DEG, lat)
    clerk.begins()
    person.page.get_by_role("toolbar", name="编辑工具").get_by_role("button", name="合并", exact=True).click()
    at = spot(person, WEST_LON + SIDE_DEG * 1.3, lat)
    (person.page.touchscreen.tap if screen.is_phone else person.page.mouse.click)(*at)
    card = clerk.panel.get_by_role("region", name="合并")
    expect(card).to_contain_text(f"M-{row}-2")
    expect(card.get_by_role("group", name="转移路线").get_by_role("radio", name="合在一起")).to_be_checked()
    assert serious_faults(person, ".edit-panel") == []
    card.get_by_role("button", name="合并 2 个").click()
    clerk.has_saved()
    after = clerk.stored()
    assert after["properties"]["route"] == way
    lons = [lon for lon, _ in after["geometry"]["coordinates"][0][0]]
    assert (min(lons), max(lons)) == (pytest.approx(WEST_LON), pytest.approx(WEST_LON + 2 * SIDE_DEG))
    assert not person.page.request.get(f"{person.url}/ogc/collections/flash_flood_zones/items/{other}").ok


def test_the_unit_of_a_size_follows_the_type_that_is_chosen(person_at: PersonAt, users: Users) -> None:
    person = person_at(NIGHT_PHONE)
    person.signs_in("admin", users["admin"])
    point = hazard(person, 21)
    clerk = looks_at(person, "geohazards", point["id"], *point["geometry"]["coordinates"])
    clerk.begins()
    size = clerk.panel.locator(".field", has=person.page.locator("#field-size"))
    for kind, unit in (("landslide", "m³"), ("ground_collapse", "km²"), ("ground_fissure", "m")):
        clerk.panel.locator("#field-hazard_type").select_option(kind)
        expect(size.locator(".unit")).to_have_text(unit)
