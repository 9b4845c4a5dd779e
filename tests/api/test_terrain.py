"""Terrain over HTTP: tiles, places and lines, with a model and without one."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import rasterio
from fastapi.testclient import TestClient
from pyogrio import read_dataframe
from rasterio.transform import from_origin

from api.settings import Settings
from tests.builders import COUNTY

As = Callable[[str], TestClient]
Z, X, Y = 13, 6622, 3206  # a tile in the middle of the model
TILE = f"{Z}/{X}/{Y}"
LINE = {"type": "LineString", "coordinates": [[111.01, 36.40], [111.05, 36.40]]}


@pytest.fixture
def model(settings: Settings) -> Path:
    """A plane that rises 1 m a cell toward the east, 0.06° wide and high, from 111.0 E, 36.43 N; and its county."""
    path = settings.var / "counties" / COUNTY / "surveyed.tif"
    path.parent.mkdir(parents=True, exist_ok=True)
    _, column = np.mgrid[0:200, 0:200]
    with rasterio.open(path, "w", driver="GTiff", width=200, height=200, count=1, dtype="float32", crs="EPSG:4490",
                       transform=from_origin(111.0, 36.43, 0.0003, 0.0003)) as out:  # fmt: skip
        out.write((1000 + column).astype(np.float32), 1)
    source = '[{"name": "SRTM", "licence": "public domain", "attribution": "SRTM (NASA)", "url": "", "elevation": true}]'
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("update app.counties set dem_path = %s, sources = %s::jsonb",
                           (f"counties/{COUNTY}/surveyed.tif", source))
    return path


@pytest.fixture
def no_model(settings: Settings) -> None:
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("update app.counties set dem_path = null")


def at(client: TestClient, lon: float, lat: float, **more: Any) -> Any:
    return client.get(f"/api/terrain/{COUNTY}/at", params={"lon": lon, "lat": lat, **more})


def profile(client: TestClient, line: Any = LINE, **more: Any) -> Any:
    return client.post(f"/api/terrain/{COUNTY}/profile", json={"line": line, **more})


def test_a_place_has_height_slope_aspect_and_a_source(model: Path, client_as: As) -> None:
    found = at(client_as("viewer"), 111.03015, 36.4).json()
    assert found == {"elevation_m": 1100.0, "slope_deg": 2.1, "aspect_deg": 270.0, "source": "SRTM (NASA)"}


def test_outside_the_model_all_is_null(model: Path, client_as: As) -> None:
    found = at(client_as("viewer"), 112.0, 36.4).json()
    assert found == {"elevation_m": None, "slope_deg": None, "aspect_deg": None, "source": "SRTM (NASA)"}


@pytest.mark.parametrize("wrong", [{"lon": 181}, {"lat": "north"}, {"lon": "nan"}])
def test_a_place_that_is_none_is_refused(model: Path, client_as: As, wrong: dict[str, Any]) -> None:
    answer = client_as("viewer").get(f"/api/terrain/{COUNTY}/at", params={"lon": 111, "lat": 36} | wrong)
    assert answer.status_code == 400


def test_a_profile_follows_the_line(model: Path, client_as: As) -> None:
    found = profile(client_as("viewer"), samples=5).json()
    assert found["elevation_m"] == [1032.8, 1066.2, 1099.5, 1132.8, 1166.2]
    assert found["length_m"] == pytest.approx(3587.5, abs=1)
    assert (found["up_m"], found["down_m"], found["min_m"], found["max_m"]) == (133.3, 0.0, 1032.8, 1166.2)
    assert found["distance_m"][0] == 0
    assert found["source"] == "SRTM (NASA)"


@pytest.mark.parametrize(
    "wrong",
    [{"line": {"type": "Point", "coordinates": [111, 36]}}, {"line": {"type": "LineString", "coordinates": [[111, 36]]}},
     {"line": {"type": "LineString", "coordinates": [[36.4, 111.1], [36.5, 111.2]]}}, {"samples": 1}, {"samples": 1001},
     {"line": None}],
)  # fmt: skip
def test_a_line_that_is_none_is_refused(model: Path, client_as: As, wrong: dict[str, Any]) -> None:
    answer = profile(client_as("viewer"), **wrong)
    assert answer.status_code == 422


def test_without_a_model_heights_are_null_tiles_empty_and_no_source_is_named(no_model: None, client_as: As) -> None:
    client = client_as("viewer")
    assert at(client, 111.03, 36.4).json() == dict.fromkeys(("elevation_m", "slope_deg", "aspect_deg", "source"))
    found = profile(client, samples=3).json()
    assert (found["elevation_m"], found["up_m"], found["min_m"], found["source"]) == ([None] * 3, 0, None, None)
    assert client.get(f"/api/terrain/{COUNTY}/contours/{TILE}.mvt").content == b""
    assert client.get(f"/api/terrain/{COUNTY}/hillshade/{TILE}.png").content.startswith(b"\x89PNG")


def test_invented_heights_are_called_exercise_data(model: Path, client_as: As, settings: Settings) -> None:
    made_up = model.with_name("dem.tif")
    made_up.write_bytes(model.read_bytes())
    with psycopg.connect(settings.owner_url) as connection:
        connection.execute("update app.counties set dem_path = %s", (f"counties/{COUNTY}/dem.tif",))
    assert "演练" in at(client_as("viewer"), 111.03, 36.4).json()["source"]
    assert "exercise" in at(client_as("viewer"), 111.03, 36.4, lang="en").json()["source"]


def test_a_contour_tile_has_every_line_with_its_height(model: Path, client_as: As) -> None:
    answer = client_as("viewer").get(f"/api/terrain/{COUNTY}/contours/{TILE}.mvt")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    lines = read_dataframe(answer.content, layer="contours", use_arrow=False)
    index = dict(zip(lines["elevation_m"], lines["index"], strict=True))
    assert set(index) == {1020, 1040, 1060, 1080, 1100, 1120, 1140, 1160}
    assert [height for height, is_index in sorted(index.items()) if is_index] == [1100]


@pytest.mark.parametrize("kind", ["hillshade/{}.png", "contours/{}.mvt"])
def test_a_tile_is_sent_again_only_when_the_model_is_another(model: Path, client_as: As, kind: str) -> None:
    client, path = client_as("viewer"), f"/api/terrain/{COUNTY}/{kind.format(TILE)}"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    os.utime(model, ns=(0, model.stat().st_mtime_ns + 1_000_000_000))
    after = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, after.status_code) == (200, 304, 200)


def test_a_county_that_is_not_loaded_is_not_found_and_strangers_learn_nothing(client_as: As, app_client: TestClient) -> None:
    assert client_as("viewer").get("/api/terrain/999999/at", params={"lon": 111, "lat": 36}).status_code == 404
    app_client.cookies.clear()
    assert at(app_client, 111.03, 36.4).status_code == 401
