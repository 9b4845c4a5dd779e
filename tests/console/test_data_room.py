"""The data room: any layer as a table, filtered, counted, charted, exported and changed in bulk, by the tasks of its users."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from tests.console.people import SCREENS, Person, Screen, each_screen

pytestmark = pytest.mark.browser

DESK, WALL, PHONE, _ = SCREENS
AXE = Path(__file__).parents[2] / "maps/web/node_modules/axe-core/axe.min.js"
CLERK, OFFICER, READER = "141033100", "duty", "viewer"
LAYER = "geohazards"
PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]



def press(person: Person, zh: str, en: str) -> Locator:
    return person.page.get_by_role("button", name=en if person.screen.language == "en" else zh, exact=True)


def room(person: Person) -> Locator:
    return person.page.get_by_role("region", name="Data" if person.screen.language == "en" else "数据", exact=True)


def opens(person: Person, users: Users, username: str, address: str = LAYER) -> None:
    person.signs_in(username, users[username], f"/data/{address}")
    room(person).get_by_role("status").first.wait_for()
    expect(counted(person)).to_contain_text(re.compile(r"\d"))


def counted(person: Person) -> Locator:
    """The line that says how many rows there are."""
    return room(person).locator(".count")


def matching(person: Person, condition: str, layer: str = LAYER) -> int:
    """How many the server says match."""
    return int(person.knows(f"/ogc/collections/{layer}/items?limit=1&filter={quote(condition)}")["numberMatched"])


def row(person: Person, number: int) -> Locator:
    return person.page.locator(f"#row-{number}")


@each_screen
def test_conditions_filter_the_table_and_the_address_keeps_them(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    opens(person, users, OFFICER)
    press(person, "筛选", "Filter").click()
    press(person, "+ 加条件", "+ Add condition").click()
    fields = room(person).locator(".condition select")
    fields.first.select_option("threat_people")
    fields.nth(1).select_option("ge")
    value = room(person).locator(".condition input")
    value.fill("50")
    value.press("Tab")
    expected = matching(person, "threat_people >= 50")
    assert expected > 0
    expect(counted(person)).to_contain_text(re.compile(rf"(^|\D){expected}\D"))
    expect(person.page).to_have_url(re.compile("filter=threat_people"))
    person.page.reload()
    expect(counted(person)).to_contain_text(re.compile(rf"(^|\D){expected}\D"))
    assert room(person).locator("[role='row'].row, .cards li").count() <= max(expected, 1) + 1


def test_the_map_shows_only_what_matches(person_at: PersonAt, users: Users) -> None:
    person = person_at(WALL)
    opens(person, users, OFFICER, f"{LAYER}?layers={LAYER}&filter={quote('threat_people >= 50')}")
    expected = matching(person, "threat_people >= 50")
    person.sees_the_map()
    person.page.get_by_role("tab", name="In view").click()
    expect(person.page.get_by_role("list", name="Objects on the map").get_by_role("listitem")).to_have_count(expected)


def test_rows_are_sorted_by_the_server_and_every_row_can_be_scrolled_to(person_at: PersonAt, users: Users) -> None:
    person = person_at(WALL)
    opens(person, users, OFFICER, "households")
    person.page.get_by_role("columnheader", name="People", exact=True).get_by_role("button").click()
    expect(person.page).to_have_url(re.compile("sort=people"))
    last = person.knows("/ogc/collections/households/items?limit=1&sortby=-people&properties=people")
    person.page.get_by_role("grid", name="Table").focus()
    person.page.keyboard.press("End")
    total = last["numberMatched"]
    expect(row(person, total - 1)).to_contain_text(str(last["features"][0]["properties"]["people"]))
    assert person.page.locator("[role='row'].row").count() < 100, "only rows in sight exist in the page"


def test_keys_alone_select_rows_open_one_and_send_them_to_the_map(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    opens(person, users, OFFICER)
    person.page.get_by_role("grid", name="表格").focus()
    for key in ("ArrowDown", "Space", "Shift+ArrowDown", "Shift+ArrowDown"):
        person.page.keyboard.press(key)
    expect(person.page.locator(".selection")).to_contain_text("已选 3 行")
    before = person.page.url
    press(person, "在地图上看", "Show on map").click()
    expect(person.page).not_to_have_url(before)
    person.page.get_by_role("grid", name="表格").focus()
    person.page.keyboard.press("Enter")
    name = row(person, 3).locator(".name .text").inner_text()
    expect(person.page.get_by_role("heading", name=name)).to_be_visible()
    person.page.get_by_role("grid", name="表格").focus()
    person.page.keyboard.press("Escape")
    expect(person.page.locator(".selection")).to_have_count(0)


def test_what_is_chosen_on_the_map_is_found_in_the_table(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(OFFICER, users[OFFICER])
    far = person.knows(f"/ogc/collections/{LAYER}/items?limit=1&sortby=-id&properties=name")["features"][0]
    person.goes_to(f"/data/{LAYER}?chosen={LAYER}/{far['id']}")
    expect(person.page.locator(".row.chosen")).to_contain_text(far["properties"]["name"])
    expect(person.page.locator(".row.chosen")).to_be_in_viewport()


def test_the_selection_is_exported_and_the_file_says_that_it_is_an_exercise(
    person_at: PersonAt, users: Users, tmp_path: Path
) -> None:
    person = person_at(DESK)
    opens(person, users, OFFICER)
    person.page.get_by_role("grid", name="表格").focus()
    for key in ("Space", "Shift+ArrowDown"):
        person.page.keyboard.press(key)
    press(person, "导出", "Export").click()
    with person.page.expect_download() as download:
        press(person, "CSV 文本", "CSV text").click()
    path = tmp_path / "rows.csv"
    download.value.save_as(path)
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert len(rows) == 2
    assert "演练" in download.value.suggested_filename
    assert {row["数据性质"] for row in rows} == {"演练数据"}
    assert not any("电话" in heading for heading in rows[0])


def test_the_filtered_rows_leave_as_geojson(person_at: PersonAt, users: Users, tmp_path: Path) -> None:
    person = person_at(WALL)
    opens(person, users, OFFICER, f"{LAYER}?filter={quote('threat_people >= 50')}")
    press(person, "导出", "Export").click()
    with person.page.expect_download() as download:
        press(person, "GeoJSON 图形", "GeoJSON shapes").click()
    path = tmp_path / "rows.geojson"
    download.value.save_as(path)
    assert len(json.loads(path.read_text())["features"]) == matching(person, "threat_people >= 50")


@each_screen
def test_a_filter_that_matches_nothing_says_so_and_is_cleared(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    opens(person, users, READER, f"{LAYER}?filter={quote('threat_people > 900000')}")
    note = room(person).locator(".state-note")
    expect(note).to_contain_text("No row" if screen.language == "en" else "没有一行")
    note.get_by_role("button").click()
    expect(room(person).locator(".state-note")).to_have_count(0)
    expect(person.page).not_to_have_url(re.compile("filter="))


def test_a_filter_that_leaves_nothing_out_says_so(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    opens(person, users, READER, f"{LAYER}?filter={quote('threat_people >= 0')}")
    expect(room(person)).to_contain_text("没有去掉任何一行")


def test_cql2_written_by_hand_is_answered_in_words_and_then_used(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    opens(person, users, READER)
    press(person, "筛选", "Filter").click()
    room(person).locator("summary").click()
    text = room(person).get_by_role("textbox", name="CQL2 文本")
    text.fill("no_such_field = 1")
    press(person, "应用", "Apply").click()
    expect(room(person).locator("#filter-says")).to_contain_text("no_such_field")
    text.fill("threat_people + 1 > 50")
    press(person, "应用", "Apply").click()
    expect(counted(person)).to_contain_text(f"{matching(person, 'threat_people + 1 > 50')} 行符合")
    expect(room(person)).to_contain_text("比上面的条件更复杂")


def test_what_is_typed_above_a_column_joins_the_conditions(person_at: PersonAt, users: Users) -> None:
    person = person_at(WALL)
    opens(person, users, READER, "households")
    person.page.get_by_role("searchbox", name="Filter “People”").fill("4..5")
    expected = matching(person, "people BETWEEN 4 AND 5", "households")
    expect(counted(person)).to_contain_text(f"{expected:,} of")
    expect(person.page).to_have_url(re.compile("filter=people"))


def test_columns_are_chosen_and_remembered(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    opens(person, users, READER)
    press(person, "列", "Columns").click()
    room(person).get_by_role("checkbox", name="威胁户数 (户)").check()
    heading = person.page.get_by_role("columnheader", name="威胁户数 (户)")
    expect(heading).to_be_attached()
    person.page.reload()
    expect(heading).to_be_attached()


@each_screen
def test_a_bar_of_a_chart_is_a_filter(screen: Screen, person_at: PersonAt, users: Users) -> None:
    person = person_at(screen)
    opens(person, users, OFFICER, f"{LAYER}?pane=charts")
    grades = person.knows(f"/api/layers/{LAYER}/summary?by=danger_grade")["rows"]
    grade = min((one for one in grades if one["count"]), key=lambda one: int(one["count"]))
    line = (
        room(person)
        .get_by_role("row")
        .filter(has=person.page.get_by_role("button", name=person.title_of(grade), exact=True))
    )
    expect(line.first).to_contain_text(str(grade["count"]))
    line.first.get_by_role("button").click()
    expect(counted(person)).to_contain_text(re.compile(rf"(^|\D){grade['count']}\D"))
    expect(line.first.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    expect(person.page).to_have_url(re.compile("danger_grade"))


def test_the_numbers_of_the_charts_add_up_to_the_rows(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    opens(person, users, READER)
    total = person.knows(f"/ogc/collections/{LAYER}/items?limit=1")["numberMatched"]
    for by in ("danger_grade", "admin_code"):
        rows: list[dict[str, Any]] = person.knows(f"/api/layers/{LAYER}/summary?by={by}")["rows"]
        assert sum(one["count"] for one in rows) == total


OWN = f"admin_code LIKE '{CLERK}%'"
OPEN = f"{OWN} AND verify <> 'verified'"  # what the bureau has verified is the bureau's to change


def changeable_layer(person: Person, users: Users) -> str:
    """A layer in which the clerk may change some of the township's rows and not others."""
    person.signs_in(CLERK, users[CLERK])
    for layer in person.knows("/api/layers"):
        name = str(layer["name"])
        if layer["may_write"] and 2 <= matching(person, OPEN, name) < matching(person, OWN, name):
            return name
    raise AssertionError("the exercise ground has no such layer")


