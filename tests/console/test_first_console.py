"""The first console: sign in, read the map, open a thing; on a desk and a phone, light and dark, in both languages."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.people import SCREENS, Person, Screen, each_screen

pytestmark = pytest.mark.browser

DESK, WALL, PHONE, NIGHT_PHONE = SCREENS
AXE = Path(__file__).parents[2] / "maps/web/node_modules/axe-core/axe.min.js"
READER = "viewer"
# Each value of aria-busy, and how many tiles had come by then.
BUSY = """window.busy = []; new MutationObserver(() => {
  const now = document.querySelector('#map')?.getAttribute('aria-busy')
  const tiles = performance.getEntriesByType('resource').filter((one) => one.name.includes('/tiles/')).length
  if (now && now !== busy.at(-1)?.[0]) busy.push([now, tiles])
}).observe(document, { subtree: true, childList: true, attributes: true })"""
PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]
PX_PER_MM = 96 / 25.4  # of CSS
A4_INSIDE_MM = 277  # across, between its margins of 10 mm

def first_mine(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = person.knows("/ogc/collections/mines/items?limit=1")["features"][0]
    return found


def over(mine: dict[str, Any], zoom: int = 16) -> str:
    """The address of a map with this mine in its middle."""
    lon, lat = mine["geometry"]["coordinates"][:2]
    return f"/map?layers=mines&at={zoom}/{lat}/{lon}"


def number_in(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    assert found is not None, text
    return int(found.group().replace(",", ""))


@each_screen
def test_a_wrong_password_is_refused_in_words_and_the_right_one_leads_to_the_address_asked_for(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    person.goes_to("/map?layers=shelters")
    person.fills_in(READER, "not the password")
    reason = person.page.get_by_role("alert")
    expect(reason).to_contain_text("password" if screen.language == "en" else "密码")
    expect(person.page.get_by_role("button", name=person.says("sign in"), exact=True)).to_be_enabled()
    person.fills_in(READER, users[READER])
    person.sees_the_map()
    assert "layers=shelters" in person.page.url


@each_screen
def test_every_layer_is_listed_with_its_count(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in(READER, users[READER])
    person.opens_tab("layers")
    for layer in person.knows("/api/layers"):
        row = person.page.get_by_role("listitem").filter(has=person.page.get_by_role("checkbox", name=person.title_of(layer)))
        if layer["count"]:
            expect(row.first).to_contain_text(f"{layer['count']:,}")


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=lambda screen: screen.name)
def test_the_map_is_busy_from_its_first_picture_until_all_its_tiles_are_there(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    person.signs_in(READER, users[READER])
    person.page.add_init_script(BUSY)
    person.goes_to("/map?layers=shelters,villages")
    person.sees_the_map()
    first, *others = person.page.evaluate("busy")
    assert first == ["true", 0]
    assert [(now, tiles > 0) for now, tiles in others] == [("false", True)]


def all_on(person: Person) -> None:
    """Every group's switch, one after the other."""
    off = person.page.get_by_role("button", name=re.compile("^(全部打开|Switch on all)"), disabled=False, pressed=False)
    while off.count():
        off.first.click()
    person.sees_the_map()


def middle_of(person: Person, layer: str) -> tuple[float, float]:
    """A coordinate of the layer's first feature."""
    numbers = person.knows(f"/ogc/collections/{layer}/items?limit=1")["features"][0]["geometry"]["coordinates"]
    while isinstance(numbers[0], list):
        numbers = numbers[0]
    return numbers[0], numbers[1]


def drawn_of(person: Person, layer: Mapping[str, Any]) -> int:
    """How many objects of a layer the map says it shows."""
    label = person.page.locator("label").filter(has=person.page.get_by_role("checkbox", name=person.title_of(layer)))
    return number_in(label.first.locator(".seen").inner_text())


