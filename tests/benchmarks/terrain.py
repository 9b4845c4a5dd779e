"""Height above drainage over 40 km × 40 km of 30 m cells, in a process of its own so that its memory can be told.

    python -m tests.benchmarks.terrain      one line of JSON: seconds (median of five), cpu_s, first_s, peak_mb, cells

The ground is seeded noise of many wavelengths on a slope, in whole metres as elevation models have it, with hollows and
flats; making it is not counted.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
from affine import Affine
from scipy.ndimage import zoom

from gis.grid import Grid
from gis.hand import height_above
from gis.terrain_flow import flow_of, streams_of
from tests.benchmarks.progress import BenchFailed
from tests.benchmarks.report import Bar, Result

SIDE = 1334  # 40 km in cells of 30 m
STREAM_M2 = 500_000.0
ROUNDS = 5
HAND_S = Bar(10.0, "issue 4: height above drainage, 40 km × 40 km, 30 m cells", most=True)


def ground(side: int = SIDE) -> Grid:
    """Hills of 40 km down to 60 m, the shorter the lower, on a fall of 800 m to the south."""
    random, z = np.random.default_rng(30), np.linspace(1600.0, 800.0, side)[:, np.newaxis].repeat(side, axis=1)
    for octave in range(1, 10):
        coarse = random.normal(0, 400 * 0.55**octave, (2**octave + 2, 2**octave + 2))
        z += zoom(coarse, side / 2**octave, order=1)[:side, :side]
    return Grid(np.round(z), Affine(30, 0, 500_000, 0, -30, 4_040_000), "EPSG:4546")


def measured_here() -> dict[str, float]:
    """Seconds of fill, flow, streams and height together, and the process's peak memory."""
    grid, seconds, worked = ground(), [], []
    for _ in range(ROUNDS + 1):
        begun, worked_before = time.perf_counter(), time.process_time()
        flow = flow_of(grid)
        hand = height_above(flow, streams_of(flow, STREAM_M2))
        seconds.append(time.perf_counter() - begun)
        worked.append(time.process_time() - worked_before)
    if not np.isfinite(hand.height_m).mean() > 0.5:
        raise BenchFailed("most of the ground has no height above a stream")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": median(seconds[1:]), "cpu_s": median(worked[1:]), "first_s": seconds[0], "peak_mb": peak_mb,
            "cells": grid.values.size}  # fmt: skip


def terrain_rows() -> list[Result]:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-m", __spec__.name], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchFailed(f"terrain: {done.stderr.strip().splitlines()[-1:]}")
    found = json.loads(done.stdout)
    note = f"{found['cells']:,.0f} cells, {found['cpu_s']:.2f} s of CPU; first time, with compiled code to load, {found['first_s']:.1f} s"
    return [
        Result("height above drainage, 40 km × 40 km, 30 m", f"{found['seconds']:.2f} s", bar=HAND_S, value=found["seconds"], note=note),
        Result("  memory of its process", f"{found['peak_mb']:,.0f} MB", note="peak, ground and libraries included"),
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured_here()) + "\n")
