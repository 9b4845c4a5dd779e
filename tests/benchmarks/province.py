"""The province of the console's measurement: the exercise ground at its largest, every layer, a million rows.

Made once and kept in its own database, as the households of ground.py are.
"""

import secrets
from dataclasses import replace

import numpy as np
import psycopg
import shapely
from psycopg import sql

from api.settings import APP_ROLE, KEY_BYTES, Secrets, as_role
from layers.loading import load_rows
from layers.registry import layer_named
from scenarios.ground import make_ground
from scenarios.ground.province import TOTAL
from tests.benchmarks.ground import PART_ROWS, SEED, Ground, drop_database, empty_database
from tests.benchmarks.progress import say

DATABASE = "bench_province"
MIDDLE = shapely.box(110.9, 35.9, 111.1, 36.1)  # the square of 400 km lies about its centre
METRIC_EPSG = 4546  # CGCS2000, three-degree zone of 111° E
SHOWN = ("households", "geohazards", "stations", "shelters", "rescue_teams", "schools", "hospitals", "depots", "mines",
         "flood_spots")  # fmt: skip
"""Switched on: all layers of points. The base map adds rivers, roads, townships and villages."""
NAMES, NAME_STEP = 5, 123_457  # how many to search for, and how far apart they stand


def prepared_province(server_url: str) -> Ground:
    """The database of the province on this server: reused when it is there and whole, else made."""
    keys = Secrets(
        owner_password=secrets.token_urlsafe(24), app_password=secrets.token_urlsafe(24),
        ticket_key=secrets.token_hex(KEY_BYTES), jwt_key=secrets.token_hex(KEY_BYTES),
    )  # fmt: skip
    owner_url = empty_database(server_url, DATABASE, keys)
    found = _rows(owner_url)
    if found != TOTAL:
        if found:
            drop_database(server_url, DATABASE)
            owner_url = empty_database(server_url, DATABASE, keys)
        say(f"loading a province of {TOTAL:,} rows (once)")
        _fill(owner_url)
    bare = Ground(owner_url, as_role(owner_url, APP_ROLE, keys.app_password), keys, layer_named("households"), np.empty((0, 2)))
    with psycopg.connect(owner_url) as session:
        points = np.vstack([_places(session, layer) for layer in SHOWN])
        names = _names(session)
    return replace(bare, points=points, shown=SHOWN, names=names)


def _rows(owner_url: str) -> int:
    with psycopg.connect(owner_url) as session:
        row = session.execute("select coalesce(sum(rows), 0) from app.layer_versions").fetchone()
    return int(row[0]) if row else 0


def _fill(owner_url: str) -> None:
    made = make_ground(
        MIDDLE, code="149001", name="演练省", townships=[], metric_epsg=METRIC_EPSG, seed=SEED, size="province", progress=say
    )
    for name, frame in made.layers.items():
        for first in range(0, len(frame), PART_ROWS):
            with psycopg.connect(owner_url) as session:
                load_rows(session, layer_named(name), frame.iloc[first : first + PART_ROWS], "bench")
    with psycopg.connect(owner_url, autocommit=True) as session:
        session.execute("vacuum (analyze)")
        session.execute("checkpoint")  # or its writing would fall into the first measurement


def _places(session: psycopg.Connection, layer: str) -> np.ndarray:
    """(n, 2) lon, lat of every row of a layer of points."""
    table = sql.Identifier("layers", layer)
    rows = session.execute(sql.SQL("select st_x(geom), st_y(geom) from {}").format(table), binary=True).fetchall()
    return np.array(rows, dtype=float).reshape(-1, 2)


def _names(session: psycopg.Connection) -> tuple[str, ...]:
    """Names of households far from one another."""
    rows = session.execute("select name from layers.households order by code").fetchall()
    return tuple(str(rows[(number + 1) * NAME_STEP % len(rows)][0]) for number in range(NAMES))
