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

ROUNDS = 4  # of drawing more coarsely


class Streams(NamedTuple):
    """lines : (n,) LineStrings in lon/lat, downstream. upstream_m2 : (n,) ground above the lower end of each.
    tolerance_cells : how far a line may lie beside the middles of its cells.
    """

    lines: NDArray[np.object_]
    upstream_m2: Floats
    tolerance_cells: float


def stream_lines(flow: Flow, streams: NDArray[np.bool_], tolerance_cells: float = 0.0, most_vertices: int | None = None) -> Streams:
    """Each reach between a source, confluences and the end, as one line through the middles of cells; ends stay where they are.

    tolerance_cells : bends smaller than this are left out (Douglas & Peucker 1973, The Canadian Cartographer 10(2), 112–122);
    doubled a few times where the lines have more than `most_vertices`. A reach of a single cell that leaves the grid has
    no line.
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
        return Streams(np.array([], dtype=object), np.array([]), tolerance_cells)
    order = np.concatenate([np.array(path) for path in paths])
    of = np.repeat(np.arange(len(paths)), [len(path) for path in paths])
    exact = shapely.linestrings(np.column_stack(np.divmod(order, flow.grid.shape[1])).astype(np.float64), indices=of)
    lines, tolerance = exact, tolerance_cells
    for _ in range(ROUNDS):
        if tolerance > 0:
            lines = shapely.simplify(exact, tolerance)
        if tolerance <= 0 or most_vertices is None or shapely.get_num_coordinates(lines).sum() <= most_vertices:
            break
        tolerance *= 2
    lower = np.array([path[-2] for path in paths])  # above the confluence
    turned = shapely.transform(lines, lambda cells: np.column_stack(lonlat_of(flow.grid, cells[:, 0], cells[:, 1])))
    return Streams(np.asarray(turned, dtype=object), flow.upstream_m2.reshape(-1)[lower], tolerance)
