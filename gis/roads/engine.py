"""The road engine: certified routes, times between many places, and how far one gets.

Times are the driving times of the plain graph for every answer, so that a route, a matrix, the nearest team and coverage never
contradict each other. Valhalla draws the lines of routes, because it knows turn restrictions; its line is used only when
every piece of it is open and the line itself is proved clear, else the plain graph's line is. See network.py for why
matrices are not Valhalla's: a piece of road is closed exactly there, and a county takes milliseconds.

A `Roads` never changes: when roads change, a new one is built beside it and whoever holds the old one may finish.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path as FilePath
from threading import Lock
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.analysis import Bilingual
from gis.errors import NoAnswer
from gis.geometry import CGCS2000_ELLIPSOID, length_m
from gis.roads.actors import Actors, Traced
from gis.roads.blocking import barred_on, blocked
from gis.roads.building import TILES, fingerprint, read_report
from gis.roads.closures import Closure
from gis.roads.journeys import Blocked, Journey, Leg, LegKind, Stretch
from gis.roads.leaving import LATER_S, clear_ends, gates, halves, rounded, shares, way_between
from gis.roads.limits import TOP_KPH
from gis.roads.network import Path, Places, RoadNetwork, Snapped
from gis.roads.question import Question
from gis.roads.sealing import Sealed
from gis.roads.vehicle import Kind, Vehicle

START = Bilingual("起点", "The start")
END = Bilingual("终点", "The end")
MPS_PER_KPH = 1 / 3.6


class Times(NamedTuple):
    """Seconds from each of k places to one destination, infinite without a way. inside_s : the part of them that runs
    through the closed area the destination lies in."""

    seconds: NDArray[np.float64]
    inside_s: NDArray[np.float64]


class Roads:
    """A county's roads, ready to be asked. Threads may share it."""

    def __init__(
        self, folder: FilePath | None, network: RoadNetwork, *,
        top_kph: Mapping[str, float] = TOP_KPH.value, actors: int = 2,
    ) -> None:  # fmt: skip
        """folder : of `building.build`; without it the plain graph answers alone. top_kph : fastest by kind of vehicle, "foot"
        included. Raises ValueError when the folder was built from other roads."""
        if folder is not None and read_report(folder).fingerprint != fingerprint(network):
            raise ValueError(f"{folder.name} holds tiles of other roads than these: build them again")
        self.network = network
        self._top_kph = dict(top_kph)
        self._actors = Actors(folder / TILES, actors) if folder is not None else None
        self._timed: dict[Kind, RoadNetwork] = {}
        self._lock = Lock()

    def question(
        self, vehicle: Vehicle, closures: Sequence[Closure], at: datetime | None, snap_limit_m: float,
        named: Sealed = Sealed(()),
    ) -> Question:  # fmt: skip
        """named : roads and crossings that are closed themselves. Raises NoAnswer where there is no road at all."""
        if len(self.network) == 0:
            raise NoAnswer("没有道路数据。请先导入道路图层。", "There are no roads. Import the road layer first.")
        return Question(self.timed(vehicle.costing), vehicle, tuple(closures), at, snap_limit_m, named)

    def timed(self, kind: Kind) -> RoadNetwork:
        """The network with the seconds of a kind of vehicle. Who walks may go against a one-way street."""
        top = self._top_kph.get(kind)
        if top is None:
            return self.network
        with self._lock:
            if kind not in self._timed:
                slowest = self.network.length_m / (top * MPS_PER_KPH)
                ways = (self.network.forward_s, self.network.backward_s)
                forward, backward = (slowest, slowest) if kind == "foot" else (np.maximum(w, slowest) for w in ways)
                self._timed[kind] = self.network.with_seconds(forward, backward)
            return self._timed[kind]

    # -- one way ------------------------------------------------------------------------------------------------------

    def route(
        self, question: Question, start: tuple[float, float], end: tuple[float, float], *, with_turns: bool = True
    ) -> Journey:
        """The quickest safe way from one lon, lat to another.

        with_turns : ask Valhalla for the line. A start or end on a road inside a closed area is led out of it, or into it,
        by the shortest way, as a leg of its own. Raises OffTheNetwork.
        """
        inside = (question.areas.is_inside(*start), question.areas.is_inside(*end))
        here, there = question.snapped(*start, START), question.snapped(*end, END)
        if here.edge < 0 or there.edge < 0:
            shut = self._only_barred(question, start, end)
            return Journey((), None, here.distance_m, there.distance_m, *inside, blocked=shut)
        return self.between(question, here, there, inside, with_turns=with_turns)

    def between(
        self, question: Question, here: Snapped, there: Snapped, inside: tuple[bool, bool] = (False, False), *,
        with_turns: bool = True,
    ) -> Journey:  # fmt: skip
        """The same between places on the network. inside : whether the places they stand for lie in closed areas."""
        bare = Journey((), None, here.distance_m, there.distance_m, *inside)
        found = way_between(question, here, there)
        if found is None:
            return replace(bare, blocked=blocked(question, here, there))
        return self._joined(question, bare, (here, there), *found, with_turns=with_turns)

    def _only_barred(self, question: Question, start: tuple[float, float], end: tuple[float, float]) -> Blocked:
        """Near the start or the end there are only roads the vehicle may not use."""
        near = question.network.snap_all(np.array([start, end]))
        shut = [int(edge) for edge in near.edge if not question.free[edge]]
        return Blocked("state", (), barred_on(question, shut))

    def journeys_to(self, question: Question, places: Places, there: Snapped, *, is_inside: bool) -> list[Journey]:
        """The same without turns from each of k places to one, in one search where all lie on open roads. is_inside : whether
        what the destination stands for lies in a closed area."""
        if not question.open_[there.edge] or not question.open_[places.edge].all():
            each = (places.one(number) for number in range(len(places)))
            return [self.between(question, here, there, (False, is_inside), with_turns=False) for here in each]
        found = []
        for number, path in enumerate(question.network.paths_to(there, places, question.open_)):
            bare = Journey((), None, places.one(number).distance_m, there.distance_m, False, is_inside)
            if path is None:
                found.append(replace(bare, blocked=blocked(question, places.one(number), there)))
                continue
            leg = _glued(None, _leg_of(question, path), None)
            found.append(replace(bare, legs=(leg,), certificate=question.areas.certified(leg.line)))
        return found

    def _joined(
        self, question: Question, bare: Journey, places: tuple[Snapped, Snapped], ends: tuple[Snapped, Snapped],
        straight: Path, *, with_turns: bool,
    ) -> Journey:  # fmt: skip
        """Way out, certified way, way in. `ends` : the gates; each the place itself where that is on an open road. straight :
        the plain graph's way between them."""
        (here, there), (first, last) = places, ends
        out = _through(question, here, first) if first[:2] != here[:2] else None
        into = _through(question, last, there, inward=True) if last[:2] != there[:2] else None
        straight_leg = _leg_of(question, straight)
        main: Leg = straight_leg
        turning_s: float | None = None
        if with_turns and self._actors is not None and straight.length_m > 0:
            drawn = self._drawn(question, first, last)
            if drawn is not None:
                main, turning_s = drawn
        around = (out[1] if out else None, into[1] if into else None)
        certified = _glued(around[0], main, around[1])
        if main is not straight_leg and len(question.areas.met_by(certified.line)):
            certified, turning_s = _glued(around[0], straight_leg, around[1]), None
        legs = (out[0] if out else None, certified, into[0] if into else None)
        return replace(
            bare,
            legs=tuple(leg for leg in legs if leg is not None),
            certificate=question.areas.certified(certified.line),
            turning_s=turning_s,
            is_start_inside=bare.is_start_inside or legs[0] is not None,
            is_end_inside=bare.is_end_inside or legs[2] is not None,
        )

    def _drawn(self, question: Question, first: Snapped, last: Snapped) -> tuple[Leg, float] | None:
        """Valhalla's line with the seconds it adds for turns; None when it is not clear, or uses a closed piece."""
        assert self._actors is not None
        shut = np.flatnonzero(~question.free & self.network.usable(None))
        middles = shapely.get_coordinates(
            shapely.line_interpolate_point(self.network.lines[shut], 0.5, normalized=True)
        )
        way = self._actors.way(
            question.lonlat(first), question.lonlat(last), question.vehicle,
            [closure.geometry for closure in question.closures], [(x, y) for x, y in middles.tolist()],
        )  # fmt: skip
        if way is None or len(way.edges) == 0 or not question.open_[way.edges].all():
            return None
        line = rounded(shapely.LineString(way.lonlat))
        if len(question.areas.met_by(line)):
            return None
        leg = _leg_of_traced(question, way, line)
        return leg, max(way.seconds - leg.seconds, 0.0)

    # -- many places --------------------------------------------------------------------------------------------------

    def seconds_to(self, question: Question, destination: Snapped, candidates: Places) -> Times:
        """From each candidate outside the closed areas to a destination that may lie on a road inside one.

        The same rule as `route`: into a closed area leads the gate with the shortest way inside that can be reached.
        """
        into = gates(question, destination, inward=True)
        reach = question.network.seconds_from(into.places, question.open_, starts_s=into.starts_s, backwards=True)
        seconds, gate = reach.at(candidates)
        if not len(into.seconds):
            return Times(seconds, np.zeros(len(candidates)))
        which, ends, to_end_s = clear_ends(question, candidates)
        onward, its_gate = reach.at(ends)
        for number, total, through in zip(which.tolist(), (onward + to_end_s).tolist(), its_gate.tolist(), strict=True):
            if total < seconds[number]:
                seconds[number], gate[number] = total, through
        inside = np.where(gate >= 0, into.seconds[gate], 0.0)
        return Times(np.where(gate >= 0, seconds - into.rank[gate] * LATER_S, np.inf), inside)


