"""How long it takes from place to place: over the open roads, or by air where a county has none (domain §8.3).

    travel = travel_of(given, sealed_of(given, "avoid", params.avoid), at)
    villages, teams = travel.stops(lonlat), travel.stops(lonlat)
    travel.minutes(teams, villages)

A place stands on the nearest piece of road. Where that piece is closed, an open one about as near will do; else the place
is sealed in, and no way leads to it: a road beyond the closed area must not make it look reachable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike

from gis.analysis import Bilingual, Given, Limit
from gis.asked import in_force
from gis.geometry import CGCS2000_ELLIPSOID
from gis.roads.certificate import ClosedAreas
from gis.roads.closures import Closure
from gis.roads.limits import AIR_FACTOR, AIR_KPH, TOP_KPH
from gis.roads.network import PIECE_M, Flags, Places, RoadNetwork
from gis.roads.sealing import Sealed
from gis.roads.splitting import Floats, Ints
from gis.roads.vehicle import Vehicle

REACH_M: Final = Limit(
    "travel.reach_m", 2000.0, "m", "地点到道路最远距离", "Farthest a place may lie from a road",
    "[D] 25 minutes on foot; farther off, the road layer lacks the way to the place",
)  # fmt: skip
LIMITS: Final = (AIR_FACTOR, AIR_KPH, REACH_M)

if TYPE_CHECKING:
    from gis.roads.engine import Roads

S_PER_MIN = 60.0
M_PER_KM = 1000.0
BOTH: Final = 3  # of two flags: a node where open and closed pieces meet
NOTHING: Final = Sealed(())
RESCUE: Final = Vehicle(passes_controls=True)
"""A car with a pass: who decides over lives must not call a village cut off where rescuers may drive."""


@dataclass(frozen=True)
class Stops:
    """k places. lonlat : (k, 2). off_m : (k,) to the nearest road, 0 by air. far : (k,) too far from any road.

    sealed : (k,) inside a closed area, or their piece of road is closed. on : where they stand on open road, edge −1
    where they do not. out : of sealed ones the first open road on the quickest way out of the closed area, out_min how long
    that takes. start_min : minutes before they are on open road.
    """

    lonlat: Floats
    off_m: Floats
    far: Flags
    sealed: Flags
    on: Places
    out: Places
    out_min: Floats
    start_min: Floats

    def __len__(self) -> int:
        return len(self.lonlat)

    def taken(self, which: ArrayLike) -> "Stops":
        """Those of these positions, or where the flag is true."""
        at = np.asarray(which)
        return Stops(self.lonlat[at], self.off_m[at], self.far[at], self.sealed[at], self.on.taken(at),
                     self.out.taken(at), self.out_min[at], self.start_min[at])  # fmt: skip

    def led_out(self) -> "Stops":
        """Sealed ones leave by the quickest way out, over roads of the closed area."""
        on = Places(*(np.where(self.sealed, mine, theirs) for mine, theirs in zip(self.out, self.on, strict=True)))
        return replace(self, on=on, start_min=np.where(self.sealed & (self.out.edge >= 0), self.out_min, 0.0))


@dataclass(frozen=True)
class Travel:
    """roads : None where the county has none, and then times are estimates. network : with the seconds of this vehicle.
    inside : (m,) pieces that closures take. said : notes about what is closed."""

    roads: "Roads | None"
    network: RoadNetwork | None
    closures: Sequence[Closure]
    inside: Flags
    vehicle: Vehicle
    at: datetime | None
    air_factor: float
    air_kph: float
    reach_m: float
    said: Sequence[Bilingual] = ()

    @property
    def is_by_road(self) -> bool:
        return self.network is not None

    @cached_property
    def free(self) -> Flags:
        """(m,) pieces that neither state nor limits bar to the vehicle."""
        return np.zeros(0, dtype=bool) if self.network is None else ~self.network.barred(self.vehicle, self.at)

    @cached_property
    def open_(self) -> Flags:
        """(m,) pieces that are free and that no closure takes."""
        return self.free & ~self.inside

    @cached_property
    def areas(self) -> ClosedAreas:
        return ClosedAreas(self.closures)

    def driving(self, vehicle: Vehicle) -> "Travel":
        """The same roads and closures for another vehicle."""
        air_kph = _air_kph(self.air_kph, vehicle)
        return replace(self, vehicle=vehicle, network=_timed(self.roads, vehicle), air_kph=air_kph)

    def stops(self, lonlat: Floats) -> Stops:
        """lonlat : (k, 2)."""
        count = len(lonlat)
        inside = np.array([self.areas.is_inside(lon, lat) for lon, lat in lonlat], dtype=bool).reshape(count)
        nowhere = Places(np.full(count, -1), np.zeros(count), np.full(count, np.inf))
        if self.network is None:
            zero = np.zeros(count)
            return Stops(lonlat, zero, np.zeros(count, dtype=bool), inside, nowhere, nowhere, zero, zero)
        near = self.network.snap_all(lonlat)
        far = ~(near.distance_m <= self.reach_m)
        closed = far.copy()
        closed[~far] = ~self.open_[near.edge[~far]]
        other = self.network.snap_all(lonlat, self.open_)
        beside = closed & ~inside & ~far & (other.distance_m <= near.distance_m + PIECE_M)
        on = Places(*(np.where(beside, theirs, mine) for mine, theirs in zip(near, other, strict=True)))
        sealed = ~far & (inside | (closed & ~beside))
        on = Places(np.where(sealed | far, -1, on.edge), on.fraction, on.distance_m)
        out, out_min = self._ways_out(near, sealed)
        return Stops(lonlat, near.distance_m, far, sealed, on, out, out_min, np.zeros(count))

    def _ways_out(self, near: Places, sealed: Flags) -> tuple[Places, Floats]:
        """Of each sealed place the quickest way to an open road over what is only closed by areas, and its minutes."""
        assert self.network is not None
        network, count = self.network, len(near)
        out = Places(np.full(count, -1), np.zeros(count), near.distance_m)
        minutes = np.full(count, np.inf)
        shut, open_ = network.usable(self.free & self.inside), network.usable(self.open_)
        touched = np.zeros(len(network.nodes), dtype=np.int64)
        for kind, pieces in ((1, shut), (2, open_)):
            touched[network.start[pieces]] |= kind
            touched[network.end[pieces]] |= kind
        at_gate = np.flatnonzero(open_ & ((touched[network.start] == BOTH) | (touched[network.end] == BOTH)))
        if not sealed.any() or not len(at_gate):
            return out, minutes
        by_start = touched[network.start[at_gate]] == BOTH
        gates = Places(at_gate, np.where(by_start, 0.0, 1.0), np.zeros(len(at_gate)))
        reach = network.seconds_from(gates, self.free, backwards=True)
        seconds, which = reach.at(near.taken(sealed))
        found = np.flatnonzero(sealed)[which >= 0]
        gate = which[which >= 0]
        out.edge[found], out.fraction[found] = gates.edge[gate], gates.fraction[gate]
        minutes[found] = seconds[which >= 0] / S_PER_MIN
        return out, minutes

    def minutes(self, origins: Stops, destinations: Stops) -> Floats:
        """(k, l) minutes from each origin to each destination, infinite where there is no way."""
        if self.network is not None:
            seconds = self.network.seconds_between(origins.on, destinations.on, self.open_)
            return seconds / S_PER_MIN + origins.start_min[:, None]
        a, b = origins.lonlat, destinations.lonlat
        k, count = len(a), len(b)
        if not k or not count:
            return np.zeros((k, count))
        _, _, metres = CGCS2000_ELLIPSOID.inv(
            np.repeat(a[:, 0], count), np.repeat(a[:, 1], count), np.tile(b[:, 0], k), np.tile(b[:, 1], k)
        )
        minutes = (
            np.asarray(metres, dtype=np.float64).reshape(k, count) * self.air_factor / M_PER_KM / self.air_kph * 60
        )
        return np.asarray(minutes, dtype=np.float64)

    def nearest(self, sources: Stops, places: Stops, starts_min: ArrayLike = 0.0) -> tuple[Floats, Ints]:
        """(l,) minutes from the source that is there first, what it needs before it moves included, and which that is
        (−1 where none gets there)."""
        starts = np.broadcast_to(np.asarray(starts_min, dtype=np.float64), (len(sources),))
        if self.network is not None:
            reach = self.network.seconds_from(sources.on, self.open_, starts_s=starts * S_PER_MIN)
            seconds, which = reach.at(places.on)
            return seconds / S_PER_MIN, which
        if not len(sources):
            return np.full(len(places), np.inf), np.full(len(places), -1)
        all_minutes = self.minutes(sources, places) + starts[:, None]
        best = all_minutes.argmin(axis=0)
        minutes = all_minutes[best, np.arange(len(places))]
        return minutes, np.where(np.isfinite(minutes), best, -1)

    def note(self) -> list[Bilingual]:
        """What must be said of what is closed, and when there are no roads."""
        if self.is_by_road:
            return list(self.said)
        return [
            *self.said,
            Bilingual(
                f"本县没有道路数据:时间按直线距离×{self.air_factor:g}、{self.air_kph:g} km/h 估算,未考虑封闭路段。仅供参考。",
                f"This county has no roads: times are estimates, straight-line distance × {self.air_factor:g} at "
                f"{self.air_kph:g} km/h, and closed roads are not taken into account.",
            )
        ]


def travel_of(given: Given, sealed: Sealed = NOTHING, at: datetime | None = None,
              vehicle: Vehicle | None = None) -> Travel:  # fmt: skip
    """Travel over the county's roads, outside closed areas, with the limits in force."""
    roads = given.roads if given.roads is not None and len(given.roads.network) else None
    driven = vehicle or Vehicle()
    network = _timed(roads, driven)
    inside = sealed.pieces(network) if network is not None else np.zeros(0, dtype=bool)
    return Travel(
        roads=roads, network=network, closures=sealed.closures, inside=inside, vehicle=driven, at=at,
        air_factor=in_force(given, AIR_FACTOR), air_kph=_air_kph(in_force(given, AIR_KPH), driven), reach_m=in_force(given, REACH_M),
        said=sealed.notes,
    )  # fmt: skip


def _air_kph(air_kph: float, vehicle: Vehicle) -> float:
    """Nobody walks at the speed of a car."""
    return float(min(air_kph, TOP_KPH.value["foot"]) if vehicle.is_on_foot else air_kph)


def _timed(roads: "Roads | None", vehicle: Vehicle) -> RoadNetwork | None:
    """The network with the seconds of a kind of vehicle."""
    return None if roads is None else roads.timed(vehicle.costing)


def vehicle_of(row: Mapping[str, Any]) -> Vehicle:
    """The vehicle of a rescue team: its tallest, widest and heaviest (columns of layers/definitions/rescue_teams.py), with
    a pass for controlled roads."""

    def size(name: str) -> float | None:
        value = row.get(name)
        return None if value is None or not np.isfinite(value) else float(value)

    return Vehicle("truck", size("vehicle_height_m"), size("vehicle_width_m"), size("vehicle_load_t"), True)
