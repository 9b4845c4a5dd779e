"""Which roads are reached within a time: whole pieces, and the first part of those on which time runs out."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from gis.roads.leaving import rounded
from gis.roads.network import Snapped
from gis.roads.question import Question
from gis.roads.splitting import Floats


def reached_lines(question: Question, start: Snapped, seconds: Sequence[float]) -> list[BaseGeometry]:
    """For each time limit the roads (lon/lat) reached from a place on an open piece; empty where the limit is not positive.

    A piece is reached from either end, and the piece of the start from the start itself.
    """
    longest = max(max(seconds, default=0.0), 0.0)
    network = question.network
    reach = network.seconds_from(start, question.open_, limit_s=longest)
    usable = network.usable(question.open_)
    forward, backward = reach.arcs.forward_s, reach.arcs.backward_s
    found = []
    for limit in seconds:
        # How much of each piece is driven from its start, and from its end, as shares of it.
        left_at_start = limit - reach.seconds[network.start]
        left_at_end = limit - reach.seconds[network.end]
        ahead = np.where(usable & np.isfinite(forward), np.clip(left_at_start / np.maximum(forward, 1e-9), 0, 1), 0.0)
        back = np.where(usable & np.isfinite(backward), np.clip(left_at_end / np.maximum(backward, 1e-9), 0, 1), 0.0)
        ahead, back = np.nan_to_num(ahead), np.nan_to_num(back)
        whole = ahead + back >= 1
        partly = [(int(e), 0.0, float(ahead[e])) for e in np.flatnonzero(~whole & (ahead > 0))]
        partly += [(int(e), 1.0 - float(back[e]), 1.0) for e in np.flatnonzero(~whole & (back > 0))]
        if limit > 0 and usable[start.edge] and not whole[start.edge]:
            partly.append(_own_piece(start, forward, backward, limit))
        cut = [substring(network.lines[e], a, b, normalized=True) for e, a, b in _merged(partly)]
        lines = np.concatenate([network.lines[whole], np.array([rounded(line) for line in cut], dtype=object)])
        found.append(shapely.multilinestrings(lines[shapely.length(lines) > 0]))
    return found


def _merged(partly: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Parts of the same piece that overlap, as one."""
    found: list[tuple[int, float, float]] = []
    for edge, begin, end in sorted(part for part in partly if part[2] > part[1]):
        if found and found[-1][0] == edge and begin <= found[-1][2]:
            found[-1] = (edge, found[-1][1], max(end, found[-1][2]))
        else:
            found.append((edge, begin, end))
    return found


def _own_piece(start: Snapped, forward: Floats, backward: Floats, limit: float) -> tuple[int, float, float]:
    """The part of the start's own piece that is driven from the start."""
    edge, at = start.edge, start.fraction
    ahead = limit / forward[edge] if np.isfinite(forward[edge]) else 0.0
    back = limit / backward[edge] if np.isfinite(backward[edge]) else 0.0
    return edge, max(at - back, 0.0), min(at + ahead, 1.0)
