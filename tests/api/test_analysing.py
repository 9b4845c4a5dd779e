"""Analyses from the shell, and a job on its way: progress, cancelling, an analyst that must not be stopped by it."""

from collections.abc import Callable
from pathlib import Path

import orjson
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.analyst import Analyst, _Teller
from api.settings import Settings
from api.setup import analysing
from gis.analysis import Bilingual, Cancelled
from gis.errors import BadGeometry, Refusal, ValueOutOfRange
from layers import jobs
from layers.database import SYSTEM
from tests.builders import COUNTY

As = Callable[[str], TestClient]
DOING = Bilingual("合并与量算", "Dissolving and measuring")


@pytest.fixture
def shell(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysing, "load_settings", lambda: settings)


@pytest.mark.usefixtures("shell")
def test_an_analysis_from_the_shell_is_the_same_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "buffer.json"
    analysing.analyse("buffer", COUNTY, ["layer=geohazards", "distance_m=100", "dissolve=true"], None, out)
    document = orjson.loads(out.read_bytes())
    assert document["provenance"]["inputs"] == {"layer": "geohazards", "distance_m": 100.0, "dissolve": True}
    told = capsys.readouterr().err
    assert "演练数据" in told
    assert "面积合计" in told


@pytest.mark.usefixtures("shell")
def test_the_shell_says_which_input_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ValueOutOfRange, match="distance_m"):
        analysing.analyse("buffer", COUNTY, ["layer=geohazards", "distance_m=far"], None, tmp_path / "no.json")
    with pytest.raises(ValueOutOfRange, match="name=value"):
        analysing.analyse("buffer", COUNTY, ["distance_m"], None, tmp_path / "no.json")


def test_the_list_names_every_analysis_with_its_inputs() -> None:
    assert any(line.startswith("buffer ") and "distance_m" in line for line in analysing.listed())


def filed(client: TestClient) -> str:
    answer = client.post("/ogc/processes/buffer/execution", headers={"Prefer": "respond-async"},
                         json={"inputs": {"geometry": {"type": "Point", "coordinates": [111.05, 36.4]}, "distance_m": 9}})  # fmt: skip
    assert answer.status_code == 201, answer.text
    return str(answer.json()["jobID"])


def test_progress_is_told_and_a_dismissed_job_stops_at_its_next_step(settings: Settings, client_as: As,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    client, analyst = client_as("duty"), Analyst(settings, stop=None)  # type: ignore[arg-type]
    monkeypatch.setattr("api.analyst.TOLD_EVERY_S", 0.0)
    id = filed(client)
    with psycopg.connect(settings.app_url, autocommit=True) as queue:
        with analyst._as(queue, SYSTEM):
            job = jobs.take(queue, ("async",))
        assert job is not None
        assert str(job.id) == id
        tell = _Teller(analyst, queue, job)
        tell(0.4, DOING)
        told = client.get(f"/ogc/jobs/{id}").json()
        assert (told["status"], told["progress"], told["x-message"]["zh"]) == ("running", 40, DOING.zh)
        assert client.delete(f"/ogc/jobs/{id}").json()["status"] == "dismissed"
        with pytest.raises(Cancelled):
            tell(0.5, DOING)
        with analyst._as(queue, SYSTEM):
            jobs.succeed(queue, job.id, b"{}")  # too late: what was dismissed stays so
    assert client.get(f"/ogc/jobs/{id}").json()["status"] == "dismissed"
    assert client.get(f"/ogc/jobs/{id}/results").status_code == 404


def test_what_somebody_waits_for_is_taken_first(settings: Settings, client_as: As) -> None:
    later = filed(client_as("duty"))
    analyst = Analyst(settings, stop=None)  # type: ignore[arg-type]
    with psycopg.connect(settings.owner_url, autocommit=True) as owner:
        row = owner.execute(
            "insert into app.jobs (process, county, inputs, mode, owner, role, scope)"
            " select process, county, inputs, 'sync', owner, role, scope from app.jobs where id = %s returning id", (later,),
        ).fetchone()  # fmt: skip
    assert row is not None
    with psycopg.connect(settings.app_url, autocommit=True) as queue, analyst._as(queue, SYSTEM):
        taken = [jobs.take(queue, ("sync", "async")) for _ in range(3)]
    assert [job and str(job.id) for job in taken] == [str(row[0]), later, None]


def test_a_refusal_comes_out_of_the_queue_as_what_it_was() -> None:
    refusal = BadGeometry("图形自相交。", "The shape crosses itself.", place=[111.0, 36.4])
    again = jobs.refusal_of(orjson.loads(orjson.dumps(jobs.problem_of(refusal))))
    assert type(again) is BadGeometry
    assert (again.zh, again.en, again.facts) == (refusal.zh, refusal.en, refusal.facts)
    assert type(jobs.refusal_of({"kind": "Gone", "zh": "没有", "en": "Gone", "facts": {}})) is Refusal
