"""The land: a drainage tree grown to a steady state, cut into loess, with flat valley floors.

Source: stream-power steady state, slope = k · A^-θ (Flint 1974; Whipple and Tucker 1999); θ = 0.4 is inside their 0.35–0.6.
Routing and re-grading in turn, from a coarse grid to a fine one, gives a branching network without any pit.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

from scenarios.ground.lattice import Floats, Flow, Lattice, spanning_flow, wandering_flow

CONCAVITY = 0.40
HILLSLOPE_M2 = 4_000.0  # below this area water does not cut: loess tops (梁, 峁) are rounded
REFINEMENTS = (8, 4, 2, 1)  # coarse to fine, in cells of the final grid
# Spread of the logarithm of a way's chance, round by round. Steepest descent alone draws ruler-straight valleys;
# wandering alone leaves cliffs at divides, because the two sides no longer balance. So: wander first, then settle.
WANDER = {
    8: (0.6,) * 6 + (0.3,) * 4 + (0.1,) * 4 + (0.0,) * 6,
    4: (0.25,) * 2 + (0.0,) * 5,
    2: (0.15, 0.0, 0.0),
    1: (0.0,),
}


@dataclass(frozen=True)
class Relief:
    """What kind of land: heights in m, and where the high ground and the outlet lie (bearing, 0 = north)."""

    lowest_m: float
    highest_m: float
    high_bearing_deg: float = 45.0
    outlet_bearing_deg: float = 270.0


@dataclass(frozen=True)
class Land:
    """The finished terrain on its lattice; arrays are (n,) over nodes."""

    lattice: Lattice
    height_m: Floats
    flow: Flow
    area_m2: Floats  # drained through the cell
    slope: Floats  # rise over run
    highland: Floats  # 0 … 1, how much it belongs to the mountains rather than the loess


def fractal(shape: tuple[int, int], rng: np.random.Generator, longest_cells: float, octaves: int) -> Floats:
    """(rows, cols) smooth noise with zero mean and unit spread; each octave half the wavelength and amplitude."""
    total = np.zeros(shape)
    for octave in range(octaves):
        wave = max(longest_cells / 2**octave, 1.5)
        knots = rng.standard_normal((int(shape[0] / wave) + 4, int(shape[1] / wave) + 4))
        rows, cols = np.arange(shape[0]) / wave + 1, np.arange(shape[1]) / wave + 1
        total += map_coordinates(knots, np.meshgrid(rows, cols, indexing="ij"), order=3, mode="nearest") / 2**octave
    return np.asarray((total - total.mean()) / total.std())


def along(lattice: Lattice, bearing_deg: float) -> Floats:
    """(n,) how far each node lies towards a bearing, 0 … 1 across the domain."""
    bearing = np.radians(bearing_deg)
    way = lattice.x * np.sin(bearing) + lattice.y * np.cos(bearing)
    return np.asarray((way - way.min()) / (way.max() - way.min()))


def grow(domain: shapely.Geometry, cell_m: float, relief: Relief, seed: int) -> Land:
    """Grow the land of a domain (metric CRS) at `cell_m`. Deterministic for a seed."""
    rng = np.random.default_rng([seed, 1])
    coarse: tuple[Lattice, Floats, Flow] | None = None
    for factor in REFINEMENTS:
        lattice = Lattice.over(domain, cell_m * factor)
        coarse = lattice, *_regraded(lattice, coarse, relief, rng, WANDER[factor])
    assert coarse is not None
    return _finished(*coarse, relief)


def _regraded(
    lattice: Lattice,
    coarse: tuple[Lattice, Floats, Flow] | None,
    relief: Relief,
    rng: np.random.Generator,
    wander: tuple[float, ...],
) -> tuple[Floats, Flow]:
    """One refinement: a start from the coarser grid (or a tilt), then routing and grading in turn."""
    outlet = int(np.argmax(along(lattice, relief.outlet_bearing_deg)))
    grain = fractal(lattice.inside.shape, rng, 4_000 / lattice.cell_m, 5)[lattice.row, lattice.col]
    height = _tilt(lattice, relief) + 150 * grain if coarse is None else _resampled(*coarse[:2], lattice) + 3 * grain
    flow = spanning_flow(lattice, height, outlet)
    steepness = _steepness(lattice, relief, rng)
    height = _graded(lattice, flow, steepness, relief)
    for spread in wander:
        flow = wandering_flow(lattice, height, outlet, spread, rng)
        height = _graded(lattice, flow, steepness, relief)
    return height, flow


def _tilt(lattice: Lattice, relief: Relief) -> Floats:
    """A first surface that falls to the outlet."""
    span = relief.highest_m - relief.lowest_m
    return span * (
        0.8 * (1 - along(lattice, relief.outlet_bearing_deg)) + 0.2 * along(lattice, relief.high_bearing_deg)
    )


def _highland(lattice: Lattice, relief: Relief) -> Floats:
    """(n,) 0 in the loess, 1 in the mountains: the far third towards the high ground."""
    toward = 0.7 * along(lattice, relief.high_bearing_deg) + 0.3 * (1 - along(lattice, relief.outlet_bearing_deg))
    return np.asarray(1 / (1 + np.exp(-(toward - 0.68) * 14)))


def _steepness(lattice: Lattice, relief: Relief, rng: np.random.Generator) -> Floats:
    grain = fractal(lattice.inside.shape, rng, 6_000 / lattice.cell_m, 3)[lattice.row, lattice.col]
    return (0.85 + 0.75 * _highland(lattice, relief)) * np.exp(0.18 * grain)


def _graded(lattice: Lattice, flow: Flow, steepness: Floats, relief: Relief) -> Floats:
    area = flow.gather(np.full(lattice.size, lattice.cell_m**2))
    rise = steepness * (area + HILLSLOPE_M2) ** -CONCAVITY * flow.length_m
    height = flow.climb(rise)
    return np.asarray(relief.lowest_m + height * (relief.highest_m - relief.lowest_m) / height.max())


def _resampled(coarse: Lattice, height: Floats, fine: Lattice) -> Floats:
    """Bilinear from the coarse grid; cells outside take the nearest inside value first."""
    gaps = ~coarse.inside
    nearest = distance_transform_edt(gaps, return_distances=False, return_indices=True)
    surface = np.asarray(coarse.grid(height, 0.0), float)[tuple(nearest)]
    rows = (coarse.affine.f - fine.y) / coarse.cell_m - 0.5
    cols = (fine.x - coarse.affine.c) / coarse.cell_m - 0.5
    return np.asarray(map_coordinates(surface, [rows, cols], order=1, mode="nearest"))


FLOOR_HALF_WIDTH_M = ((2e6, 25.0), (2e7, 70.0), (1e8, 130.0), (6e8, 230.0))  # drained area -> half the flat floor


def _finished(lattice: Lattice, height: Floats, flow: Flow, relief: Relief) -> Land:
    area = flow.gather(np.full(lattice.size, lattice.cell_m**2))
    shaped = _rounded(lattice, height, area)
    shaped = _floored(lattice, shaped, flow, area)
    span = (relief.highest_m - relief.lowest_m) / (shaped.max() - relief.lowest_m)
    shaped = relief.lowest_m + (shaped - relief.lowest_m) * span  # rounding took the summits a little lower
    slope = _slope(lattice, shaped)
    return Land(lattice, shaped, flow, area, slope, _highland(lattice, relief))


def _rounded(lattice: Lattice, height: Floats, area: Floats) -> Floats:
    """Round tops and ridges as wind-laid loess does; leave the gully beds where they are."""
    surface = np.asarray(lattice.grid(height, 0.0), float)
    weight = lattice.inside.astype(float)
    smooth = gaussian_filter(surface, 1.2) / np.maximum(gaussian_filter(weight, 1.2), 1e-9)
    top = 1 / (1 + (area / 8_000.0) ** 2)
    return np.asarray(height + top * (smooth[lattice.row, lattice.col] - height))


def _floored(lattice: Lattice, height: Floats, flow: Flow, area: Floats) -> Floats:
    """Flatten the ground beside streams: a floor that widens with the area drained, then the old slope again."""
    bed = np.asarray(lattice.grid((area >= FLOOR_HALF_WIDTH_M[0][0]).astype(float), 0.0)) > 0
    if not bed.any():
        return height
    cells, nearest = distance_transform_edt(~bed, return_indices=True)
    beside = lattice.node[nearest[0], nearest[1]][lattice.row, lattice.col]
    away = cells[lattice.row, lattice.col] * lattice.cell_m
    steps, widths = np.log([a for a, _ in FLOOR_HALF_WIDTH_M]), [w for _, w in FLOOR_HALF_WIDTH_M]
    half = np.interp(np.log(area[beside]), steps, widths)
    past = np.clip((away - half) / (1.6 * half), 0, 1)
    share = past * past * (3 - 2 * past)
    floor = height[beside] + 0.022 * away
    higher = height > floor
    return np.where(higher, floor + (height - floor) * share, height)


def _slope(lattice: Lattice, height: Floats) -> Floats:
    """(n,) rise over run by central differences; the rim takes its own height outside."""
    surface = np.asarray(lattice.grid(height, 0.0), float)
    gaps = distance_transform_edt(~lattice.inside, return_distances=False, return_indices=True)
    down, across = np.gradient(surface[tuple(gaps)], lattice.cell_m)
    return np.asarray(np.hypot(down, across)[lattice.row, lattice.col])