def notes_of(person: Person, layer: str, features: list[dict[str, Any]]) -> list[Any]:
    return [person.knows(f"/ogc/collections/{layer}/items/{one['id']}")["properties"]["note"] for one in features]


def asks_to_note(person: Person, words: str) -> Locator:
    """Ask for a note on all selected rows; returns the panel with what would happen."""
    press(person, "批量修改", "Change many").click()
    name = "Change many" if person.screen.language == "en" else "批量修改"
    pane = person.page.get_by_role("region", name=name, exact=True)
    pane.get_by_role("combobox").select_option("note")
    pane.get_by_role("textbox").fill(words)
    press(person, "预览", "Preview").click()
    return pane


def test_a_township_changes_many_of_its_own_rows_and_takes_it_back(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    layer = changeable_layer(person, users)
    person.goes_to(f"/data/{layer}?filter={quote(OPEN)}")
    some = person.knows(f"/ogc/collections/{layer}/items?limit=2&filter={quote(OPEN)}")["features"]
    row(person, 1).get_by_role("checkbox").wait_for()
    person.page.get_by_role("grid", name="表格").focus()
    for key in ("Space", "Shift+ArrowDown"):
        person.page.keyboard.press(key)
    pane = asks_to_note(person, "汛前已检查")
    expect(pane).to_contain_text("将改 2 行")
    expect(pane.get_by_role("row").filter(has_text=some[0]["properties"]["name"])).to_contain_text("汛前已检查")
    before = [one["properties"]["note"] for one in some]
    assert notes_of(person, layer, some) == before, "a preview saves nothing"
    pane.get_by_role("button", name="保存 2 行").click()
    expect(pane).to_contain_text("已保存 2 行")
    assert notes_of(person, layer, some) == ["汛前已检查"] * 2
    press(person, "撤销这次修改", "Undo this change").click()
    expect(pane).to_contain_text("已恢复 2 行")
    assert notes_of(person, layer, some) == before


def test_rows_that_may_not_change_are_refused_with_a_reason_and_can_be_left_out(
    person_at: PersonAt, users: Users
) -> None:
    person = person_at(WALL)
    layer = changeable_layer(person, users)
    open_rows, everything = matching(person, OPEN, layer), matching(person, OWN, layer)
    person.goes_to(f"/data/{layer}?filter={quote(OWN)}")
    row(person, 0).get_by_role("checkbox").wait_for()
    person.page.get_by_role("grid", name="Table").focus()
    person.page.keyboard.press("Control+a")
    expect(person.page.locator(".selection")).to_contain_text(f"{everything} selected")
    pane = asks_to_note(person, "checked before the flood season")
    expect(pane).to_contain_text(f"Refused: {everything - open_rows}.")
    expect(pane.get_by_role("button", name=re.compile("^Save"))).to_be_disabled()
    pane.get_by_role("button", name=re.compile("^Leave out")).click()
    expect(pane.get_by_role("button", name=f"Save ({open_rows})")).to_be_enabled()


def test_who_may_not_write_is_not_offered_a_change(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    opens(person, users, READER)
    expect(press(person, "筛选", "Filter")).to_be_visible()
    expect(press(person, "批量修改", "Change many")).to_have_count(0)


def test_a_layer_that_does_not_exist_is_said_and_another_can_be_opened(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in(READER, users[READER], "/data/no_such_layer")
    expect(room(person).get_by_role("alert")).to_contain_text("no_such_layer")
    room(person).get_by_role("combobox", name="图层").select_option("mines")
    expect(row(person, 0)).to_be_visible()
    expect(person.page).to_have_url(re.compile("/data/mines"))


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
    opens(person, users, CLERK, f"{LAYER}?filter={quote('threat_people >= 50')}")
    assert serious_faults(person) == []
    for zh, en in (
        ("筛选", "Filter"),
        ("列", "Columns"),
        ("导出", "Export"),
        ("批量修改", "Change many"),
        ("统计图", "Charts"),
    ):
        press(person, zh, en).click()
        assert serious_faults(person) == [], zh
