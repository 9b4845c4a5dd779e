"""Height above the nearest drainage: how far each cell stands above the stream its water reaches first.

Source: Rennó et al. (2008), Remote Sensing of Environment 112(9), 3469–3481; Nobre et al. (2011), Journal of Hydrology
404(1–2), 13–29. "Nearest" is along the way water takes, not through the air. Heights are those of the filled ground, so
no cell stands below its stream. Range of validity: natural valleys with streams the grid resolves; the answer hangs on
where streams begin (a threshold of ground above), and on flat fans and behind levees it says little about flooding.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.cells import Floats
from gis.compiled import compiled
from gis.terrain_flow import Flow


class Hand(NamedTuple):
    """height_m : (rows, columns), NaN where the ground is unknown, drains off the grid before it meets a stream, or meets
    it where the stream's own height is a guess (a bridged hole).
    drain : (cells,) the stream cell each cell drains to, itself on a stream; -1 where there is none.
    """

    height_m: Floats
    drain: NDArray[np.int32]


def height_above(flow: Flow, streams: NDArray[np.bool_]) -> Hand:
    """Height of every cell above the first of `streams` (rows, columns) on its way down."""
    drain = _drained(flow.downstream, flow.order, np.ascontiguousarray(streams).reshape(-1))
    level = flow.filled_m.reshape(-1)
    height = np.where(drain >= 0, level - level[np.maximum(drain, 0)], np.nan).reshape(flow.grid.shape)
    height[flow.bridged | (flow.bridged.reshape(-1)[drain] & (drain >= 0)).reshape(height.shape)] = np.nan
    return Hand(height, drain)


@compiled
def _drained(
    downstream: NDArray[np.int32], order: NDArray[np.int32], streams: NDArray[np.bool_]
) -> NDArray[np.int32]:
    drain = np.full(downstream.size, -1, np.int32)
    for cell in order[::-1]:
        if streams[cell]:
            drain[cell] = cell
        elif downstream[cell] != cell:
            drain[cell] = drain[downstream[cell]]
    return drain
