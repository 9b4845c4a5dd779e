"""Asks Valhalla for a way and traces it back to pieces of the network.

An Actor answers one question at a time, so there are several. While it works it lets other Python threads run (measured:
a counting thread kept 62 % of its pace beside a matrix of 60 × 60 on two busy cores; it would have stood still).
"""

import queue
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
import valhalla
from numpy.typing import NDArray
from valhalla.midgard.utils import decode_polyline

from gis.roads.building import config
from gis.roads.vehicle import VALHALLA_COSTING, Vehicle

LonLat = tuple[float, float]
_POLYLINE_PRECISION = 6
_TRACED = ["shape", "edge.way_id", "edge.begin_shape_index", "edge.end_shape_index"]


class Traced(NamedTuple):
    """A way of Valhalla's. lonlat : (n, 2), rounded to 1e-6 degrees. edges : pieces in order; first, last : the vertices of
    `walked` where each begins and ends (the same way as traced, which may have other vertices). seconds : Valhalla's own
    time, with turns."""

    lonlat: NDArray[np.float64]
    walked: NDArray[np.float64]
    edges: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    seconds: float


class Actors:
    """Valhalla's actors over one folder of tiles."""

    def __init__(self, tiles: Path, count: int) -> None:
        self._free: queue.LifoQueue[Any] = queue.LifoQueue()
        settings = config(tiles)
        for _ in range(count):
            self._free.put(valhalla.Actor(settings))

    @contextmanager
    def _one(self) -> Iterator[Any]:
        actor = self._free.get()
        try:
            yield actor
        finally:
            self._free.put(actor)

    def way(
        self, start: LonLat, end: LonLat, vehicle: Vehicle, areas: Sequence[shapely.Geometry], shut: Sequence[LonLat]
    ) -> Traced | None:
        """The way Valhalla takes round areas and off the pieces of road at `shut`; None where it finds or traces none.

        Nothing is promised of the way: it must be checked. Holes of areas count as closed here, which costs a detour at
        most, since the plain graph knows better.
        """
        costing = {"costing": VALHALLA_COSTING[vehicle.costing], "costing_options": _options(vehicle)}
        asked = costing | {
            "locations": [_location(*start), _location(*end)],
            "exclude_polygons": _rings(areas),
            "exclude_locations": [_location(*place) for place in shut],
            "directions_type": "none",
        }
        with self._one() as actor:
            try:
                trip = actor.route(asked)["trip"]
                shape = trip["legs"][0]["shape"]
                walked = actor.trace_attributes(
                    costing
                    | {
                        "encoded_polyline": shape,
                        "shape_match": "edge_walk",
                        "filters": {"attributes": _TRACED, "action": "include"},
                    }
                )
            except RuntimeError:  # no path, or the shape passes a place twice and cannot be walked
                return None
        edges = walked["edges"]
        return Traced(
            _decoded(shape),
            _decoded(walked["shape"]),
            np.array([edge["way_id"] - 1 for edge in edges]),
            np.array([edge["begin_shape_index"] for edge in edges]),
            np.array([edge["end_shape_index"] for edge in edges]),
            float(trip["summary"]["time"]),
        )


def _decoded(polyline: str) -> NDArray[np.float64]:
    return np.array(decode_polyline(polyline, precision=_POLYLINE_PRECISION, order="lnglat"), dtype=np.float64)


def _location(lon: float, lat: float) -> dict[str, float]:
    return {"lon": lon, "lat": lat}


def _rings(areas: Sequence[shapely.Geometry]) -> list[list[list[float]]]:
    parts = shapely.get_parts(np.array(areas, dtype=object)) if len(areas) else []
    return [shapely.get_coordinates(shapely.get_exterior_ring(part)).tolist() for part in parts]


def _options(vehicle: Vehicle) -> dict[str, dict[str, float]]:
    """What the kind of road is worth avoiding for is no question when lives are: only time counts."""
    costing = VALHALLA_COSTING[vehicle.costing]
    if vehicle.is_on_foot:
        return {costing: {"max_distance": 1000.0, "use_hills": 1.0}}
    options = {"use_tracks": 1.0, "use_living_streets": 1.0, "use_highways": 1.0, "use_tolls": 1.0, "service_penalty": 0.0,
               "private_access_penalty": 0.0, "gate_penalty": 0.0, "height": vehicle.height_m or 0.0,
               "width": vehicle.width_m or 0.0}  # fmt: skip
    if costing == "truck":  # without these Valhalla compares limits with a 21.8 t lorry of its own
        options |= {"weight": vehicle.load_t or 0.0, "axle_load": 0.0, "length": 0.0}
    return {costing: options}
