"""Changing what the register holds: move, draw, cut, delete, lose the network, meet somebody else; by role and name."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.console.people import SCREENS, Person, Screen

pytestmark = pytest.mark.browser

DESK, WALL, PHONE, NIGHT_PHONE = SCREENS
CLERK = "bureau"  # of natural resources: writes geohazards and risk zones of the whole county
PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "edit": "编辑", "save": "保存", "place": "位置:", "kept": "修改已存在本机", "saved": "已保存", "go on": "继续",
        "waiting": "服务器没有回答", "delete": "删除", "back": "撤销删除", "new": "新建", "split": "分割", "cut": "确认分割",
        "missing": "不能为空", "no number": "应为数值",
    },
    "en": {
        "edit": "Edit", "save": "Save", "place": "Place:", "kept": "Kept on this computer", "saved": "saved", "go on": "Go on",
        "waiting": "The server does not answer", "delete": "Delete", "back": "Bring back", "new": "New", "split": "Split",
        "cut": "Split", "missing": "Must not be empty", "no number": "Must be a number",
    },
}  # fmt: skip

each_hand = pytest.mark.parametrize("screen", [DESK, NIGHT_PHONE], ids=lambda screen: screen.name)


class Clerk:
    """Somebody who changes one feature of a layer."""

    def __init__(self, person: Person, layer: str, id: int) -> None:
        self.person, self.page, self.layer, self.id = person, person.page, layer, id

    def says(self, key: str) -> str:
        return WORDS[self.person.screen.language][key]

    @property
    def panel(self) -> Locator:
        return self.page.locator(".edit-panel")

    def arrives(self, username: str, users: Users) -> None:
        self.person.signs_in(username, users[username], f"/map?layers={self.layer}&chosen={self.layer}/{self.id}")

    def stored(self) -> dict[str, Any]:
        found: dict[str, Any] = self.person.knows(f"/ogc/collections/{self.layer}/items/{self.id}")
        return found

    def presses(self, key: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=self.says(key), exact=True).click()

    def begins(self) -> None:
        self.presses("edit")
        self.panel.get_by_role("button", name=self.says("save"), exact=True).wait_for()

    def writes(self, field: str, text: str) -> None:
        self.panel.locator(f"#field-{field}").fill(text)

    def saves(self) -> None:
        self.presses("save", self.panel)

    def has_saved(self) -> None:
        self.page.get_by_role("status").filter(has_text=self.says("saved")).last.wait_for()
        expect(self.panel).to_have_count(0)

    def nudges(self, key: str, times: int = 4) -> None:
        handle = self.page.locator(f".shape-handle[title^='{self.says('place')}']")
        handle.focus()
        for _ in range(times):
            self.page.keyboard.press(f"Shift+{key}")


def hazard(person: Person, nth: int) -> dict[str, Any]:
    found: dict[str, Any] = person.knows(f"/ogc/collections/geohazards/items?limit=1&offset={nth}")["features"][0]
    return found


def clerk_at(person: Person, users: Users, nth: int) -> Clerk:
    """The clerk of natural resources looking at a hazard point of her own."""
    person.signs_in(CLERK, users[CLERK])
    clerk = Clerk(person, "geohazards", hazard(person, nth)["id"])
    person.goes_to(f"/map?layers=geohazards&chosen=geohazards/{clerk.id}")
    person.sees_the_map()
    return clerk


@each_hand
def test_a_hazard_point_is_moved_and_stands_there_after_a_reload(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    clerk = clerk_at(person_at(screen), users, SCREENS.index(screen))
    before = clerk.stored()
    clerk.begins()
    clerk.nudges("ArrowRight")
    expect(clerk.panel.get_by_text(clerk.says("kept"))).to_be_visible()
    clerk.saves()
    clerk.has_saved()
    clerk.page.reload()
    clerk.person.sees_the_map()
    after = clerk.stored()
    assert after["geometry"]["coordinates"][0] > before["geometry"]["coordinates"][0]
    assert after["properties"]["version"] == before["properties"]["version"] + 1
    lon, lat = after["geometry"]["coordinates"]
    assert after["properties"]["coord_raw"] == f"{lon},{lat}"  # it was taken on the map, and says so


def test_the_mouse_drags_a_point_and_undo_brings_it_back(person_at: PersonAt, users: Users) -> None:
    clerk = clerk_at(person_at(DESK), users, 5)
    clerk.begins()
    handle = clerk.page.locator(f".shape-handle[title^='{clerk.says('place')}']")
    lon = clerk.panel.get_by_label("经度")
    was = lon.input_value()
    clerk.page.wait_for_url(re.compile(r"at=1[4-8]"))  # the map has come near; the handle stays where it is
    expect(handle).to_be_visible()
    box = handle.bounding_box()
    assert box is not None
    clerk.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    clerk.page.mouse.down()
    clerk.page.mouse.move(box["x"] + 90, box["y"] + 60, steps=6)
    clerk.page.mouse.up()
    expect(lon).not_to_have_value(was)
    clerk.page.keyboard.press("Control+z")
    expect(lon).to_have_value(was)
    clerk.page.keyboard.press("Control+Shift+z")
    expect(lon).not_to_have_value(was)


def test_two_windows_change_one_point_and_a_person_chooses_field_by_field(person_at: PersonAt, users: Users) -> None:
    mine = clerk_at(person_at(DESK), users, 6)
    theirs = Clerk(person_at(WALL), "geohazards", mine.id)
    theirs.arrives("admin", users)
    mine.begins()
    theirs.begins()
    mine.writes("note", "我写的")
    mine.writes("length_m", "77")
    mine.nudges("ArrowRight")
    theirs.writes("note", "their note")
    theirs.writes("width_m", "66")
    theirs.nudges("ArrowUp")
    theirs.saves()
    theirs.has_saved()
    standing = theirs.stored()
    mine.saves()
    notes = mine.panel.get_by_role("group", name="备注")
    expect(notes).to_contain_text("their note")
    expect(notes).to_contain_text("我写的")
    notes.get_by_role("radio", name=re.compile("我的")).check()
    mine.panel.get_by_role("group", name="位置").get_by_role("radio", name=re.compile("他人")).check()
    mine.panel.get_by_role("button", name=re.compile("版上保存")).click()
    mine.has_saved()
    after = mine.stored()
    assert after["geometry"] == standing["geometry"]
    assert (after["properties"]["note"], after["properties"]["length_m"], after["properties"]["width_m"]) == (
        "我写的",
        77,
        66,
    )


@each_hand
def test_a_draft_survives_a_reload_and_a_lost_network(screen: Screen, person_at: PersonAt, users: Users) -> None:
    clerk = clerk_at(person_at(screen), users, 8 + SCREENS.index(screen))
    clerk.begins()
    clerk.writes("note", "written before the reload")
    expect(clerk.panel.get_by_text(clerk.says("kept"))).to_be_visible()
    clerk.page.reload()
    clerk.person.sees_the_map()
    clerk.presses("go on")
    expect(clerk.panel.locator("#field-note")).to_have_value("written before the reload")
    clerk.page.context.set_offline(True)
    clerk.saves()
    expect(clerk.panel.get_by_text(clerk.says("waiting"))).to_be_visible()
    assert clerk.panel.locator("#field-note").input_value() == "written before the reload"
    clerk.page.context.set_offline(False)
    clerk.has_saved()
    assert clerk.stored()["properties"]["note"] == "written before the reload"


def test_a_save_whose_answer_was_lost_is_one_version(person_at: PersonAt, users: Users) -> None:
    clerk = clerk_at(person_at(DESK), users, 13)
    before = clerk.stored()["properties"]["version"]
    clerk.begins()
    clerk.writes("note", "sent once")
    lost: list[str] = []

    def done_but_unheard(route: Any) -> None:
        if route.request.method == "PATCH" and not lost:
            lost.append(route.request.headers["idempotency-key"])
            route.fetch()
            route.abort()
        else:
            route.continue_()

    clerk.page.route(f"**/items/{clerk.id}", done_but_unheard)
    clerk.saves()
    clerk.has_saved()  # the server is there, so it is sent again by itself
    assert lost
    assert clerk.stored()["properties"]["version"] == before + 1


def test_what_is_wrong_is_said_at_its_field_before_and_by_the_server(person_at: PersonAt, users: Users) -> None:
    clerk = clerk_at(person_at(DESK), users, 14)
    clerk.begins()
    clerk.writes("name", "")
    clerk.writes("size", "约三")
    clerk.writes("surveyed_on", "2099-01-01")
    clerk.saves()
    expect(clerk.panel.locator("#field-name-fault")).to_contain_text(clerk.says("missing"))
    expect(clerk.panel.locator("#field-size-fault")).to_contain_text(clerk.says("no number"))
    clerk.writes("name", "补上的名称")
    clerk.writes("size", "12")
    clerk.saves()
    fault = clerk.panel.locator("#field-surveyed_on-fault")
    expect(fault).to_be_visible()
    expect(clerk.panel.locator("#field-surveyed_on")).to_have_attribute("aria-invalid", "true")


def test_a_point_is_deleted_with_its_reason_and_brought_back(person_at: PersonAt, users: Users) -> None:
    clerk = clerk_at(person_at(DESK), users, 15)
    name = clerk.stored()["properties"]["name"]
    clerk.presses("delete")
    form = clerk.page.get_by_role("form", name=clerk.says("delete"))
    expect(form.get_by_role("button", name=clerk.says("delete"))).to_be_disabled()
    form.get_by_label("删除原因").fill("重复登记")
    clerk.presses("delete", form)
    expect(clerk.page.get_by_text(f"已删除“{name}”")).to_be_visible()
    assert not clerk.page.request.get(f"{clerk.person.url}/ogc/collections/geohazards/items/{clerk.id}").ok
    versions = clerk.person.knows(f"/ogc/collections/geohazards/items/{clerk.id}/versions")["versions"]
    assert "重复登记" in str(versions)
    clerk.presses("back")
    expect(clerk.page.get_by_role("heading", name=name)).to_be_visible()
    assert clerk.stored()["properties"]["name"] == name


def test_an_area_is_cut_in_two(person_at: PersonAt, users: Users) -> None:
    person = person_at(WALL)
    person.signs_in(CLERK, users[CLERK])
    zone = person.knows("/ogc/collections/risk_zones/items?limit=1")
    clerk = Clerk(person, "risk_zones", zone["features"][0]["id"])
    person.goes_to(f"/map?layers=risk_zones&chosen=risk_zones/{clerk.id}")
    person.sees_the_map()
    clerk.begins()
    expect(person.page.locator(".shape-handle").first).to_be_visible()
    person.page.wait_for_url(re.compile(r"at=1[4-8]"))  # the map has come near: the area fills it
    near = person.page.url
    person.page.get_by_role("button", name="Zoom out", exact=True).click()
    person.page.wait_for_url(lambda url: url != near)
    clerk.presses("split")
    box = person.page.locator("#map").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    person.page.mouse.click(middle, box["y"] + 120)
    person.page.mouse.click(middle, box["y"] + box["height"] - 60)
    person.page.keyboard.press("Enter")
    clerk.presses("cut", clerk.panel)
    clerk.has_saved()
    pieces = person.knows("/ogc/collections/risk_zones/items?limit=1")["numberMatched"]
    assert pieces > zone["numberMatched"]


def test_a_township_changes_its_own_rows_and_not_its_neighbours(person_at: PersonAt, users: Users) -> None:
    township = next(name for name in users if re.fullmatch(r"\d{9}", name))
    neighbour = next(code for code in ("141033100", "141033101") if code != township)
    admin = person_at(DESK)
    admin.signs_in("admin", users["admin"])
    clerk = Clerk(person_at(DESK), "geohazards", hazard(admin, 16)["id"])
    clerk.arrives(township, users)
    edit = clerk.page.get_by_role("button", name=clerk.says("edit"), exact=True)
    expect(edit).to_have_count(1)
    mover = Clerk(admin, "geohazards", clerk.id)
    admin.goes_to(f"/map?layers=geohazards&chosen=geohazards/{clerk.id}")
    mover.begins()
    mover.writes("admin_code", neighbour)
    mover.saves()
    mover.has_saved()
    clerk.page.reload()
    expect(clerk.page.get_by_role("heading", name=clerk.stored()["properties"]["name"], exact=True)).to_be_visible()
    expect(edit).to_have_count(0)


def test_nobody_edits_the_past_and_a_viewer_edits_nothing(person_at: PersonAt, users: Users) -> None:
    clerk = clerk_at(person_at(DESK), users, 17)
    expect(clerk.page.get_by_role("button", name=clerk.says("edit"), exact=True)).to_be_visible()
    clerk.person.goes_to(f"/map?layers=geohazards&chosen=geohazards/{clerk.id}&as_of=2099-01-01T00:00:00Z")
    clerk.person.sees_the_map()
    expect(clerk.page.get_by_role("button", name=clerk.says("new"), exact=True)).to_have_count(0)
    expect(clerk.page.get_by_role("button", name=clerk.says("edit"), exact=True)).to_have_count(0)
    reader = Clerk(person_at(DESK), "geohazards", clerk.id)
    reader.arrives("viewer", users)
    expect(reader.page.get_by_role("tab").first).to_be_visible()
    expect(reader.page.get_by_role("button", name=reader.says("edit"), exact=True)).to_have_count(0)
    expect(reader.page.get_by_role("button", name=reader.says("new"), exact=True)).to_have_count(0)
