"""The system room and the township home: who may see what, every number opens its list, passwords once, clock, shell."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.people import SCREENS, Person, Screen, each_screen
from tests.console.test_first_console import serious_faults

pytestmark = pytest.mark.browser

DESK, WALL, PHONE, NIGHT_PHONE = SCREENS
FOUR_K = Screen(3840, 2160, dark=True, language="zh-CN")
TOWNSHIP = "141033100"
DAY_MS = 86_400_000
PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]

ADMIN_PAGES = ("users", "sign-ins", "layers", "packs", "thresholds", "audit", "state", "account", "help")
EVERYBODYS_PAGES = ("layers", "packs", "thresholds", "account", "help")



def arrives(person: Person, username: str, users: Users, address: str) -> None:
    """Ask for a page of a room, be asked to sign in, and arrive there."""
    person.goes_to(address)
    person.fills_in(username, users[username])
    expect(person.page.get_by_role("banner")).to_be_visible()


def opens_page(person: Person, name: str) -> None:
    person.page.locator(f".sys nav a[href='/system/{name}']").click()
    expect(person.page.locator(".sys h2").first).to_be_visible()
    expect(person.page.get_by_role("status", name=re.compile("正在读取|Reading"))).to_have_count(0)


def harms_of_width(person: Person) -> Any:
    return person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.slow  # test_every_state.py looks at each of these pages every day
@each_screen
def test_the_administrator_opens_every_page_and_axe_finds_no_serious_fault(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    arrives(person, "admin", users, "/system")
    for name in ADMIN_PAGES:
        opens_page(person, name)
        assert serious_faults(person) == [], name
        assert harms_of_width(person) <= 0, name


def test_others_see_their_pages_only_and_a_link_to_more_says_whose_it_is(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    arrives(person, "viewer", users, "/system/users")
    expect(person.page.get_by_role("alert")).to_contain_text("只有管理员能看")
    assert serious_faults(person) == []
    links = person.page.locator(".sys nav a")
    expect(links).to_have_count(len(EVERYBODYS_PAGES))
    person.goes_to("/system/nothing-like-this")
    expect(person.page.get_by_role("alert")).to_contain_text("没有这一页")


def test_a_number_of_a_layers_health_opens_the_list_it_counts(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    arrives(person, "viewer", users, "/system/layers")
    found = next(one for one in person.knows("/api/system/layers") if one["pending"]["count"])
    row = person.page.get_by_role("row").filter(has=person.page.get_by_role("rowheader", name=re.compile(f"^{found['zh']}")))
    row.locator("a[href*='verify']").click()
    expect(person.page).to_have_url(re.compile(rf"/data/{found['layer']}\?.*filter="))
    listed = person.page.request.get(
        f"{person.url}/ogc/collections/{found['layer']}/items", params={"filter": found["pending"]["filter"], "limit": "1"}
    ).json()
    assert listed["numberMatched"] == found["pending"]["count"]


def test_a_new_users_password_is_shown_once_and_works_and_a_disabled_user_is_refused(
    person_at: PersonAt, users: Users
) -> None:
    person = person_at(DESK)
    arrives(person, "admin", users, "/system/users")
    page = person.page
    page.get_by_role("button", name="新建用户").click()
    form = page.get_by_role("form", name="新建用户")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_label("用户名")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("用户名").fill("watch03")
    form.get_by_label("姓名或岗位").fill("值守03")
    form.get_by_label("角色").select_option("duty")
    form.get_by_label("范围").fill("141033")
    form.get_by_role("button", name="保存").click()
    once = page.get_by_role("region", name="值守03 的新密码")
    password = once.locator(".password code").inner_text()
    once.get_by_role("button", name="已告知").click()
    expect(once).to_have_count(0)
    assert password not in page.content()
    answer = page.request.post(f"{person.url}/api/auth/token", form={"username": "watch03", "password": password})
    assert answer.ok
    page.context.clear_cookies()
    arrives(person, "admin", users, "/system/users")
    row = page.get_by_role("row", name=re.compile("watch03"))
    row.get_by_role("button", name="停用").click()
    row.get_by_role("button", name="确定").click()
    expect(row).to_contain_text("已停用")
    answer = page.request.post(f"{person.url}/api/auth/token", form={"username": "watch03", "password": password})
    assert answer.status in (401, 403)


def test_a_threshold_shows_the_sentence_it_will_say_and_keeps_the_old_value(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    arrives(person, "admin", users, "/system/thresholds")
    page = person.page
    page.get_by_role("button", name="修改 每页默认条数").click()
    form = page.get_by_role("form", name="每页默认条数")
    form.get_by_label("新值").fill("50")
    expect(form).to_contain_text("接口一页默认给 50 条。")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_label("依据")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("依据").fill("县应急指挥部会议决定 2026-11-24")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_contain_text("接口一页默认给 50 条。")
    row = page.get_by_role("row", name=re.compile("每页默认条数"))
    expect(row).to_contain_text("县应急指挥部会议决定")
    assert any(one["key"] == "items.default_limit" and one["value"] == 50 for one in person.knows("/api/system/thresholds"))


@each_screen
def test_a_township_user_comes_home_and_each_number_opens_its_list(
    screen: Screen, person_at: PersonAt, users: Users
) -> None:
    person = person_at(screen)
    township = next(one for one in users if one.startswith("141033"))
    arrives(person, township, users, "/township")
    page = person.page
    home = page.locator(".home")
    expect(home.get_by_role("heading", level=2)).to_be_visible()
    total = home.locator(".total[href*='/data/']").first
    expect(total).to_be_visible()
    assert serious_faults(person) == []
    assert harms_of_width(person) <= 0
    total.click()
    expect(page).to_have_url(re.compile(r"/data/\w+\?.*admin_code"))


def test_an_unknown_township_is_said_in_words(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    arrives(person, "viewer", users, "/township/141033999")
    expect(person.page.get_by_role("alert")).to_contain_text("没有这个乡镇:141033999")


def test_a_clock_a_day_fast_is_said_and_the_screen_shows_the_servers_time(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    ahead = f"const real = Date; const ahead = {DAY_MS};"
    person.page.add_init_script(
        ahead + "window.Date = class extends real { constructor(...given) { given.length ? super(...given) : super(real.now() + ahead) }"
        " static now() { return real.now() + ahead } };"
    )
    arrives(person, "viewer", users, "/map")
    said = person.page.get_by_role("alert").filter(has_text="时间不对")
    expect(said).to_contain_text("快了 1 天")
    said.get_by_role("button", name="知道了").click()
    expect(said).to_have_count(0)


def test_a_page_of_the_system_room_says_that_the_server_is_gone_and_comes_back(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    arrives(person, "viewer", users, "/system/layers")
    opens_page(person, "packs")
    page = person.page
    page.context.set_offline(True)
    page.locator(".sys nav a[href='/system/thresholds']").click()
    expect(page.get_by_role("alert").filter(has_text="连接不上服务器")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_role("row").nth(1)).to_be_visible()


def test_the_console_keeps_its_own_files_and_no_answer_of_the_server(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    person.signs_in("viewer", users["viewer"])
    page = person.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = json.loads(page.evaluate(
        "caches.keys().then(async (names) => JSON.stringify((await Promise.all(names.map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat()))"
    ))
    assert "/" in kept
    assert not [path for path in kept if re.match(r"/(api|ogc|metrics|problems)\b", path)]
    manifest = page.request.get(f"{person.url}/manifest.webmanifest").json()
    for icon in manifest["icons"]:
        assert page.request.get(person.url + icon["src"]).ok, icon


def test_keys_of_all_rooms_are_under_the_question_mark(person_at: PersonAt, users: Users) -> None:
    person = person_at(DESK)
    arrives(person, "viewer", users, "/system/packs")
    person.page.locator(".sys h2").first.wait_for()
    person.page.keyboard.press("?")
    dialog = person.page.get_by_role("dialog", name="快捷键")
    expect(dialog.get_by_role("heading", name="一张图")).to_be_visible()
    expect(dialog.get_by_role("heading", name="各室通用")).to_be_visible()


def test_on_a_wall_of_4k_a_thing_is_hit_where_it_is_seen_and_type_is_larger(person_at: PersonAt, users: Users) -> None:
    person = person_at(FOUR_K)
    person.signs_in("viewer", users["viewer"])
    mine = person.knows("/ogc/collections/mines/items?limit=1")["features"][0]
    lon, lat = mine["geometry"]["coordinates"][:2]
    person.goes_to(f"/map?layers=mines&at=16/{lat}/{lon}")
    person.sees_the_map()
    person.page.get_by_role("application", name=person.says("map")).click()
    expect(person.page.get_by_role("region", name=mine["properties"]["name"])).to_be_visible()
    tall = person.page.get_by_role("heading", level=1).bounding_box()
    assert tall is not None
    assert tall["height"] > 25
