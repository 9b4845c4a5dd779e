"""One question about the roads: which vehicle, what is closed, when. Worked out once, asked many times."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.analysis import Bilingual
from gis.errors import OffTheNetwork
from gis.roads.certificate import ClosedAreas
from gis.roads.closures import Closure
from gis.roads.network import Places, RoadNetwork, Snapped
from gis.roads.sealing import Sealed
from gis.roads.vehicle import Vehicle

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Question:
    """network : with the seconds of this vehicle. closures : closed areas. at : the moment, None for the states as they are.
    named : roads and crossings that somebody wants closed themselves; its areas are not looked at."""

    network: RoadNetwork
    vehicle: Vehicle
    closures: Sequence[Closure]
    at: datetime | None
    snap_limit_m: float
    named: Sealed = Sealed(())

    @cached_property
    def areas(self) -> ClosedAreas:
        return ClosedAreas(self.closures)

    @cached_property
    def free(self) -> Flags:
        """(m,) pieces that no state, limit or wish closes to the vehicle, closed areas left aside."""
        free = ~(self.barred_by_state | self.network.barred_by_limits(self.vehicle))
        return free & ~self.shut if self.named else free

    @cached_property
    def shut(self) -> Flags:
        """(m,) pieces of the roads and crossings that are named."""
        return Sealed((), self.named.roads, self.named.crossings).pieces(self.network)

    @cached_property
    def barred_by_state(self) -> Flags:
        """(m,) pieces that are closed, or controlled, at the moment asked about."""
        return self.network.barred_by_state(self.vehicle, self.at)

    @cached_property
    def open_(self) -> Flags:
        """(m,) pieces that are free and outside every closed area."""
        return self.free & ~self.inside

    @cached_property
    def inside(self) -> Flags:
        """(m,) pieces that closed areas take."""
        return self.network.inside([closure.geometry for closure in self.closures])

    @cached_property
    def taken(self) -> Flags:
        """(m,) pieces that closed areas take, and nothing else closes."""
        return self.free & self.inside

    def closing(self, closures: Sequence[int], inside: Flags) -> "Question":
        """The same question with some of its closures only, which take the pieces `inside`."""
        other = replace(self, closures=tuple(self.closures[i] for i in closures))
        vars(other).update(inside=inside, free=self.free)  # where cached_property keeps them
        return other

    def driven_by(self, vehicle: Vehicle) -> "Question":
        """The same question for a vehicle of the same kind with other sizes."""
        kind = (self.vehicle.costing, self.vehicle.passes_controls)
        assert kind == (vehicle.costing, vehicle.passes_controls), "seconds belong to a kind of vehicle"
        other = replace(self, vehicle=vehicle)
        vars(other).update(
            areas=self.areas, inside=self.inside, barred_by_state=self.barred_by_state
        )  # where cached_property keeps them
        return other

    @cached_property
    def piece_at_node(self) -> NDArray[np.int64]:
        """(n,) an open piece of road that begins or ends at each node, −1 where there is none."""
        found = np.full(len(self.network.nodes), -1)
        pieces = np.flatnonzero(self.network.usable(self.open_))
        found[self.network.end[pieces]] = pieces
        found[self.network.start[pieces]] = pieces
        return found

    def at_nodes(self, nodes: NDArray[np.int64]) -> Places:
        """Nodes that have an open piece, as places on it."""
        edge = self.piece_at_node[nodes]
        return Places(edge, np.where(self.network.start[edge] == nodes, 0.0, 1.0), np.zeros(len(nodes)))

    def snapped(self, lon: float, lat: float, name: Bilingual) -> Snapped:
        """The place on the nearest road the vehicle may use, whether or not an area closes it.

        Raises OffTheNetwork when that is farther than the limit. edge −1 where only barred roads are near enough.
        """
        near = self.network.snap_all(np.array([[lon, lat]])).one(0)
        if near.edge < 0 or near.distance_m > self.snap_limit_m:
            raise OffTheNetwork(
                f"{name.zh}离最近的道路 {near.distance_m:.0f} 米,超过上限 {self.snap_limit_m:.0f} 米。请选靠近道路的点。",
                f"{name.en} is {near.distance_m:.0f} m from the nearest road, {self.snap_limit_m:.0f} m are allowed. "
                "Choose a point near a road.",
                distance_m=round(float(near.distance_m), 1) if np.isfinite(near.distance_m) else None,
                limit_m=self.snap_limit_m,
            )
        if self.free[near.edge]:
            return near
        free = self.network.snap_all(np.array([[lon, lat]]), self.free).one(0)
        return free if free.edge >= 0 and free.distance_m <= self.snap_limit_m else Snapped(-1, 0.0, near.distance_m)

    def snapped_all(self, lonlat: NDArray[np.float64], near: Places | None = None) -> Places:
        """The same for (k, 2) lon, lat at once. edge −1 where the nearest road is too far or none near may be used.

        near : the nearest pieces of all, where they are known.
        """
        near = self.network.snap_all(lonlat) if near is None else near
        edge, fraction, distance = near.edge.copy(), near.fraction.copy(), near.distance_m.copy()
        there = np.flatnonzero((edge >= 0) & (distance <= self.snap_limit_m))
        barred = there[~self.free[edge[there]]]
        if len(barred):
            other = self.network.snap_all(lonlat[barred], self.free)
            edge[barred], fraction[barred], distance[barred] = other.edge, other.fraction, other.distance_m
        edge[~(distance <= self.snap_limit_m)] = -1
        return Places(edge, fraction, distance)

    def lonlat(self, place: Snapped) -> tuple[float, float]:
        """Where a place on the network lies."""
        point = shapely.line_interpolate_point(self.network.lines[place.edge], place.fraction, normalized=True)
        return float(point.x), float(point.y)
