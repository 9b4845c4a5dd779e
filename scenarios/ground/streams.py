"""Streams: where water gathers, how high the ground stands above them, and their lines."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from scenarios.ground.lattice import Bools, Floats, Flow, Ints
from scenarios.ground.terrain import Land


@dataclass(frozen=True)
class Streams:
    """Per node (n,): channel, Strahler order, height above the stream it drains to; and one line per stream."""

    channel: Bools
    order: Ints
    nearest: Ints  # the channel node each node drains to
    above_m: Floats
    x: Floats  # smoothed position, only meaningful on channels
    y: Floats
    lines: NDArray[np.object_]  # (k,) source to mouth, metric CRS
    mouth: Ints  # (k,) last node of each stream before it joins another
    head: Ints  # (k,)


def find_streams(land: Land, least_m2: float) -> Streams:
    """Streams that drain at least `least_m2`."""
    channel = land.area_m2 >= least_m2
    channel[land.flow.order[0]] = True
    order = land.flow.strahler(channel)
    nearest = land.flow.first_below(channel)
    main = _main_donor(land, channel)
    x, y = _smoothed(land, channel, main)
    lines, mouth, head = _lines(land.flow, channel, main, x, y)
    above = np.maximum(land.height_m - land.height_m[nearest], 0.0)
    return Streams(channel, order, nearest, above, x, y, lines, mouth, head)


def _main_donor(land: Land, channel: Bools) -> Ints:
    """(n,) the channel node that brings most water into each channel node, -1 at a source."""
    nodes = np.nonzero(channel)[0]
    nodes = nodes[nodes != land.flow.order[0]]
    nodes = nodes[np.argsort(land.area_m2[nodes], kind="stable")]
    main = np.full(land.lattice.size, -1, np.int64)
    main[land.flow.receiver[nodes]] = nodes  # the last writer, the largest, stays
    return main


def _smoothed(land: Land, channel: Bools, main: Ints) -> tuple[Floats, Floats]:
    """Positions with the stair-steps of the grid taken out. One position a node, so confluences stay joined."""
    nodes = np.nonzero(channel)[0]
    down = land.flow.receiver[nodes]
    up = np.where(main[nodes] >= 0, main[nodes], nodes)
    held = (down == nodes) | (main[nodes] < 0)
    places = []
    for start in (land.lattice.x, land.lattice.y):
        place = start.copy()
        for _ in range(6):
            mean = 0.25 * place[up] + 0.5 * place[nodes] + 0.25 * place[down]
            place[nodes] = np.where(held, place[nodes], mean)
        places.append(place)
    return places[0], places[1]


def _lines(flow: Flow, channel: Bools, main: Ints, x: Floats, y: Floats) -> tuple[NDArray[np.object_], Ints, Ints]:
    nodes = np.nonzero(channel)[0]
    goes_on = main[flow.receiver] == np.arange(len(main))
    stem = np.where(channel & goes_on, flow.receiver, np.arange(len(main)))
    while True:
        following = stem[stem]
        if np.array_equal(following, stem):
            break
        stem = following
    nodes = nodes[np.lexsort((-flow.depth[nodes], stem[nodes]))]  # by stream, source first
    first = np.nonzero(np.r_[True, np.diff(stem[nodes]) != 0])[0]
    last = np.r_[first[1:], len(nodes)] - 1
    mouth, head = nodes[last], nodes[first]
    joined = np.insert(nodes, last + 1, flow.receiver[mouth])
    index = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(nodes)]) + 1)
    coords = np.column_stack([x[joined], y[joined]])
    fresh = np.r_[True, (np.diff(index) != 0) | np.any(np.diff(coords, axis=0) != 0, axis=1)]
    coords, index = coords[fresh], index[fresh]
    enough = np.bincount(index, minlength=len(first)) >= 2
    keep = enough[index]
    renumbered = np.cumsum(enough) - 1
    lines = shapely.linestrings(coords[keep], indices=renumbered[index[keep]])
    return shapely.simplify(lines, 4.0), mouth[enough], head[enough]
