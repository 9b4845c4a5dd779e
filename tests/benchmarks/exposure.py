"""Exposure of 20,000 areas over 1,000,000 points, in turns with a bare STRtree join, in a process of its own.

    python -m tests.benchmarks.exposure     one line of JSON: seconds, cpu_s, join_s, join_cpu_s, ratio, pairs, base_mb, peak_mb

The join only finds pairs and adds up one column; the analysis also lists what is inside by layer, township and area, with
names and shapes. Processor time is compared: both use one core, and the cores are shared. Making the ground is not counted.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.analyses.exposure import ANALYSIS, ExposureParams
from gis.analysis import Given
from tests.benchmarks.progress import BenchFailed
from tests.benchmarks.report import Bar, Result

POINTS, AREAS, CORNERS, ROUNDS = 1_000_000, 20_000, 24, 5
WEST, SOUTH, EAST, NORTH = 110.0, 35.0, 114.0, 40.0  # about Shanxi
JOIN_RATIO = Bar(1.5, "issue 4: exposure within 1.5 × of a bare shapely STRtree join", most=True)


def ground() -> tuple[Given, np.ndarray]:
    """Households all over a province of 100 townships, and crooked areas of 1 to 3 km, as WKB."""
    random = np.random.default_rng(20)
    x, y = random.uniform(WEST, EAST, POINTS), random.uniform(SOUTH, NORTH, POINTS)
    towns = [shapely.box(WEST + 0.4 * (k % 10), SOUTH + 0.5 * (k // 10), WEST + 0.4 * (k % 10 + 1), SOUTH + 0.5 * (k // 10 + 1))
             for k in range(100)]  # fmt: skip
    codes = 141_000_000 + ((x - WEST) // 0.4).astype(int) + 10 * ((y - SOUTH) // 0.5).astype(int)
    number = np.arange(POINTS).astype(str)
    households = gpd.GeoDataFrame(
        {**{name: pd.array(number, dtype="str") for name in ("code", "name")}, "admin_code": pd.array(codes.astype(str), dtype="str"),
         "people": random.integers(1, 8, POINTS).astype(float), "weak_people": random.integers(0, 2, POINTS).astype(float)},
        index=pd.Index(number, name="id"), geometry=shapely.points(x, y), crs=4490,
    )  # fmt: skip
    middle = random.uniform([WEST, SOUTH], [EAST, NORTH], (AREAS, 1, 2))
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    reach = random.uniform(0.01, 0.028, (AREAS, 1)) * random.uniform(0.7, 1.0, (AREAS, CORNERS))
    shapes = shapely.polygons(middle + np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=2))
    rows = {"code": [f"A{k}" for k in range(AREAS)], "name": [f"A{k}" for k in range(AREAS)]}
    areas = gpd.GeoDataFrame(rows, index=[str(k) for k in range(AREAS)], geometry=shapes, crs=4490)
    townships = gpd.GeoDataFrame({"code": [str(141_000_000 + k) for k in range(100)], "name": "镇"}, geometry=towns, crs=4490)
    return Given({"areas": areas, "over households": households}, townships, "EPSG:4546"), shapely.to_wkb(shapes)


def join(given: Given, areas: np.ndarray) -> tuple[int, float]:
    """Pairs, and the people of each area added up."""
    people = given.frames["over households"]["people"].to_numpy()
    shapely.prepare(areas)
    area, row = shapely.STRtree(given.frames["over households"].geometry.to_numpy()).query(areas, predicate="intersects")
    return len(area), float(np.bincount(area, weights=people[row], minlength=AREAS).sum())


def exposure(given: Given, areas: np.ndarray) -> tuple[int, float]:
    frame = given.frames["areas"].set_geometry(areas, crs=4490)
    held = Given({**given.frames, "areas": frame}, given.townships, given.metric_crs)
    result = ANALYSIS.run(ExposureParams(layer="risk_zones", over=("households",)), held)
    by_area = result.lists["by_area"].frame
    return int(by_area["objects"].sum()), float(by_area["people"].sum())


def measured_here() -> dict[str, float]:
    given, stored = ground()
    base_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    works: dict[str, Callable[[Given, np.ndarray], Any]] = {"join": join, "exposure": exposure}
    seconds: dict[str, list[float]] = {name: [] for name in works}
    cpu: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        found = {}
        for name, work in works.items():
            areas = shapely.from_wkb(stored)  # not yet prepared
            begun, worked = time.perf_counter(), time.process_time()
            found[name] = work(given, areas)
            seconds[name].append(time.perf_counter() - begun)
            cpu[name].append(time.process_time() - worked)
        if found["join"] != found["exposure"]:
            raise BenchFailed(f"the join and the analysis do not agree: {found}")
    ratio = median(ours / theirs for ours, theirs in zip(cpu["exposure"], cpu["join"], strict=True))
    return {"seconds": median(seconds["exposure"]), "cpu_s": median(cpu["exposure"]), "join_s": median(seconds["join"]),
            "join_cpu_s": median(cpu["join"]), "ratio": ratio, "pairs": found["join"][0], "base_mb": base_mb,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}  # fmt: skip


def exposure_rows() -> list[Result]:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-m", __spec__.name], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchFailed(f"exposure: {done.stderr.strip().splitlines()[-1:]}")
    found = json.loads(done.stdout)
    note = f"{found['pairs']:,.0f} pairs; processor time, by the clock {found['seconds']:.2f} and {found['join_s']:.2f} s"
    return [
        Result("exposure, 20,000 areas × 1,000,000 points", f"{found['cpu_s']:.2f} s", "STRtree join", f"{found['join_cpu_s']:.2f} s",
               found["ratio"], JOIN_RATIO, note=note),
        Result("  memory of its process", f"{found['peak_mb']:,.0f} MB", note=f"peak; {found['base_mb']:,.0f} MB before the first round"),
    ]  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured_here()) + "\n")
