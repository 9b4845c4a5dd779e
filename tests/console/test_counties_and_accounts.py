"""Two counties on one server, base maps of Tianditu, first passwords, locks: over the small county of the builders.

The second county lies a degree to the east and has five geohazards; the first has three (and three villages).
"""

import re
from collections.abc import Callable, Iterator, Mapping

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Route, expect
from shapely.geometry import MultiPolygon, box

from api.settings import Settings
from api.users import add_user
from layers.loading import load_rows
from layers.registry import layer_named
from tests.builders import COUNTY, PASSWORD, frame, geohazard_row
from tests.conftest import _served
from tests.console.people import SCREENS, Person, Screen, open_context

pytestmark = pytest.mark.browser

DESK, WALL, PHONE, NIGHT_PHONE = SCREENS
OTHER, TOWN = "141034", "141034100"
KEY = "0123456789abcdef0123456789abcdef"
GIVEN = "given by somebody 5"
NEW = "a sentence of my own 8"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cff01f00050001ff56c72f0d0000000049454e44ae426082"
)  # one red-brown pixel as PNG
PersonAt = Callable[[Screen], Person]


@pytest.fixture(scope="module", autouse=True)
def _second_county(settings: Settings) -> None:
    square = MultiPolygon([box(112.0, 36.3, 112.2, 36.5)])
    place = {"source": "测试", "secrecy": "public", "geometry": square}
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute(
            "insert into app.counties (code, name, en, metric_epsg, centre_lon, centre_lat, exercise)"
            " values (%s, '邻县', 'Next County', 4546, 112.1, 36.4, false)", (OTHER,))  # fmt: skip
        load_rows(owner, layer_named("counties"), frame({"code": OTHER, "name": "邻县", "admin_code": OTHER, **place}), "tests")
        load_rows(owner, layer_named("townships"), frame({"code": TOWN, "name": "邻镇", "admin_code": TOWN, **place}), "tests")
        load_rows(owner, layer_named("geohazards"), frame(*(
            geohazard_row(f"N{n}", 112.05 + n / 50, admin_code=TOWN, source="测试") for n in range(5)
        )), "tests")  # fmt: skip
        owner.execute("commit")
        for name in ("fresh", "fresh-phone"):
            add_user(settings.owner_url, name, "viewer", COUNTY, password=GIVEN)
        add_user(settings.owner_url, "clumsy", "viewer", COUNTY, password=PASSWORD)
        owner.execute("update app.users set must_change = true where username like 'fresh%%'")


@pytest.fixture(scope="module")
def console_url(settings: Settings) -> Iterator[str]:
    with _served(settings) as url:
        yield url


def count_of(person: Person, layer: str) -> Locator:
    """What stands behind the stroke of "in view / all"."""
    row = person.page.get_by_role("listitem").filter(has=person.page.get_by_role("checkbox", name=layer))
    return row.locator(".count > span").last


# -- counties ---------------------------------------------------------------------------------------------------------


def test_the_number_beside_a_layer_is_of_the_county_and_of_the_list_it_opens(person_at: PersonAt) -> None:
    person = person_at(DESK)
    person.signs_in("admin", PASSWORD, f"/map?county={COUNTY}&layers=shelters")
    for county, title, count, villages in ((COUNTY, "试验县", "3", "3"), (OTHER, "邻县", "5", "还没有数据")):
        person.page.get_by_role("combobox", name="县").select_option(label=title)
        expect(count_of(person, "地质灾害隐患点")).to_have_text(count)
        expect(count_of(person, "村")).to_have_text(villages)
        person.page.get_by_role("link", name="数据").first.click()
        person.page.get_by_role("combobox", name="图层").first.select_option("geohazards")
        expect(person.page.get_by_role("region", name="数据", exact=True).locator(".count")).to_contain_text(count)
        assert f"county={county}" in person.page.url
        person.page.get_by_role("link", name="一张图").first.click()


def test_an_english_reader_reads_townships_in_pinyin(person_at: PersonAt) -> None:
    person = person_at(WALL)
    person.signs_in("admin", PASSWORD, f"/data/geohazards?county={OTHER}&pane=charts")
    expect(person.page.get_by_role("region", name="Data", exact=True)).to_contain_text("Lin Zhen")


