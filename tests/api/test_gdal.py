"""GDAL's own OGC API Features driver reads, filters, pages and copies our layers."""

import json
import os
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import uvicorn
from shapely.geometry import Point

from api.main import create_app
from api.settings import Settings
from layers.loading import load_rows
from layers.registry import layer_named
from tests.builders import EAST, PASSWORD, WEST, frame

ROWS = 2500  # more than two of GDAL's pages of 1,000


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    """The application behind a real socket, with 2,500 shelters in it."""
    with psycopg.connect(settings.owner_url) as connection:
        rows = [
            {
                "code": f"S{n:04d}",
                "name": f"避难所{n}",
                "admin_code": WEST if n % 2 else EAST,
                "source": "exercise",
                "capacity": n,
                "geometry": Point(111.001 + (n % 50) * 0.0039, 36.301 + (n // 50) * 0.0039),
            }
            for n in range(ROWS)
        ]
        load_rows(connection, layer_named("shelters"), frame(*rows), "tests")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # from here on clients wait for the server instead of failing
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/ogc"
        server.should_exit = True
        thread.join()


def gdal(*command: str, signed_in: bool = True) -> str:
    """Debian's program, with no variable of our wheels' GDAL in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GDAL", "PROJ"))}
    said = {**environment, "GDAL_HTTP_USERPWD": f"viewer:{PASSWORD}"} if signed_in else environment
    done = subprocess.run(command, capture_output=True, text=True, env=said, check=False)
    return done.stdout + done.stderr


def test_gdal_lists_all_layers(address: str) -> None:
    said = gdal("ogrinfo", "-ro", f"OAPIF:{address}")
    assert all(name in said for name in ("geohazards", "shelters", "townships")), said


def test_gdal_reads_a_layer_with_its_types_and_all_pages(address: str) -> None:
    said = gdal("ogrinfo", "-ro", "-so", f"OAPIF:{address}", "shelters")
    assert f"Feature Count: {ROWS}" in said, said
    assert "Geometry: Point" in said
    assert "capacity: Integer" in said


def test_gdal_filters_on_the_server(address: str) -> None:
    said = gdal(
        "ogrinfo",
        "-ro",
        "-q",
        "--debug",
        "OAPIF",
        f"OAPIF:{address}",
        "shelters",
        "-where",
        "capacity >= 2490 AND name LIKE '避难所%'",
    )
    assert said.count("OGRFeature(shelters)") == 10, said
    pushed = gdal("ogrinfo", "-ro", "-q", "--debug", "ON", f"OAPIF:{address}", "shelters", "-where", "code = 'S0007'")
    assert "code=S0007" in pushed, "GDAL 3.6 sends equality as a parameter; the description must name it"
    assert pushed.count("OGRFeature(shelters)") == 1
    box = gdal("ogrinfo", "-ro", "-so", f"OAPIF:{address}", "shelters", "-spat", "111.0", "36.3", "111.0015", "36.5")
    assert "Feature Count: 50" in box, box


def test_ogr2ogr_copies_every_feature_to_a_geopackage(address: str, tmp_path: Path) -> None:
    target = tmp_path / "shelters.gpkg"
    said = gdal("ogr2ogr", str(target), f"OAPIF:{address}", "shelters", "geohazards")
    with sqlite3.connect(target) as copied:
        assert copied.execute("select count(*), sum(capacity) from shelters").fetchone() == (ROWS, sum(range(ROWS))), (
            said
        )
        assert copied.execute("select count(*) from geohazards").fetchone() == (3,)


def test_gdal_without_a_password_reads_nothing(address: str) -> None:
    said = gdal("ogrinfo", "-ro", f"OAPIF:{address}", signed_in=False)
    assert "401" in said
    assert "shelters" not in said


def test_one_feature_by_its_code(address: str) -> None:
    said = json.loads(
        gdal("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{address}", "geohazards", "-where", "code = 'G1'")
    )
    assert [one["properties"]["code"] for one in said["features"]] == ["G1"]
