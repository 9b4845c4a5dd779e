"""What a question about roads is answered with: legs with their proof, or what stands in the way."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import shapely

from gis.analysis import Bilingual
from gis.roads.certificate import Certificate
from gis.roads.closures import Closure

LegKind = Literal["way_out", "certified", "way_in"]


class Stretch(NamedTuple):
    """A run along one road: its row in the road layer, metres, seconds."""

    road: int
    length_m: float
    seconds: float


@dataclass(frozen=True)
class Leg:
    """A part of a journey. way_out and way_in lie inside a closed area and carry no proof.

    line : lon/lat. by : who drew it; "graph" is the plain graph, which knows no turn restrictions.
    """

    kind: LegKind
    line: shapely.LineString
    seconds: float
    length_m: float
    stretches: tuple[Stretch, ...]
    by: Literal["valhalla", "graph"]


class Barred(NamedTuple):
    """A row of `roads` or `crossings` the vehicle may not use, and why."""

    layer: str
    row: int
    reason: Bilingual


@dataclass(frozen=True)
class Blocked:
    """Why there is no safe way.

    why : "areas" the closures named, opened together, would give a way, and none of them can be left out; "state" roads or
    bridges closed or too low, narrow or weak are on every way that was found; "network" no road leads there at all.
    """

    why: Literal["areas", "state", "network"]
    closures: tuple[Closure, ...] = ()
    barred: tuple[Barred, ...] = ()
    around: shapely.LineString | None = None


@dataclass(frozen=True)
class Journey:
    """legs in order; empty when blocked. certificate : of the certified leg.

    start_off_m, end_off_m : how far the places lie from the network. turning_s : what Valhalla adds for turns and
    crossings to the driving time of its line; None where the plain graph answered.
    """

    legs: tuple[Leg, ...]
    certificate: Certificate | None
    start_off_m: float
    end_off_m: float
    is_start_inside: bool = False
    is_end_inside: bool = False
    turning_s: float | None = None
    blocked: Blocked | None = None

    @property
    def seconds(self) -> float:
        """Driving time of all legs, infinite when blocked."""
        return sum(leg.seconds for leg in self.legs) if self.legs else float("inf")

    @property
    def length_m(self) -> float:
        return sum(leg.length_m for leg in self.legs)