# -- base maps of Tianditu --------------------------------------------------------------------------------------------


@pytest.fixture
def keyed(browser: Browser, settings: Settings) -> Iterator[tuple[Person, list[str]]]:
    """Somebody at a server with a key, and the foreign pictures that were asked for. No request leaves this machine."""
    asked: list[str] = []
    with _served(settings.model_copy(update={"tianditu_key": KEY})) as url:
        context = open_context(browser, DESK)
        yield Person(context.new_page(), url, DESK), asked
        context.close()


def chooses(person: Person, base: str) -> None:
    if not person.page.get_by_role("radiogroup", name="底图").is_visible():
        person.page.get_by_role("button", name="底图与网格", exact=True).click()
    person.page.get_by_role("radio", name=base, exact=True).check()


def picture(person: Person) -> str:
    """What the map's own canvas shows."""
    return str(person.page.evaluate("document.querySelector('#map canvas').toDataURL()"))


def test_with_a_key_tianditus_maps_come_with_their_names(keyed: tuple[Person, list[str]]) -> None:
    person, asked = keyed

    def answered(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=PIXEL, content_type="image/png")

    person.page.context.route(re.compile(r"tianditu\.gov\.cn"), answered)
    person.signs_in("viewer", PASSWORD)
    assert asked == []
    for base, sets in (("天地图矢量", {"vec", "cva"}), ("天地图影像", {"img", "cia"})):
        asked.clear()
        chooses(person, base)
        expect(person.page.locator("img.leaflet-tile-loaded").first).to_be_attached()
        person.page.wait_for_function("() => document.querySelectorAll('img.leaflet-tile:not(.leaflet-tile-loaded)').length === 0")
        assert {re.search(r"/(\w+)_w/wmts", url).group(1) for url in asked} == sets  # type: ignore[union-attr]
        assert all(f"tk={KEY}" in url and re.match(r"https://t[0-7]\.tianditu\.gov\.cn/", url) for url in asked)
    expect(person.page.get_by_role("alert")).to_have_count(0)
    person.page.get_by_role("button", name="数据来源").click()
    expect(person.page.locator("#map-sources")).to_contain_text("国家地理信息公共服务平台")


def test_when_tianditu_does_not_answer_it_is_said_and_the_own_map_stays(keyed: tuple[Person, list[str]]) -> None:
    person, _ = keyed
    person.page.context.route(re.compile(r"tianditu\.gov\.cn"), lambda route: route.abort("connectionrefused"))
    person.signs_in("viewer", PASSWORD)
    chooses(person, "无底图")
    person.sees_the_map()
    bare = picture(person)
    chooses(person, "天地图矢量")
    said = person.page.get_by_role("alert")
    expect(said).to_contain_text("天地图没有应答")
    person.page.wait_for_function("bare => document.querySelector('#map canvas').toDataURL() !== bare", arg=bare)
    said.get_by_role("button", name="用本系统底图").click()
    expect(person.page.get_by_role("alert")).to_have_count(0)


def test_without_a_key_a_link_to_tianditus_map_shows_the_own_one(person_at: PersonAt) -> None:
    person = person_at(DESK)
    person.signs_in("viewer", PASSWORD, "/map?base=imagery")
    person.page.get_by_role("button", name="底图与网格", exact=True).click()
    expect(person.page.get_by_role("radio", name="随外观")).to_be_visible()
    expect(person.page.get_by_role("radio", name=re.compile("天地图"))).to_have_count(0)
    assert person.page.locator("img[src*=tianditu]").count() == 0


