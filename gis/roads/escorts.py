"""The lines of an allocation: from many places to the shelter each is sent to, with the proof that they keep clear.

Whoever stands inside a closed area is led out first, over its own roads; that part carries no proof and is said apart.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely

from gis.geometry import length_m
from gis.roads.network import Path, RoadNetwork
from gis.roads.splitting import Floats, Ints
from gis.roads.travel import Stops, Travel


class Escort(NamedTuple):
    """line : lon/lat, all of the way; a straight line by air. length_m : along it. clear : None by air, where nothing is
    proved; min_distance_m : of the proved part to the nearest closed area, None where there is none."""

    line: shapely.Geometry
    length_m: float
    clear: bool | None
    min_distance_m: float | None
    labels: tuple[str, ...]


def escorts(travel: Travel, origins: Stops, destinations: Stops, pairs: Sequence[tuple[int, int]]) -> list[Escort]:
    """One for each (origin, destination) that has a way. origins : as `led_out` gives them."""
    if travel.network is None:
        return [_straight(travel, origins.lonlat[i], destinations.lonlat[j]) for i, j in pairs]
    network = travel.network
    mains: dict[tuple[int, int], Path] = {}
    for j in sorted({j for _, j in pairs}):
        ours = [i for i, other in pairs if other == j]
        found = network.paths_to(destinations.on.one(j), origins.on.taken(np.array(ours)), travel.open_)
        mains |= {(i, j): path for i, path in zip(ours, found, strict=True) if path is not None}
    lines = [mains[pair].line for pair in pairs]
    distances = _distances_m(travel, lines)
    outs = _ways_out(travel, origins, np.array(sorted({i for i, _ in pairs}), dtype=np.int64))
    made = []
    for pair, distance in zip(pairs, distances, strict=True):
        main, out = mains[pair], outs.get(pair[0])
        clear = len(travel.areas.met_by(main.line)) == 0
        line, metres = main.line, main.length_m
        if out is not None:
            line, metres = shapely.MultiLineString([out.line, main.line]), metres + out.length_m
        made.append(Escort(line, metres, clear, distance, main.labels))
    return made


def _straight(travel: Travel, start: Floats, end: Floats) -> Escort:
    line = shapely.LineString([start, end])
    return Escort(line, length_m(line) * travel.air_factor, None, None, ())


def _ways_out(travel: Travel, origins: Stops, which: Ints) -> dict[int, Path]:
    """Of the sealed ones the way to their gate."""
    network = travel.network
    assert network is not None
    sealed = which[origins.sealed[which]]
    near = network.snap_all(origins.lonlat[sealed], travel.free)
    paths = [network.path(near.one(k), origins.on.one(int(i)), travel.free) for k, i in enumerate(sealed)]
    return {int(i): path for i, path in zip(sealed, paths, strict=True) if path is not None}


def _distances_m(travel: Travel, lines: Sequence[shapely.Geometry]) -> list[float | None]:
    """Of each line to the nearest closed area, in the plane of the network."""
    if not len(travel.closures) or not len(lines):
        return [None] * len(lines)
    network: RoadNetwork | None = travel.network
    assert network is not None
    areas = shapely.transform(np.array([c.geometry for c in travel.closures], dtype=object), network.plane.metres)
    flat = shapely.transform(np.array(lines, dtype=object), network.plane.metres)
    _, distance = shapely.STRtree(areas).query_nearest(flat, return_distance=True, all_matches=False)
    return [round(float(metres), 1) for metres in distance]
