"""Streams of a grid as lines: from where enough ground has come together down to the next confluence.

Source: a cell is a stream where at least so much ground drains through it (O'Callaghan & Mark 1984). Range of validity: the
threshold is a rule of thumb; where streams really begin hangs on rock, soil and rain.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.cells import Floats, lonlat_of
from gis.terrain_flow import Flow


class Streams(NamedTuple):
    """lines : (n,) LineStrings in lon/lat, downstream. upstream_m2 : (n,) ground above the lower end of each."""

    lines: NDArray[np.object_]
    upstream_m2: Floats


def stream_lines(flow: Flow, streams: NDArray[np.bool_]) -> Streams:
    """Each reach between a source, confluences and the end, as one line through the middles of cells.

    A reach of a single cell that leaves the grid has no line.
    """
    is_stream = streams.reshape(-1)
    cells = np.flatnonzero(is_stream)
    below = flow.downstream[cells]
    inflows = np.bincount(below[below != cells], minlength=is_stream.size)
    heads = cells[inflows[cells] != 1]
    paths: list[list[int]] = []
    for head in heads.tolist():
        path = [head]
        while (following := int(flow.downstream[path[-1]])) != path[-1]:
            path.append(following)
            if inflows[following] > 1:
                break
        if len(path) > 1:
            paths.append(path)
    if not paths:
        return Streams(np.array([], dtype=object), np.array([]))
    order = np.concatenate([np.array(path) for path in paths])
    lon, lat = lonlat_of(flow.grid, *np.divmod(order, flow.grid.shape[1]))
    of = np.repeat(np.arange(len(paths)), [len(path) for path in paths])
    lines = shapely.linestrings(np.column_stack([lon, lat]), indices=of)
    lower = np.array([path[-2] for path in paths])  # above the confluence
    return Streams(np.asarray(lines, dtype=object), flow.upstream_m2.reshape(-1)[lower])
