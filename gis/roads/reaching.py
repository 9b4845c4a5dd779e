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
    forward, backward = reach.arcs.forward_s, reach.arcs.backward_s
    found = []
    for limit in seconds:
        # How much of each piece is driven from its start, and from its end, as shares of it.
        left_at_start = limit - reach.seconds[network.start]
        left_at_end = limit - reach.seconds[network.end]
        ahead, back = _share(left_at_start, forward), _share(left_at_end, backward)
        whole = ahead + back >= 1
        partly = [(int(e), 0.0, float(ahead[e])) for e in np.flatnonzero(~whole & (ahead > 0))]
        partly += [(int(e), 1.0 - float(back[e]), 1.0) for e in np.flatnonzero(~whole & (back > 0))]
        if limit > 0 and not whole[start.edge]:
            partly.append(_own_piece(start, forward, backward, limit))
        cut = [substring(network.lines[e], a, b, normalized=True) for e, a, b in _merged(partly)]
        lines = np.concatenate([network.lines[whole], np.array([rounded(line) for line in cut], dtype=object)])
        found.append(shapely.multilinestrings(lines[shapely.length(lines) > 0]))
    return found


def _share(left_s: Floats, whole_s: Floats) -> Floats:
    """Which share of each piece is driven in the seconds left; nothing of a piece that may not be driven."""
    there = np.isfinite(whole_s) & (left_s > 0)
    share = np.zeros(len(whole_s))
    share[there] = np.minimum(left_s[there] / np.maximum(whole_s[there], 1e-9), 1.0)
    return share


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
