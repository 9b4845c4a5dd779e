"""Nearest five teams by road among 200, with 20 sealed zones, on a net of the size of a county.

The roads are a seeded grid of 60 × 60 junctions, 350 m apart and bent, a tenth of them missing: 3,600 junctions and about
2,300 km of road in 13,000 pieces, four times those of the exercise ground. Each question has another place; the zones are new each time, so
nothing of an earlier answer helps but the network itself.
"""

import time
from statistics import median

import geopandas as gpd
import numpy as np
import shapely

from gis.analyses.nearest import NearestParams, run
from gis.analysis import Given
from gis.roads.engine import Roads
from gis.roads.limits import SPEED_KPH
from gis.roads.network import network_of
from tests.benchmarks.progress import BenchFailed
from tests.benchmarks.report import Bar, Result

SIDE, STEP_DEG = 60, 0.0038
TEAMS, ZONES, NEAREST = 200, 20, 5
ROUNDS = 30
NEAREST_MS = Bar(50.0, "design §8: nearest five teams by road with 20 sealed zones, warm", most=True)


def county(random: np.random.Generator) -> Roads:
    """Roads without tiles: `nearest` asks the plain graph."""
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    nodes = np.stack([110.9 + STEP_DEG * x, 36.2 + STEP_DEG * 0.8 * y], axis=-1) + random.normal(
        0, 0.0008, (SIDE, SIDE, 2)
    )
    lines = []
    for a, b in ((nodes[:, :-1], nodes[:, 1:]), (nodes[:-1], nodes[1:])):
        ends = np.stack([a.reshape(-1, 2), b.reshape(-1, 2)], axis=1)
        middle = ends.mean(axis=1) + random.normal(0, 0.0003, (len(ends), 2))
        lines += list(shapely.linestrings(np.stack([ends[:, 0], middle, ends[:, 1]], axis=1).round(7)))
    kept = [line for line in lines if random.random() > 0.1]
    ranks = random.choice(list(SPEED_KPH.value), len(kept))
    roads = gpd.GeoDataFrame({"rank": ranks, "status": "open", "oneway": "both"}, geometry=kept, crs=4490)
    return Roads(None, network_of(roads, None, SPEED_KPH.value, 10.0))


def place(random: np.random.Generator, roads: Roads) -> list[float]:
    line = roads.network.lines[random.integers(len(roads.network))]
    point = shapely.line_interpolate_point(line, random.random(), normalized=True)
    return [float(value) for value in shapely.get_coordinates(point)[0] + random.normal(0, 3e-4, 2)]


def teams(random: np.random.Generator, roads: Roads) -> gpd.GeoDataFrame:
    points = [shapely.Point(place(random, roads)) for _ in range(TEAMS)]
    values = {"name": [f"team {i}" for i in range(TEAMS)], "status": "ready", "turnout_min": random.integers(1, 30, TEAMS),
              "vehicle_height_m": random.choice([2.6, 3.2, 3.8], TEAMS), "vehicle_load_t": random.choice([5.0, 16.0], TEAMS)}  # fmt: skip
    return gpd.GeoDataFrame(values, geometry=points, crs=4490, index=[str(i) for i in range(TEAMS)])


def roads_rows() -> list[Result]:
    random = np.random.default_rng(20)
    roads = county(random)
    given = Given(
        frames={"candidates": teams(random, roads)}, townships=gpd.GeoDataFrame(), metric_crs="EPSG:4546", roads=roads
    )
    wall, worked, certified = [], [], 0
    for number in range(ROUNDS + 3):
        zones = [
            shapely.Point(place(random, roads)).buffer(random.uniform(0.001, 0.006), quad_segs=8) for _ in range(ZONES)
        ]
        asked = {
            "from": place(random, roads),
            "k": NEAREST,
            "avoid": [shapely.geometry.mapping(zone) for zone in zones],
        }
        params = NearestParams.model_validate(asked)
        begun, begun_work = time.perf_counter(), time.process_time()
        result = run(params, given)
        if number >= 3:  # the first make the trees
            wall.append((time.perf_counter() - begun) * 1000)
            worked.append((time.process_time() - begun_work) * 1000)
            certified += bool(result.facts["certificate"] and result.facts["certificate"]["clear"])
    if certified < ROUNDS // 2:
        raise BenchFailed(f"only {certified} of {ROUNDS} questions had an answer with a certificate")
    note = f"{worked and median(worked):.0f} ms of CPU, slowest {max(wall):.0f} ms; {len(roads.network):,} pieces of road; lines certified"
    return [
        Result(
            "nearest 5 of 200 teams by road, 20 sealed zones",
            f"{median(wall):.0f} ms",
            bar=NEAREST_MS,
            value=median(wall),
            note=note,
        )
    ]