def _through(
    question: Question, start: Snapped, end: Snapped, *, inward: bool = False
) -> tuple[Leg | None, Leg | None]:
    """The way between a place and its gate: the leg inside closed areas, and the part beyond them."""
    allowed = question.taken.copy()
    allowed[(start if inward else end).edge] = True  # the gate stands at an end of an open piece
    path = question.network.path(start, end, allowed)
    assert path is not None, "a gate is a place that is reached"
    whole = _leg_of(question, path)
    parts = halves(question, path.line.reverse() if inward else path.line)
    metres = shares(parts)
    kinds: tuple[LegKind, LegKind] = ("way_in" if inward else "way_out", "certified")
    legs = [
        None if line is None else _scaled(whole, line.reverse() if inward else line, kind, own, sum(metres))
        for line, kind, own in zip(parts, kinds, metres, strict=True)
    ]
    return legs[0], legs[1]


def _scaled(whole: Leg, line: shapely.LineString, kind: LegKind, own_m: float, all_m: float) -> Leg:
    """A part of a leg, its seconds in proportion to its metres."""
    share = own_m / all_m if all_m > 0 else 0.0
    stretches = tuple(Stretch(s.road, s.length_m * share, s.seconds * share) for s in whole.stretches)
    return Leg(kind, line, whole.seconds * share, whole.length_m * share, stretches, "graph")


