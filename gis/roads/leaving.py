"""Out of a closed area: where its roads reach open ones, and which part of the way there lies inside."""

from typing import NamedTuple

import numpy as np
import shapely
from shapely.ops import substring

from gis.geometry import length_m
from gis.roads.network import Path, Places, Reach, Snapped
from gis.roads.question import Question
from gis.roads.splitting import DECIMALS, Floats, Ints

LATER_S = 1e6  # longer than any drive in a county: eleven days
_STEPS_DEG = (0.0, 2e-7, 1e-6, 1e-5)
"""How far past the border a way is cut, up to about 1 m: a point computed on the border, and rounded, may fall on either
side of it."""


class Gates(NamedTuple):
    """Where closed roads meet open ones and a place is left (or entered), the quickest to be out of the area first.

    seconds : from the place to each, over roads that areas close but nothing else does; 0 for a place on an open road,
    which is its own gate. rank : 0 for those that are out first, to a tenth of a second; 1 for the next …
    """

    places: Places
    seconds: Floats
    rank: Ints

    @property
    def starts_s(self) -> Floats:
        """Seconds that make one search prefer every gate to those of a later rank, and among equals the quicker."""
        return self.rank * LATER_S + self.seconds


def gates(question: Question, place: Snapped, *, inward: bool = False) -> Gates:
    """inward : the ways into the place are meant, not those out of it."""
    if question.open_[place.edge]:
        one = Places(np.array([place.edge]), np.array([place.fraction]), np.zeros(1))
        return Gates(one, np.zeros(1), np.zeros(1, dtype=np.int64))
    reach = question.network.seconds_from(place, question.taken, backwards=inward)
    nodes = np.flatnonzero(np.isfinite(reach.seconds) & (question.piece_at_node >= 0))
    out_s = np.round(reach.seconds[nodes] - _clear_s(question, reach, place, nodes), 1)
    order = np.lexsort((nodes, reach.seconds[nodes], out_s))
    rank = np.unique(out_s[order], return_inverse=True)[1]
    return Gates(question.at_nodes(nodes[order]), reach.seconds[nodes[order]], rank.astype(np.int64))


def _clear_s(question: Question, reach: Reach, place: Snapped, nodes: Ints) -> Floats:
    """Seconds before each gate during which one is outside already: pieces are closed whole, areas end midway."""
    network, arcs = question.network, reach.arcs
    clear = np.zeros(len(nodes))
    for number, node in enumerate(nodes.tolist()):
        for edge in np.flatnonzero(question.taken & ((network.start == node) | (network.end == node))).tolist():
            is_end = network.end[edge] == node
            seconds = float((arcs.forward_s if is_end else arcs.backward_s)[edge])
            tail = network.start[edge] if is_end else network.end[edge]
            way_here = (1 - place.fraction if is_end else place.fraction) if edge == place.edge else 1.0
            before = 0.0 if edge == place.edge else float(reach.seconds[tail])
            if not np.isfinite(seconds) or before + way_here * seconds > reach.seconds[node] + 1e-6:
                continue  # the quickest way to this gate comes by another piece
            line = network.lines[edge] if is_end else network.lines[edge].reverse()
            clear[number] = max(clear[number], min(_clear_share(question, line), way_here) * seconds)
    return clear


def _clear_share(question: Question, line: shapely.LineString) -> float:
    """Which share of a line, at its end, lies outside closed areas."""
    met = question.areas.met_by(line)
    if len(met) == 0:
        return 1.0
    within = shapely.get_coordinates(shapely.intersection(line, question.areas.shapes[met]))
    last = shapely.line_locate_point(line, shapely.points(within), normalized=True).max()
    return float(1.0 - last)


def clear_ends(question: Question, places: Places) -> tuple[Ints, Places, Floats]:
    """Of places on closed pieces those that reach an end of their piece without meeting a closed area.

    A piece is closed whole, an area may end midway. Returns which of the places, the ends, the seconds to them.
    """
    network = question.network
    found: list[tuple[int, int, float]] = []
    for number in np.flatnonzero((places.edge >= 0) & question.taken[places.edge]).tolist():
        edge, fraction, _ = places.one(number)
        ends = ((network.end[edge], 1.0, network.forward_s[edge]), (network.start[edge], 0.0, network.backward_s[edge]))
        for node, share, seconds in ends:
            if question.piece_at_node[node] >= 0 and np.isfinite(seconds):
                part = substring(network.lines[edge], fraction, share, normalized=True)
                if len(question.areas.met_by(part)) == 0:
                    found.append((number, int(node), abs(share - fraction) * float(seconds)))
    which, nodes, taken_s = zip(*found, strict=True) if found else ((), (), ())
    at_ends = question.at_nodes(np.array(nodes, dtype=np.int64))
    return np.array(which, dtype=np.int64), at_ends, np.array(taken_s, dtype=np.float64)


def way_between(question: Question, here: Snapped, there: Snapped) -> tuple[tuple[Snapped, Snapped], Path] | None:
    """The gates to use and the way between them over open roads; None where there is none.

    The quickest way out that has a way on, to the quickest way in that it reaches; among equals the quickest in all.
    """
    out, into = gates(question, here), gates(question, there, inward=True)
    if not len(out.seconds) or not len(into.seconds):
        return None
    network, first, last = question.network, 0, 0
    if len(out.seconds) > 1 or len(into.seconds) > 1:
        reach = network.seconds_from(into.places, question.open_, starts_s=into.starts_s, backwards=True)
        onward, gate = reach.at(out.places)
        usable = np.flatnonzero(gate >= 0)
        if not len(usable):
            return None
        first = int(usable[np.lexsort(((out.seconds + onward)[usable], out.rank[usable]))[0]])
        last = int(gate[first])
    ends = out.places.one(first), into.places.one(last)
    path = network.path(*ends, question.open_)
    return None if path is None else (ends, path)


class Halves(NamedTuple):
    """A way from a place to its gate, cut where it leaves the closed areas for good. None where there is no such part."""

    inside: shapely.LineString | None
    outside: shapely.LineString | None


def halves(question: Question, line: shapely.LineString) -> Halves:
    """Cut a way that runs from inside to outside."""
    met = question.areas.met_by(line)
    if line.length == 0:
        return Halves(line, None) if len(met) else Halves(None, line)
    if len(met) == 0:
        return Halves(None, line)
    within = shapely.intersection(line, question.areas.shapes[met])
    last = max(line.project(shapely.Point(xy)) for xy in shapely.get_coordinates(within))
    for step in _STEPS_DEG:
        if last + step >= line.length:
            break
        outside = rounded(substring(line, last + step, line.length))
        if len(question.areas.met_by(outside)) == 0:
            return Halves(substring(line, 0.0, last + step), outside)
    return Halves(line, None)


def rounded(line: shapely.LineString) -> shapely.LineString:
    """A line as it is written down: what is certified must be what is handed out."""
    return shapely.transform(line, lambda lonlat: lonlat.round(DECIMALS))


def shares(halves: Halves) -> tuple[float, float]:
    """The metres of both parts."""
    return tuple(0.0 if part is None else length_m(part) for part in halves)  # type: ignore[return-value]
