"""Finding and looking: search by keys, the people in charge, what lies near, history, the past, saved views, links."""

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.console.people import SCREENS, Person, Screen, each_screen

pytestmark = pytest.mark.browser

DESK, WALL, PHONE, NIGHT_PHONE = SCREENS
PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]



def text(person: Person, zh: str, en: str) -> str:
    return en if person.screen.language == "en" else zh


def some_hazard(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = person.knows("/ogc/collections/geohazards/items?limit=1")["features"][0]
    return found


def untouched_hazard(person: Person) -> dict[str, Any]:
    """One that nobody has changed yet: other tests write the first ones."""
    found = person.knows("/ogc/collections/geohazards/items?limit=200&sortby=-id")["features"]
    free: dict[str, Any] = next(one for one in found if one["properties"]["version"] == 1)
    return free


def address_of(one: Mapping[str, Any], layer: str = "geohazards") -> str:
    lon, lat = one["geometry"]["coordinates"][:2]
    return f"/map?county=141033&layers={layer}&at=15/{lat}/{lon}&chosen={layer}/{one['id']}"


def inspector(person: Person) -> Locator:
    return person.page.get_by_role("article", name=person.says("object"))


def moves(url: str, password: str, one: Mapping[str, Any]) -> None:
    """An administrator moves a hazard point 0.001° to the east, elsewhere."""
    form = urllib.parse.urlencode({"grant_type": "password", "username": "admin", "password": password}).encode()
    with urllib.request.urlopen(f"{url}/api/auth/token", form) as answer:
        token = json.load(answer)["access_token"]
    lon, lat = one["geometry"]["coordinates"][:2]
    body = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon + 0.001, lat]},
            "properties": {"coord_raw": f"{lon + 0.001},{lat}"}}  # fmt: skip
    request = urllib.request.Request(
        f"{url}/ogc/collections/geohazards/items/{one['id']}", json.dumps(body).encode(), method="PATCH",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/merge-patch+json", "If-Match": "*"},
    )  # fmt: skip
    urllib.request.urlopen(request).close()


@each_screen
def test_a_thing_is_found_by_pinyin_initials_with_keys_only(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in("duty", users["duty"])
    page = person.page
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name=text(person, "搜索", "Search"))
    expect(box).to_be_focused()
    page.keyboard.type("pcz")
    option = page.get_by_role("option", name=re.compile("蒲城镇")).first
    expect(option).to_be_visible()
    while option.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_count(0)
    expect(inspector(person)).to_be_visible()
    assert "chosen=" in page.url


def test_typed_coordinates_are_shown_on_the_map(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in("duty", users["duty"])
    person.page.keyboard.press("Control+k")
    person.page.keyboard.type("111.09,36.41")
    found = person.page.get_by_role("listbox", name="搜索结果").get_by_role("option").first
    expect(found).to_contain_text("111.090000, 36.410000")
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_text("111.09000, 36.41000")).to_be_visible()


def test_a_search_without_an_answer_says_what_to_do(person_at: PersonAt, users: Users) -> None:
    person = person_at(PHONE)
    person.signs_in("duty", users["duty"])
    person.page.get_by_role("button", name="搜索").click()
    person.page.keyboard.type("没有这样的东西")
    dialog = person.page.get_by_role("dialog", name="搜索")
    expect(dialog).to_contain_text("没有找到“没有这样的东西”")
    person.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@each_screen