@each_screen
def test_every_layer_switched_on_is_on_the_map(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in(READER, users[READER])
    person.raises_the_sheet()
    all_on(person)
    filled = [layer for layer in person.knows("/api/layers") if layer["count"]]
    assert len(filled) > 20
    assert len(person.page.locator("label .seen").all()) == len(filled)
    elsewhere = [layer for layer in filled if drawn_of(person, layer) == 0]
    for layer in elsewhere:  # earthquakes of the province, lines too short for an overview
        lon, lat = middle_of(person, layer["name"])
        person.goes_to(f"/map?layers={layer['name']}&at=14/{lat}/{lon}")
        person.sees_the_map()
        person.raises_the_sheet()
        assert drawn_of(person, layer) > 0, layer["name"]


@pytest.mark.parametrize("screen", [DESK, WALL], ids=lambda screen: screen.name)
def test_a_mine_is_opened_by_a_click_from_map_to_popup_to_inspector(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    person.signs_in(READER, users[READER])
    mine = first_mine(person)
    person.goes_to(over(mine))
    person.sees_the_map()
    person.page.get_by_role("application", name=person.says("map")).click()
    popup = person.page.get_by_role("region", name=mine["properties"]["name"])
    expect(popup).to_contain_text("Mines" if screen.language == "en" else "矿山")
    popup.get_by_role("button", name=person.says("open"), exact=True).click()
    inspector = person.page.get_by_role("article", name=person.says("object"))
    expect(inspector.get_by_role("heading", name=mine["properties"]["name"])).to_be_visible()
    expect(inspector).to_contain_text(person.says("in charge"))
    expect(inspector).to_contain_text(mine["properties"]["code"])
    expect(popup).to_have_count(0)
    assert f"chosen=mines/{mine['id']}" in person.page.url


@pytest.mark.parametrize("screen", [PHONE, NIGHT_PHONE], ids=lambda screen: screen.name)
def test_on_a_phone_a_tap_opens_the_mine_in_the_sheet(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in(READER, users[READER])
    mine = first_mine(person)
    person.goes_to(over(mine))
    person.sees_the_map()
    area = person.page.get_by_role("application", name=person.says("map")).bounding_box()
    assert area is not None
    person.page.touchscreen.tap(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    inspector = person.page.get_by_role("article", name=person.says("object"))
    expect(inspector.get_by_role("heading", name=mine["properties"]["name"])).to_be_visible()
    assert person.page.locator(".sheet").get_attribute("data-height") == "half"


def test_a_link_a_reload_and_going_back_show_the_same(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER])
    mine = first_mine(person)
    address = f"{over(mine, 14)}&chosen=mines/{mine['id']}"
    person.goes_to(address)
    name = person.page.get_by_role("heading", name=mine["properties"]["name"])
    expect(name).to_be_visible()
    person.page.reload()
    expect(name).to_be_visible()
    assert "layers=mines" in person.page.url
    assert "at=14/" in person.page.url
    person.page.get_by_role("button", name=person.says("close object")).click()
    expect(name).to_have_count(0)
    person.page.go_back()
    expect(name).to_be_visible()


def test_what_is_in_view_can_be_listed_and_opened_without_a_mouse(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER])
    mine = first_mine(person)
    person.goes_to(over(mine))
    person.sees_the_map()
    person.opens_tab("in view")
    person.page.get_by_role("button", name=re.compile(re.escape(mine["properties"]["name"]))).focus()
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("heading", name=mine["properties"]["name"])).to_be_visible()


def test_keys_find_a_layer_show_the_help_and_step_back(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER])
    mine = first_mine(person)
    person.goes_to(f"{over(mine)}&chosen=mines/{mine['id']}")
    person.sees_the_map()
    page = person.page
    page.keyboard.press("f")
    page.keyboard.type("避难")
    expect(page.get_by_role("checkbox")).to_have_count(2)  # the base map's and the shelters'
    page.keyboard.press("Escape")
    page.get_by_role("application", name=person.says("map")).click()
    popup = page.get_by_role("region", name=mine["properties"]["name"])
    expect(popup).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name=person.says("keys"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(page.get_by_role("article", name=person.says("object"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("article", name=person.says("object"))).to_have_count(0)


def test_language_and_theme_are_switched_and_kept(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER])
    page = person.page
    page.get_by_role("button", name=re.compile("^用户")).click()
    page.get_by_text("English").click()
    expect(page.get_by_role("heading", level=1, name="Map")).to_be_visible()
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html.dark")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.locator("html.dark")).to_have_attribute("lang", "en")
    expect(page.get_by_role("tab", name="Layers")).to_be_visible()


def test_exercise_data_are_marked_on_the_bar_the_map_and_the_print(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER])
    page = person.page
    expect(page.get_by_role("banner")).to_contain_text("演练数据")
    expect(page.get_by_role("img", name=re.compile("演练数据"))).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_role("heading", level=1, name=re.compile("^【演练】"))).to_be_visible()
    expect(page.get_by_role("tab")).to_have_count(0)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round(A4_INSIDE_MM * PX_PER_MM), "height": 718})
    on_paper = page.locator("#map").bounding_box()
    assert on_paper is not None
    assert on_paper["width"] / PX_PER_MM == pytest.approx(214, abs=2), "the map has its 214 mm of the sheet"
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.get_by_role("tab", name="图层")).to_be_visible()