# -- passwords --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("screen", "username"), [(DESK, "fresh"), (NIGHT_PHONE, "fresh-phone")])
def test_a_given_password_is_replaced_before_anything_else(screen: Screen, username: str, person_at: PersonAt) -> None:
    person, english = person_at(screen), screen.language == "en"
    page = person.page
    person.goes_to("/map?layers=shelters")
    person.fills_in(username, GIVEN)
    form = page.get_by_role("form", name="Choose a new password" if english else "换一个新密码")
    expect(form).to_contain_text("10")  # the rule is said before
    person.goes_to("/data")  # no way around it, also not by an address
    expect(form).to_be_visible()
    current = form.get_by_label("Password now" if english else "现在的密码")
    new = form.get_by_label("New password" if english else "新密码", exact=True)
    again = form.get_by_label(re.compile("once more" if english else "再输一次"))
    go = form.get_by_role("button", name="Save and go on" if english else "保存并进入")
    current.fill(GIVEN)
    new.fill(NEW)
    again.fill("something else")
    go.click()
    expect(again).to_have_attribute("aria-invalid", "true")
    again.fill(NEW)
    expect(again).not_to_have_attribute("aria-invalid", "true")  # the fault goes with the first letter
    new.fill("short")
    again.fill("short")
    go.click()
    expect(form.get_by_role("alert")).to_contain_text("10")
    new.fill(NEW)
    expect(form.get_by_role("alert")).to_have_count(0)
    again.fill(NEW)
    go.click()
    person.sees_the_map() if "/map" in page.url else expect(page.get_by_role("banner")).to_be_visible()
    assert person.knows("/api/me")["must_change"] is False


def test_after_too_many_wrong_passwords_the_wait_is_counted_down(person_at: PersonAt, settings: Settings) -> None:
    person = person_at(DESK)
    page = person.page
    person.goes_to("/map")
    button = page.get_by_role("button", name="登录", exact=True)
    for _ in range(5):
        person.fills_in("clumsy", "not the password")
        expect(page.get_by_role("alert")).to_be_visible()
    said = page.get_by_role("alert")
    expect(said).to_contain_text("登录已暂停")
    expect(said).to_contain_text(re.compile(r"\d+ ?分钟?后可以再试"))
    expect(button).to_be_disabled()
    page.clock.install()
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute("update app.users set locked_until = now() + interval '3 seconds' where username = 'clumsy'")
    page.reload()
    person.fills_in("clumsy", PASSWORD)
    expect(said).to_contain_text(re.compile(r"[1-4] ?秒后可以再试"))
    expect(button).to_be_disabled()
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute("update app.users set locked_until = null, failures = 0 where username = 'clumsy'")
    page.clock.fast_forward(5_000)
    expect(button).to_be_enabled()
    button.click()
    person.sees_the_map()


def test_a_user_disabled_by_the_administrator_is_out_at_the_next_thing_he_asks(person_at: PersonAt, settings: Settings) -> None:
    add_user(settings.owner_url, "leaver", "viewer", COUNTY, password=PASSWORD)
    person = person_at(DESK)
    person.signs_in("leaver", PASSWORD, "/map?layers=shelters")
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute("update app.users set disabled = true where username = 'leaver'")
        owner.execute("update app.refresh_tokens set revoked_at = now() where username = 'leaver'")
    person.page.get_by_role("link", name="数据").first.click()
    expect(person.page.get_by_role("heading", name="登录")).to_be_visible()


# -- order of layers --------------------------------------------------------------------------------------------------


def order_of(person: Person) -> list[str]:
    rows: Mapping[str, list[str]] = {"names": person.page.locator(".active [data-layer]").evaluate_all(
        "rows => rows.map((row) => row.dataset.layer)")}  # fmt: skip
    return rows["names"]


def test_a_layer_is_dragged_to_another_place_with_the_pointer_and_the_address_keeps_it(person_at: PersonAt) -> None:
    person = person_at(DESK)
    person.signs_in("viewer", PASSWORD, "/map?layers=geohazards,villages,townships")
    person.page.locator(".active summary").click()
    before = order_of(person)
    assert len(before) == 3
    handles = person.page.locator(".active .handle")
    first, last = handles.nth(0).bounding_box(), handles.nth(2).bounding_box()
    assert first is not None
    assert last is not None
    mouse = person.page.mouse
    mouse.move(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    mouse.down()
    mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"], steps=8)
    mouse.up()
    wanted = [*before[1:], before[0]]
    expect(person.page.locator(".active [data-layer]").last).to_have_attribute("data-layer", before[0])
    assert order_of(person) == wanted
    person.page.reload()
    person.sees_the_map()
    person.page.locator(".active summary").click()
    assert order_of(person) == wanted
