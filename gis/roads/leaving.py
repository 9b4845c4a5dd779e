"""Out of a closed area: where its roads reach open ones, and which part of the way there lies inside."""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from gis.geometry import length_m
from gis.roads.network import Path, Places, Snapped
from gis.roads.question import Question
from gis.roads.splitting import DECIMALS

_STEPS_DEG = (0.0, 2e-7, 1e-6, 1e-5)
"""How far past the border a way is cut, up to about 1 m: a point computed on the border, and rounded, may fall on either
side of it."""


class Gates(NamedTuple):
    """Where closed roads meet open ones and a place is left (or entered), the quickest first. seconds : from the place to each,
    over roads that areas close but nothing else does; 0 for a place on an open road, which is its own gate."""

    places: Places
    seconds: NDArray[np.float64]


def gates(question: Question, place: Snapped, *, inward: bool = False) -> Gates:
    """inward : the ways into the place are meant, not those out of it."""
    if question.open_[place.edge]:
        one = Places(np.array([place.edge]), np.array([place.fraction]), np.zeros(1))
        return Gates(one, np.zeros(1))
    reach = question.network.seconds_from(place, question.taken, backwards=inward)
    nodes = np.flatnonzero(np.isfinite(reach.seconds) & (question.piece_at_node >= 0))
    nodes = nodes[np.lexsort((nodes, reach.seconds[nodes]))]
    return Gates(question.at_nodes(nodes), reach.seconds[nodes])


def way_between(question: Question, here: Snapped, there: Snapped) -> tuple[tuple[Snapped, Snapped], Path] | None:
    """The gates to use and the way between them over open roads; None where there is none.

    The quickest way out that has a way on, then the quickest way in that it reaches.
    """
    out, into = gates(question, here), gates(question, there, inward=True)
    if not len(out.seconds) or not len(into.seconds):
        return None
    network, first, last = question.network, 0, 0
    if len(out.seconds) > 1 or len(into.seconds) > 1:
        onward, _ = network.seconds_from(into.places, question.open_, backwards=True).at(out.places)
        usable = np.flatnonzero(np.isfinite(onward))  # gates stand in order of their seconds
        if not len(usable):
            return None
        first = int(usable[0])
        reached, _ = network.seconds_from(out.places.one(first), question.open_).at(into.places)
        last = int(np.flatnonzero(np.isfinite(reached))[0])
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
