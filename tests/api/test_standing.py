"""Standing analyses: a coverage that runs again by itself when a team leaves, is heard, answered by name, and on record."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.thresholds import Thresholds
from layers import jobs, standing
from layers.database import SYSTEM, Actor, ticket
from tests.builders import COUNTY
from tests.waiting import until

As = Callable[[str], TestClient]
NOBODY = uuid.UUID(int=0)


@pytest.fixture
def team(settings: Settings) -> Iterator[int]:
    """A ready team among the three villages, which all lie within a few minutes."""
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        row = owner.execute(
            "insert into layers.rescue_teams (code, name, admin_code, source, kind, people_total, people_on_duty, turnout_min,"
            " status, geom) values ('T1', '一号队', %s, '测试', 'national', 20, 10, 1, 'ready',"
            " st_setsrid(st_makepoint(111.06, 36.35), 4490)) returning id", (COUNTY,),
        ).fetchone()  # fmt: skip
        assert row is not None
        yield int(row[0])
        owner.execute("delete from layers.rescue_teams; delete from app.standing; update layers.villages set status = 'inhabited'")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.analyst.LOOK_EVERY_S", 0.0)


def becomes(settings: Settings, team: int, status: str) -> None:
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        owner.execute("update layers.rescue_teams set status = %s where id = %s", (status, team))


def asked(client: TestClient, **inputs: Any) -> str:
    """A coverage that was run: its job."""
    answer = client.post(
        "/ogc/processes/coverage/execution", json={"inputs": {"minutes": 30, "county": COUNTY, **inputs}}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.links["monitor"]["url"].rsplit("/", 1)[-1])


def begun(client: TestClient) -> str:
    answer = client.post("/api/standing", json={"job": asked(client), "name": "三十分钟到村"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def told(client: TestClient) -> Any:
    (found,) = client.get("/api/standing", params={"county": COUNTY}).json()
    return found


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


@pytest.mark.usefixtures("quick", "analyst")
def test_a_team_that_leaves_is_heard_answered_by_name_and_heard_again_after_it_was_back(
    settings: Settings, client_as: As, team: int) -> None:  # fmt: skip
    duty = client_as("duty")
    begun(duty)
    until(lambda: told(duty)["checked_at"] is not None)
    assert (told(duty)["alarm_since"], told(duty)["found"]) == (None, 0)

    becomes(settings, team, "out")
    until(lambda: told(duty)["alarm_since"] is not None)
    alarm = told(duty)
    assert sorted(names(alarm["worse"])) == ["1号村", "2号村", "3号村"]
    answer = duty.get(f"/ogc/jobs/{alarm['job']}/results").json()
    worse = next(listing for listing in answer["lists"] if listing["name"] == "worse")
    assert len(worse["features"]["features"]) == 3
    assert alarm["exercise"] is answer["exercise"] is True, "the county is one"
    assert answer["provenance"]["layers"]["rescue_teams"]["version"] > 0

    duty.post(f"/api/standing/{alarm['id']}/accept", json={"seen": [row["id"] for row in alarm["worse"]]})
    assert (told(duty)["alarm_since"], told(duty)["worse"], told(duty)["accepted_by"]) == (None, [], "duty")

    becomes(settings, team, "ready")
    until(lambda: len(told(duty)["better"]) == 3)
    becomes(settings, team, "out")
    until(lambda: told(duty)["alarm_since"] is not None)
    kinds = [event["kind"] for event in told(duty)["events"]]
    assert kinds == ["alarm", "better", "accepted", "alarm", "begun"]
    assert told(duty)["events"][2]["username"] == "duty"


@pytest.mark.usefixtures("quick", "analyst")
def test_what_nobody_has_seen_stays_in_alarm(settings: Settings, client_as: As, team: int) -> None:
    duty = client_as("duty")
    id = begun(duty)
    becomes(settings, team, "resting")
    until(lambda: told(duty)["alarm_since"] is not None)
    first, *rest = told(duty)["worse"]
    left = duty.post(f"/api/standing/{id}/accept", json={"seen": [first["id"], "no such village"]}).json()
    assert (names(left["worse"]), left["alarm_since"] is None) == (names(rest), False)
    until(lambda: not told(duty)["running"])
    assert names(told(duty)["worse"]) == names(rest)


@pytest.mark.usefixtures("quick", "analyst")
def test_what_was_bad_when_it_began_is_known(settings: Settings, client_as: As, team: int) -> None:
    becomes(settings, team, "out")
    duty = client_as("duty")
    begun(duty)
    until(lambda: told(duty)["checked_at"] is not None)
    assert (told(duty)["alarm_since"], told(duty)["found"]) == (None, 3)


@pytest.mark.usefixtures("quick", "analyst", "team")
def test_a_run_that_fails_says_why_and_the_alarm_before_it_stands(settings: Settings, client_as: As) -> None:
    duty = client_as("duty")
    begun(duty)
    until(lambda: told(duty)["checked_at"] is not None)
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        owner.execute("update layers.villages set status = 'merged'")
    until(lambda: told(duty)["problem"] is not None)
    assert "没有村庄数据" in told(duty)["problem"]["zh"]
    assert told(duty)["events"][0]["kind"] == "failed"


@pytest.mark.parametrize(("minutes", "overdue"), [(19, False), (21, True)])
def test_one_that_nobody_computes_any_more_says_so(minutes: float, overdue: bool) -> None:
    """Twenty minutes, two runs, without an answer are too long, also where there never was one."""
    then, most = datetime.now(UTC) - timedelta(minutes=minutes), timedelta(minutes=20)
    for row in ({"checked_at": then, "created_at": then - most}, {"checked_at": None, "created_at": then}):
        assert standing.is_overdue(row, most) is overdue


@pytest.mark.usefixtures("quick", "analyst", "team")
def test_an_ended_one_runs_no_more_and_its_record_stays(settings: Settings, client_as: As) -> None:
    duty = client_as("duty")
    id = begun(duty)
    until(lambda: told(duty)["checked_at"] is not None)
    assert duty.delete(f"/api/standing/{id}").status_code == 204
    assert duty.get("/api/standing", params={"county": COUNTY}).json() == []
    assert duty.delete(f"/api/standing/{id}").status_code == 404
    with psycopg.connect(settings.owner_url) as owner:
        kinds = owner.execute("select array_agg(kind order by id) from app.standing_events").fetchone()
    assert kinds == (["begun", "ended"],)


@pytest.mark.usefixtures("analyst", "team")
def test_only_command_of_the_county_sets_up_accepts_and_ends(client_as: As) -> None:
    duty = client_as("duty")
    id, job = begun(duty), asked(duty)
    for username in ("viewer", "village", "bureau", "director"):
        client = client_as(username)
        assert len(client.get("/api/standing").json()) == 1, "everybody sees an alarm"
        assert client.post("/api/standing", json={"job": job, "name": "不行"}).status_code == 403
        assert client.post(f"/api/standing/{id}/accept", json={"seen": []}).status_code == 403
        assert client.delete(f"/api/standing/{id}").status_code == 403


NEIGHBOUR = Actor("duty2", "duty", "141034")
VIEWER = Actor("viewer", "viewer", COUNTY)
RUN = (
    "insert into app.jobs (process, county, inputs, mode, owner, role, scope, standing)"
    " select process, county, inputs, 'async', owner, role, scope, id from app.standing"
)
LINE = "insert into app.standing_events (standing, kind, username) select id, 'accepted', app.username() from app.standing"
FORGED = {
    "taking note": "update app.standing set worse = '[]', alarm_since = null",
    "ending it": "update app.standing set ended_at = now()",
    "a line of its record": LINE,
    "a run of it": RUN,
    "changing a run": "update app.jobs set kept = true, name = 'x' where standing is not null",
    "removing a run": "delete from app.jobs where standing is not null",
}


@pytest.mark.usefixtures("quick", "analyst", "team")
@pytest.mark.parametrize("actor", [NEIGHBOUR, VIEWER], ids=["neighbour", "viewer"])
@pytest.mark.parametrize("statement", FORGED.values(), ids=FORGED)
def test_sql_by_hand_under_the_apis_role_changes_no_watch_of_this_county(
    settings: Settings, client_as: As, actor: Actor, statement: str) -> None:  # fmt: skip
    begun(client_as("duty"))
    until(lambda: told(client_as("duty"))["job"] is not None)
    with psycopg.connect(settings.app_url) as connection:
        connection.execute("select set_config('anlan.ticket', %s, true)", (ticket(actor, settings.ticket_key),))
        try:
            changed = connection.execute(statement).rowcount
        except psycopg.errors.InsufficientPrivilege:
            changed = 0
    assert changed == 0


@pytest.mark.usefixtures("analyst", "team")
def test_not_even_its_own_duty_officer_writes_what_only_a_run_can_find(settings: Settings, client_as: As) -> None:
    id = begun(client_as("duty"))
    found = "insert into app.standing_events (standing, kind, username) values (%s, 'alarm', 'duty')"
    with psycopg.connect(settings.app_url) as connection:
        connection.execute("select set_config('anlan.ticket', %s, true)", (ticket(Actor("duty", "duty", COUNTY), settings.ticket_key),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(found, (id,))


@pytest.mark.usefixtures("quick", "analyst", "team")
def test_its_runs_are_read_by_all_and_belong_to_nobody(settings: Settings, client_as: As) -> None:
    duty = client_as("duty")
    begun(duty)
    until(lambda: told(duty)["job"] is not None)
    job = told(duty)["job"]
    assert client_as("viewer").get(f"/ogc/jobs/{job}/results").status_code == 200
    assert job not in [one["jobID"] for one in duty.get("/ogc/jobs").json()["jobs"]]
    assert duty.delete(f"/ogc/jobs/{job}").status_code == 404
    assert duty.get(f"/ogc/jobs/{job}").json()["x-mine"] is False


@pytest.mark.usefixtures("analyst", "team")
def test_an_analysis_without_an_alarm_cannot_stand(client_as: As) -> None:
    duty = client_as("duty")
    answer = duty.post("/ogc/processes/buffer/execution",
                       json={"inputs": {"geometry": {"type": "Point", "coordinates": [111.05, 36.4]}, "distance_m": 9}})  # fmt: skip
    job = answer.links["monitor"]["url"].rsplit("/", 1)[-1]
    refused = duty.post("/api/standing", json={"job": job, "name": "缓冲区"})
    assert (refused.status_code, "不能自动监测" in refused.json()["detail_zh"]) == (422, True)
    assert duty.post("/api/standing", json={"job": str(NOBODY), "name": "没有"}).status_code == 404


@pytest.mark.usefixtures("analyst", "team")
def test_there_are_not_more_than_the_county_allows(client_as: As, monkeypatch: pytest.MonkeyPatch) -> None:
    in_force = Thresholds.whole

    async def whole(self: Thresholds, key: str) -> int:
        return 1 if key == "standing.most" else await in_force(self, key)

    monkeypatch.setattr(Thresholds, "whole", whole)
    duty = client_as("duty")
    begun(duty)
    refused = duty.post("/api/standing", json={"job": asked(duty), "name": "第二个"})
    assert (refused.status_code, "上限 1" in refused.json()["detail_zh"]) == (422, True)


@pytest.mark.usefixtures("quick", "team")
def test_runs_that_found_nothing_new_are_dropped_after_an_hour_and_those_on_record_after_a_week(
    settings: Settings, client_as: As, analyst: None) -> None:  # fmt: skip
    duty = client_as("duty")
    id = begun(duty)
    until(lambda: told(duty)["job"] is not None)
    current = told(duty)["job"]
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        made = [str(owner.execute(
            "insert into app.jobs (process, county, inputs, mode, owner, role, scope, status, standing, created_at)"
            " values ('coverage', %s, '{}', 'async', 'duty', 'duty', %s, 'successful', %s, now() - %s::interval) returning id",
            (COUNTY, COUNTY, id, age)).fetchone()[0]) for age in ("30 min", "2 hours", "2 days", "8 days")]  # type: ignore[index]  # fmt: skip
        owner.cursor().executemany(
            "insert into app.standing_events (standing, kind, job) values (%s, 'alarm', %s)",
            [(id, job) for job in made[2:]],
        )
        owner.execute("update app.jobs set created_at = now() - interval '9 days' where id = %s", (current,))
    with psycopg.connect(settings.app_url) as system:
        system.execute("select set_config('anlan.ticket', %s, true)", (ticket(SYSTEM, settings.ticket_key),))
        jobs.drop_old(system)
    with psycopg.connect(settings.owner_url) as owner:
        left = {str(row[0]) for row in owner.execute("select id from app.jobs where standing is not null")}
    assert current in left
    assert [job in left for job in made] == [True, False, True, False]


@pytest.mark.usefixtures("quick", "team")
def test_two_analysts_file_a_run_once(settings: Settings, client_as: As, analyst: None) -> None:
    id = begun(client_as("duty"))
    until(lambda: told(client_as("duty"))["checked_at"] is not None)
    with psycopg.connect(settings.app_url) as one, psycopg.connect(settings.app_url) as other:
        for connection in (one, other):
            connection.execute("select set_config('anlan.ticket', %s, true)", (ticket(SYSTEM, settings.ticket_key),))
        one.execute("update app.standing set checked_at = null, pending = null")
        standing.look(one)
        standing.look(other)
        waiting = "select count(*) from app.jobs where standing = %s and status = 'accepted'"
        filed = [connection.execute(waiting, (id,)).fetchone() for connection in (one, other)]
        one.rollback()
    assert filed == [(1,), (0,)]