def test_people_in_charge_are_called_from_the_inspector(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in("duty", users["duty"])
    one = some_hazard(person)
    person.goes_to(address_of(one))
    call = inspector(person).get_by_role("link", name=re.compile(text(person, "拨打监测人", "Call Monitor")))
    expect(call).to_have_attribute("href", re.compile("^tel:0"))
    expect(inspector(person)).to_contain_text(text(person, "会被记录", "logged"))


def test_a_viewer_sees_who_is_in_charge_and_no_phone(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in("viewer", users["viewer"])
    one = some_hazard(person)
    person.goes_to(address_of(one))
    expect(inspector(person)).to_contain_text(one["properties"]["monitor"])
    expect(inspector(person).get_by_role("link", name=re.compile("拨打"))).to_have_count(0)


@each_screen
def test_what_lies_near_is_listed_and_opened(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in("duty", users["duty"])
    person.goes_to(address_of(some_hazard(person)))
    inspector(person).get_by_role("tab", name=text(person, "附近", "Near")).click()
    near = inspector(person).get_by_role("region", name=text(person, "附近", "Near"))
    near.get_by_text(text(person, "5 公里", "5 km"), exact=True).click()
    first = near.get_by_role("listitem").get_by_role("button").first
    expect(first).to_be_visible()
    before = person.page.url
    first.click()
    expect(person.page).not_to_have_url(before)


def test_a_moved_point_tells_its_history_the_past_shows_it_where_it_was_and_it_goes_back(
    person_at: PersonAt, users: Users
) -> None:
    person = person_at(DESK)
    person.signs_in("admin", users["admin"])
    one = untouched_hazard(person)
    moves(person.url, users["admin"], one)
    person.goes_to(address_of(one))
    inspector(person).get_by_role("tab", name="历史").click()
    history = inspector(person).get_by_role("region", name="历史")
    expect(history).to_contain_text("位置移动 90 米")
    history.get_by_role("button", name="在地图上画出改前").click()
    expect(history.get_by_role("button", name="不再画出改前")).to_be_visible()

    history.get_by_role("listitem").last.get_by_role("button", name="整屏看这一时刻").click()
    expect(person.page.get_by_text(re.compile("^历史时刻 "))).to_be_visible()
    assert "as_of=" in person.page.url
    expect(history.get_by_role("button", name="恢复这一版")).to_have_count(0)  # nothing is written in the past
    inspector(person).get_by_role("tab", name="情况").click()
    lon, lat = one["geometry"]["coordinates"][:2]
    expect(inspector(person)).to_contain_text(f"{lon:.6f}, {lat:.6f}")
    person.page.get_by_role("button", name="回到现在").click()
    expect(inspector(person)).to_contain_text(f"{lon + 0.001:.6f}, {lat:.6f}")

    inspector(person).get_by_role("tab", name="历史").click()
    history.get_by_role("button", name="恢复这一版").first.click()
    history.get_by_role("button", name="恢复", exact=True).click()
    expect(history).to_contain_text("已恢复为第")
    now = person.knows(f"/ogc/collections/geohazards/items/{one['id']}")
    assert now["geometry"]["coordinates"] == one["geometry"]["coordinates"]


def test_two_moments_stand_beside_each_other(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in("admin", users["admin"])
    one = untouched_hazard(person)
    moves(person.url, users["admin"], one)
    person.goes_to("/map?county=141033&layers=geohazards")
    person.sees_the_map()
    person.page.get_by_role("button", name="对比两个时刻").click()
    expect(person.page.get_by_role("application", name="当时的地图")).to_be_visible()
    expect(person.page.get_by_role("application", name="现在的地图")).to_be_visible()
    person.page.get_by_role("list", name="其间的变更").get_by_role(
        "button", name=re.compile(one["properties"]["name"])
    ).first.click()
    expect(inspector(person)).to_contain_text(one["properties"]["name"])
    person.page.keyboard.press("Escape")
    person.page.keyboard.press("Escape")
    expect(person.page.get_by_role("application", name="当时的地图")).to_have_count(0)


@pytest.mark.parametrize("screen", [DESK, NIGHT_PHONE], ids=lambda screen: screen.name)
def test_a_view_is_saved_opened_deleted_and_brought_back(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    person.signs_in("duty", users["duty"], "/map?county=141033&layers=mines&at=12/36.4/111.1")
    page = person.page
    page.get_by_role("button", name=text(person, "视图与分享", "Views and sharing")).click()
    panel = page.get_by_role("dialog", name=text(person, "视图", "Views"))
    name = f"汛期 {screen.width}"
    panel.get_by_role("textbox", name=text(person, "视图名称", "Name of the view")).fill(name)
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name=re.compile(name)).first).to_be_visible()
    panel.get_by_role("button", name=text(person, "删除", "Delete")).first.click()
    panel.get_by_role("button", name=text(person, "撤销", "Undo")).click()
    saved = panel.get_by_role("listitem").get_by_role("button", name=re.compile(name)).first
    expect(saved).to_be_visible()
    page.keyboard.press("Escape")
    person.goes_to("/map?county=141033&layers=shelters")
    person.sees_the_map()
    page.get_by_role("button", name=text(person, "视图与分享", "Views and sharing")).click()
    saved.click()
    expect(page).to_have_url(re.compile("layers=mines"))


def test_a_link_to_what_is_not_there_says_so_and_shows_the_rest(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in("viewer", users["viewer"])
    person.goes_to("/map?county=141033&layers=mines,secret_layer&as_of=yesterday&chosen=mines/999999")
    person.sees_the_map()
    note = person.page.get_by_role("alert").filter(has_text="这个链接有些内容打不开")
    expect(note).to_contain_text("secret_layer")
    expect(note).to_contain_text("yesterday")
    expect(inspector(person)).to_contain_text("没有这个对象")
    expect(person.layer("矿山")).to_be_checked()
    note.get_by_role("button", name="知道了").click()
    expect(note).to_have_count(0)
