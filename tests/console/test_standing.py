"""The gap alarm on the night: one person sets it up, the teams leave, every screen says so, and somebody takes note by name."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.console.people import SCREENS, Person, Screen

pytestmark = pytest.mark.browser

LAPTOP, PHONE = SCREENS[0], SCREENS[2]
COUNTY, READY = "141033", "admin_code like '141033%' and status = 'ready'"
PersonAt = Callable[[Screen], Person]
Users = Mapping[str, str]


class Registry:
    """The teams as their bureau keeps them, by a signed-in call."""

    def __init__(self, person: Person, password: str) -> None:
        self._request, self._url = person.page.request, person.url
        asked = {"username": "admin", "password": password}
        token = self._request.post(f"{self._url}/api/auth/token", form=asked).json()["access_token"]
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ready_teams(self) -> list[int]:
        found = self._request.get(f"{self._url}/ogc/collections/rescue_teams/items", headers=self._headers,
                                  params={"limit": "1000", "filter": READY}).json()  # fmt: skip
        return [int(feature["id"]) for feature in found["features"]]

    def become(self, teams: list[int], status: str) -> Any:
        body = json.dumps({"ids": teams, "field": "status", "value": status})
        answer = self._request.post(f"{self._url}/api/layers/rescue_teams/bulk", headers=self._headers, data=body)
        assert answer.ok, answer.text()


def strip(person: Person) -> Locator:
    return person.page.get_by_role("region", name="报警")


def test_teams_that_leave_are_an_alarm_on_every_screen_until_somebody_takes_note(person_at: PersonAt, users: Users) -> None:
    duty, viewer = person_at(LAPTOP), person_at(PHONE)
    duty.signs_in("duty", users["duty"], f"/analysis/coverage?county={COUNTY}")
    room = duty.page.locator(".analysis")
    room.get_by_role("button", name="计算", exact=True).click()
    room.get_by_role("button", name="自动监测…").click()
    room.get_by_label("监测名称").fill("三十分钟到村")
    room.get_by_role("button", name="开始监测").click()
    watched = room.get_by_role("article").filter(has_text="三十分钟到村")
    expect(watched.get_by_text("正常", exact=True)).to_be_visible()

    teams = Registry(duty, users["admin"])
    left = teams.ready_teams()
    assert left
    teams.become(left, "out")
    try:
        expect(strip(duty)).to_contain_text(re.compile(r"演练数据\s*三十分钟到村: 变差 \d+ 处"))
        viewer.signs_in("viewer", users["viewer"], f"/?county={COUNTY}")
        expect(strip(viewer)).to_contain_text("三十分钟到村")
        expect(strip(viewer).get_by_role("button", name="已知悉")).to_have_count(0)

        strip(duty).get_by_role("link", name="查看").click()
        counted = room.get_by_role("row", name=re.compile("^其中新出现的缺口")).get_by_role("button")
        rows = duty.page.get_by_role("region", name="新出现的缺口", exact=True).locator("tbody tr")
        expect(rows).to_have_count(int(re.sub(r"\D", "", counted.inner_text())))

        strip(duty).get_by_role("button", name="已知悉").click()
        expect(strip(duty)).to_have_count(0)
        expect(strip(viewer)).to_have_count(0)
    finally:
        teams.become(left, "ready")

    duty.page.goto(f"{duty.url}/analysis/standing?county={COUNTY}")
    expect(watched.get_by_text(re.compile(r"已恢复 \d+ 处"))).to_be_visible()
    watched.get_by_text("记录").click()
    expect(watched.get_by_role("listitem").filter(has_text="知悉").first).to_contain_text("duty")
    watched.get_by_role("button", name="结束监测").click()
    watched.get_by_role("button", name="确定结束").click()
    expect(watched).to_have_count(0)
