"""A briefing over HTTP: whose answers it may hold, what it asks of the network, what is written down of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.usefixtures("analyst")

POINT = {"type": "Point", "coordinates": [111.05, 36.4]}
As = Callable[[str], TestClient]


def answered(client: TestClient, distance_m: float = 500) -> str:
    """The id of a buffer that has been computed."""
    done = client.post("/ogc/processes/buffer/execution", json={"inputs": {"geometry": POINT, "distance_m": distance_m}})
    assert done.status_code == 200, done.text
    found = re.search(r"/jobs/([0-9a-f-]{36})>", done.headers["Link"])
    assert found is not None
    return found.group(1)


def briefing(client: TestClient, *jobs: str) -> Any:
    return client.get("/api/briefings.html", params={"jobs": ",".join(jobs)})


def test_the_page_holds_the_answers_in_their_order_and_asks_for_nothing(client_as: As) -> None:
    viewer = client_as("viewer")
    small, large = answered(viewer, 100), answered(viewer, 500)
    page = briefing(viewer, large, small)
    assert page.status_code == 200, page.text
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert re.findall(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=", page.text) == []
    areas = [float(text.replace(",", "")) for text in re.findall(r"<b>([\d,]{5,})</b>", page.text)]
    assert areas == pytest.approx([3.14159265 * 500**2, 3.14159265 * 100**2], rel=2e-3)


def test_an_answer_of_somebody_else_is_not_there_until_it_is_kept(client_as: As) -> None:
    duty = client_as("duty")
    job = answered(duty)
    assert briefing(client_as("viewer"), job).status_code == 404
    duty.patch(f"/ogc/jobs/{job}", json={"kept": True, "name": "<b>夜间</b>"}).raise_for_status()
    page = briefing(client_as("viewer"), job)
    assert page.status_code == 200
    assert "&lt;b&gt;夜间&lt;/b&gt;" in page.text
    assert "<b>夜间</b>" not in page.text


def test_making_a_page_is_in_the_audit_trail(client_as: As) -> None:
    viewer = client_as("viewer")
    job = answered(viewer)
    briefing(viewer, job)
    looks = client_as("admin").get("/api/audit", params={"limit": 5}).text
    assert "briefing" in looks
    assert job in looks


@pytest.mark.parametrize("jobs", ["", "nonsense", ",".join(f"00000000-0000-4000-8000-0000000000{n:02}" for n in range(31))])
def test_none_a_wrong_or_too_many_ids_are_refused_by_name(client_as: As, jobs: str) -> None:
    refused = client_as("viewer").get("/api/briefings.html", params={"jobs": jobs})
    assert refused.status_code in (400, 422)
    assert "jobs" in refused.text
