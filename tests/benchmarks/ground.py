"""The ground measurements stand on: a database with a million households, made once and kept with its cluster.

Households lie as they do in the loess hills: fifty to a village, a million over four by four degrees, rows in the order
of the villages. Every figure comes from one seed, so that two runs measure the same rows.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import psycopg
from psycopg import sql
from scipy.spatial import cKDTree
from shapely import points as points_of

from api.settings import APP_ROLE, KEY_BYTES, Secrets, as_role
from api.setup.database import provision
from layers import migrations
from layers.fields import Layer
from layers.loading import load_rows
from layers.registry import layer_named
from tests.benchmarks.progress import say

SEED = 20261124
WEST, SOUTH = 109.0, 34.0
SIDE_DEG_OF_A_MILLION = 4.0  # Shanxi's southern half and its neighbours; fewer rows lie as densely on less land
PER_VILLAGE = 50
SPREAD_DEG = 0.004  # standard deviation of houses around their village: 400 m
NAMES = 5  # to search for
PART_ROWS = 100_000  # a load holds its rows in memory as text
HOUSE_KINDS = ("cave", "earth", "brick", "frame")
STATUSES = ("lived_in", "seasonal", "empty", "relocated")


@dataclass(frozen=True)
class Ground:
    """A database to measure on. `owner_url` is a superuser's; the API and pgbench come as `app_url`.

    `shown`: layers a person has switched on. `names`: of households, to be searched for.
    """

    owner_url: str
    app_url: str
    keys: Secrets
    layer: Layer
    points: np.ndarray  # (n, 2) lon, lat of every row of what is shown
    shown: tuple[str, ...] = ("households",)
    names: tuple[str, ...] = ()

    @property
    def app_dsn(self) -> str:
        return self.app_url


def prepared(server_url: str, rows: int) -> Ground:
    """The database of `rows` households on this server: reused when it is there and whole, else made."""
    keys = Secrets(
        owner_password=secrets.token_urlsafe(24), app_password=secrets.token_urlsafe(24),
        ticket_key=secrets.token_hex(KEY_BYTES), jwt_key=secrets.token_hex(KEY_BYTES),
    )  # fmt: skip
    layer = layer_named("households")
    owner_url = empty_database(server_url, f"bench_{rows}", keys)
    found = _count(owner_url, layer)
    if found != rows:
        if found:
            drop_database(server_url, f"bench_{rows}")
            owner_url = empty_database(server_url, f"bench_{rows}", keys)
        say(f"loading {rows:,} households (once)")
        _fill(owner_url, layer, rows)
    villages = [(number + 1) * 1237 % (rows // PER_VILLAGE) for number in range(NAMES)]
    names = tuple(f"{village}号村7号院" for village in villages)
    return Ground(owner_url, as_role(owner_url, APP_ROLE, keys.app_password), keys, layer, _places(rows), names=names)


def empty_database(server_url: str, name: str, keys: Secrets) -> str:
    """The owner's URL of a database with this code's tables; what was in it stays."""
    provision(server_url, keys, name)
    owner_url = server_url.rpartition("/")[0] + f"/{name}"
    migrations.upgrade(owner_url, keys.ticket_key)
    return owner_url


def drop_database(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as session:
        session.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _count(owner_url: str, layer: Layer) -> int:
    with psycopg.connect(owner_url) as session:
        row = session.execute(sql.SQL("select count(*) from {}").format(sql.Identifier("layers", layer.name))).fetchone()
    return int(row[0]) if row else 0


def _fill(owner_url: str, layer: Layer, rows: int) -> None:
    for frame in frames(rows):
        with psycopg.connect(owner_url) as session:
            load_rows(session, layer, frame, "bench")
    with psycopg.connect(owner_url, autocommit=True) as session:
        session.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier("layers", layer.name)))
        session.execute("checkpoint")  # or its writing would fall into the first measurement


def _places(rows: int) -> np.ndarray:
    """(rows, 2) lon, lat; the same for the same number of rows."""
    random = np.random.default_rng(SEED)
    side = SIDE_DEG_OF_A_MILLION * (rows / 1_000_000) ** 0.5
    villages = np.array([WEST, SOUTH]) + random.random((rows // PER_VILLAGE + 1, 2)) * side
    houses = np.repeat(villages, PER_VILLAGE, axis=0)[:rows]
    return houses + random.normal(0.0, SPREAD_DEG, houses.shape)


def frames(rows: int, *, with_phones: bool = False) -> Iterator[gpd.GeoDataFrame]:
    """All households, PART_ROWS at a time, with the columns a survey fills."""
    places = _places(rows)
    for first in range(0, rows, PART_ROWS):
        yield _frame(places[first : first + PART_ROWS], first, with_phones)


def _frame(places: np.ndarray, first: int, with_phones: bool) -> gpd.GeoDataFrame:
    random = np.random.default_rng(SEED + first)
    numbers = np.arange(first, first + len(places))
    villages = numbers // PER_VILLAGE
    people = random.integers(0, 8, len(places))
    columns = {
        "code": [f"H{number:08d}" for number in numbers],
        "name": [f"{village}号村{number % PER_VILLAGE + 1}号院" for number, village in zip(numbers, villages, strict=True)],
        "admin_code": [f"141033{village % 9 + 100:03d}{village % 200 + 200:03d}" for village in villages],
        "source": ["exercise"] * len(places),
        "village": [f"{village}号村" for village in villages],
        "status": random.choice(STATUSES, len(places), p=[0.7, 0.15, 0.1, 0.05]),
        "people": people,
        "weak_people": people // 3,
        "house_kind": random.choice(HOUSE_KINDS, len(places)),
        "dangerous_house": random.random(len(places)) < 0.05,
        "geohazard": [f"G{village % 900:05d}" for village in villages],
        "shelter": [f"S{village % 300:04d}" for village in villages],
        "helper": [f"帮扶人{village % 97:02d}" for village in villages],
    }
    if with_phones:
        columns["phone"] = [f"0357-{5550000 + number % 9999:07d}" for number in numbers]
    return gpd.GeoDataFrame(columns, geometry=points_of(places), crs=4490)


def boxes_of(places: np.ndarray, matching: int, how_many: int) -> np.ndarray:
    """(how_many, 4) west, south, east, north: squares around random houses, each grown until it holds `matching` rows."""
    random = np.random.default_rng(SEED)
    centres = places[random.choice(len(places), how_many, replace=False)]
    reach, _ = cKDTree(places).query(centres, k=[matching], p=np.inf)
    return np.round(np.hstack([centres - reach, centres + reach]), 7)
