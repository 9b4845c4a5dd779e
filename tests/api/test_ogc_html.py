"""Pages a person can browse."""

from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser

import orjson
import pytest
from fastapi.testclient import TestClient

from tests.api.signing_in import signed_in
from tests.builders import WEST, feature

ITEMS = "/ogc/collections/geohazards/items"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SignIn = Callable[[str], TestClient]


class Links(HTMLParser):
    """The addresses on a page, and every address it would load by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.followed: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "a" and named.get("href"):
            self.followed.append(str(named["href"]))
        if tag in ("script", "link", "img", "iframe"):
            self.loaded.append(str(named.get("src") or named.get("href")))


@pytest.fixture(scope="module")
def client_as(app_client: TestClient) -> SignIn:
    return cache(lambda username: signed_in(app_client, username))


@pytest.fixture
def viewer(client_as: SignIn) -> TestClient:
    return client_as("viewer")


def test_every_page_reached_from_the_landing_page_answers_and_loads_nothing_from_elsewhere(viewer: TestClient) -> None:
    waiting, seen = ["https://testserver/ogc"], set[str]()
    while waiting and len(seen) < 60:
        address = waiting.pop()
        seen.add(address)
        answer = viewer.get(address, headers=BROWSER)
        assert answer.status_code == 200, address
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        found = Links(answer.text)
        assert found.loaded == []
        assert '<html lang="' in answer.text
        inside = [link for link in found.followed if link.startswith("https://testserver/ogc") and "f=json" not in link]
        waiting += [link for link in inside if link not in seen and ("geohazards" in link or link.count("/") < 6)]
    assert any("/items/" in address for address in seen)


def test_a_list_shows_chinese_labels_and_marks_exercise_rows(viewer: TestClient) -> None:
    page = viewer.get(ITEMS, headers=BROWSER).text
    assert "隐患点G1" in page
    assert page.count("演练数据") >= 4, "once for the page and once a row"
    assert "0357-5550101" not in page


def test_the_same_list_in_english(viewer: TestClient) -> None:
    page = viewer.get(f"{ITEMS}?f=html&lang=en").text
    assert '<html lang="en">' in page
    assert "Exercise data" in page
    assert "Geohazard points" in page


def test_a_list_leads_to_its_next_page_and_keeps_language_and_filter(viewer: TestClient) -> None:
    page = viewer.get(f"{ITEMS}?f=html&lang=en&limit=2&sortby=code&admin_code={WEST}&offset=0").text
    assert "1–2 of 2" in page
    page = viewer.get(f"{ITEMS}?f=html&lang=en&limit=2&sortby=code").text
    following = next(link for link in Links(page).followed if "offset=2" in link)
    assert "3–3 of 3" in viewer.get(following).text


def test_a_feature_page_shows_labels_units_and_what_is_to_be_checked(client_as: SignIn) -> None:
    west = client_as(WEST)
    sent = feature(
        code="H1",
        capacity=50,
        beds=60,
        note="<script>alert(1)</script>",
        heating=True,
        hazards_served=["flood", "fire"],
    )
    made = west.post(
        "/ogc/collections/shelters/items", content=orjson.dumps(sent), headers={"Content-Type": "application/geo+json"}
    )
    page = west.get(made.headers["location"], headers=BROWSER).text
    for text in ("容量 (人)", "洪涝、森林火灾", "床位不能多于容量", "&lt;script&gt;"):
        assert text in page
    assert "<script>alert" not in page
    assert "演练数据" not in page


def test_a_wrong_page_is_a_problem_with_a_status(viewer: TestClient) -> None:
    assert viewer.get("/ogc/collections/nonsense", headers=BROWSER).status_code == 404