def test_a_lost_server_is_said_and_found_again(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER])
    page = person.page
    page.context.set_offline(True)
    expect(page.get_by_role("banner")).to_contain_text(person.says("offline"))
    expect(page.get_by_role("alert")).to_contain_text("与服务器断开")
    page.context.set_offline(False)
    expect(page.get_by_role("banner")).to_contain_text(person.says("live"))


def test_a_session_that_ended_asks_for_the_password_and_comes_back(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER], "/map?layers=mines")
    person.page.context.clear_cookies()
    person.page.reload()
    expect(person.page.get_by_role("heading", name=person.says("sign in"))).to_be_visible()
    person.fills_in(READER, users[READER])
    person.sees_the_map()
    assert "layers=mines" in person.page.url


def test_signing_out_closes_the_map(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER])
    person.page.get_by_role("button", name=re.compile("^用户")).click()
    person.page.get_by_role("button", name=person.says("sign out")).click()
    expect(person.page.get_by_role("heading", name=person.says("sign in"))).to_be_visible()
    person.goes_to("/map")
    expect(person.page.get_by_role("heading", name=person.says("sign in"))).to_be_visible()


def test_no_token_is_within_reach_of_a_script(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER])
    within_reach = person.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage}) + document.cookie")
    assert set(json.loads(within_reach)) <= {"anlan.screen", "vue-router:scroll"}


def serious_faults(person: Person) -> list[str]:
    """What axe finds serious or critical (WCAG 2.2 A and AA)."""
    person.page.evaluate(AXE.read_text())
    found = person.page.evaluate("axe.run()")["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")
    ]


@each_screen
def test_axe_finds_no_serious_fault(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.goes_to("/map")
    person.fills_in(READER, "not the password")
    expect(person.page.get_by_role("alert")).to_be_visible()
    assert serious_faults(person) == []
    person.fills_in(READER, users[READER])
    person.sees_the_map()
    person.raises_the_sheet()
    assert serious_faults(person) == []
    mine = first_mine(person)
    person.goes_to(f"{over(mine)}&chosen=mines/{mine['id']}")
    expect(person.page.get_by_role("heading", name=mine["properties"]["name"])).to_be_visible()
    person.sees_the_map()
    assert serious_faults(person) == []


@pytest.mark.parametrize("screen", [PHONE, NIGHT_PHONE], ids=lambda screen: screen.name)
def test_on_a_phone_everything_to_press_is_44_pixels_high(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in(READER, users[READER])
    person.raises_the_sheet()
    small = person.page.evaluate(
        """() => [...document.querySelectorAll('button, label:has(input), a[href]')]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height > 0)
            .filter((one) => one.getBoundingClientRect().height < 44 && !one.matches('.skip, .handle, .sources *, .el-input *'))
            .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert small == []