def _leg_of(question: Question, path: Path) -> Leg:
    """A path of the plain graph as a leg. Its first and last piece may be used in part."""
    network = question.network
    edges = np.array(path.edges, dtype=np.int64)
    metres = network.length_m[edges].copy()
    excess = metres.sum() - path.length_m
    if len(edges) > 0 and excess > 0:
        metres *= path.length_m / max(metres.sum(), 1e-9)
    seconds = metres / np.maximum(network.length_m[edges], 1e-9) * _quickest_s(network, edges)
    seconds *= path.seconds / seconds.sum() if seconds.sum() > 0 else 0.0
    return Leg("certified", path.line, path.seconds, path.length_m, _runs(network, edges, metres, seconds), "graph")


def _leg_of_traced(question: Question, way: Traced, line: shapely.LineString) -> Leg:
    network = question.network
    ahead = CGCS2000_ELLIPSOID.line_lengths(way.walked[:, 0], way.walked[:, 1])
    along = np.concatenate([[0.0], np.cumsum(ahead)])
    metres = np.asarray(along[way.last] - along[way.first])
    seconds = metres / np.maximum(network.length_m[way.edges], 1e-9) * _quickest_s(network, way.edges)
    stretches = _runs(network, way.edges, metres, seconds)
    return Leg("certified", line, float(seconds.sum()), length_m(line), stretches, "valhalla")


def _quickest_s(network: RoadNetwork, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Seconds of whole pieces; both directions take the same where both are allowed."""
    return np.minimum(network.forward_s[edges], network.backward_s[edges])


def _runs(
    network: RoadNetwork, edges: NDArray[np.int64], metres: NDArray[np.float64], seconds: NDArray[np.float64]
) -> tuple[Stretch, ...]:
    """Pieces of the same road in a row, as one stretch."""
    rows = network.road[edges]
    first = (
        np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]])) if len(rows) else np.zeros(0, dtype=np.int64)
    )
    if not len(first):
        return ()
    sums = zip(rows[first].tolist(), np.add.reduceat(metres, first).tolist(), np.add.reduceat(seconds, first).tolist(),
               strict=True)  # fmt: skip
    return tuple(Stretch(*one) for one in sums)


def _glued(before: Leg | None, main: Leg, after: Leg | None) -> Leg:
    """Parts that are outside closed areas, as one leg."""
    there = [leg for leg in (before, main, after) if leg is not None]
    lonlat = np.concatenate([shapely.get_coordinates(rounded(leg.line)) for leg in there])
    keep = np.concatenate([[True], (np.diff(lonlat, axis=0) != 0).any(axis=1)])
    lonlat = lonlat[keep] if keep.sum() > 1 else np.repeat(lonlat[:1], 2, axis=0)
    return Leg(
        "certified",
        shapely.LineString(lonlat),
        sum(leg.seconds for leg in there),
        sum(leg.length_m for leg in there),
        tuple(stretch for leg in there for stretch in leg.stretches),
        main.by,
    )
