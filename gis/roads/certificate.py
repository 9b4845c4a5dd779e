"""The proof that a line keeps clear of closed areas: checked on the very line that is handed out.

A line is clear when it shares no point with the interior of any area; running along a border or touching it is allowed,
since a border is where a closure ends. The check is exact in floating point (DE-9IM, shapely), with no tolerance: a
router's line that cuts a corner by a millimetre is not clear.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from gis.roads.closures import Closure

_INTERIORS_MEET = "T********"


@dataclass(frozen=True)
class Certificate:
    """checked : how many closures the line was compared with. min_distance_m : to the nearest of them, on the ground; 0 at
    a border or inside, None where there is none to be near to."""

    clear: bool
    checked: int
    min_distance_m: float | None

    def as_json(self) -> dict[str, Any]:
        return {"clear": self.clear, "checked": self.checked, "min_distance_m": self.min_distance_m}


class ClosedAreas:
    """The areas of closures behind one spatial index, asked by many lines."""

    def __init__(self, closures: Sequence[Closure]) -> None:
        self.closures = tuple(closures)
        self.shapes = np.array([closure.geometry for closure in closures], dtype=object)
        shapely.prepare(self.shapes)
        self._tree = shapely.STRtree(self.shapes)

    def __len__(self) -> int:
        return len(self.closures)

    def met_by(self, line: BaseGeometry) -> NDArray[np.intp]:
        """Indices, ascending, of the areas whose interior a line or point (lon/lat) meets."""
        near = self._tree.query(line, predicate="intersects")
        meets = shapely.relate_pattern(line, self.shapes[near], _INTERIORS_MEET)
        return np.sort(near[meets])

    def is_inside(self, lon: float, lat: float) -> bool:
        """Whether a place lies in the interior of an area; on a border it does not."""
        return len(self.met_by(shapely.Point(lon, lat))) > 0

    def holding(self, points: NDArray[np.object_]) -> NDArray[np.bool_]:
        """(k,) which of k points (lon/lat) lie in the interior of an area."""
        inside = np.zeros(len(points), dtype=bool)
        if len(self):
            inside[self._tree.query(points, predicate="within")[0]] = True
        return inside

    def certified(self, line: BaseGeometry) -> Certificate:
        """The proof for one line in lon/lat."""
        if line.length == 0 and not line.is_empty:
            line = shapely.Point(shapely.get_coordinates(line)[0])  # GEOS measures nothing from a line without length
        met = self.met_by(line)
        return Certificate(clear=len(met) == 0, checked=len(self), min_distance_m=self._distance_m(line, len(met) > 0))

    def _distance_m(self, line: BaseGeometry, is_inside: bool) -> float | None:
        if len(self) == 0:
            return None
        if is_inside:
            return 0.0
        # Nearest in degrees is not nearest in metres: ask in a local plane, for those that could be it.
        flat = _local_plane(line)
        reach = float(line.distance(self.shapes[self._tree.nearest(line)]))
        stretch = 1.0 / max(np.cos(np.radians(shapely.get_coordinates(line)[:, 1].mean())), 0.01)
        near = self._tree.query(line, predicate="dwithin", distance=reach * stretch * 1.01 + 1e-9)
        return round(float(shapely.distance(flat(line), flat(self.shapes[near])).min()), 2)


def _local_plane(around: BaseGeometry) -> Any:
    """lon/lat → metres in an azimuthal equidistant plane near the middle of a shape; true to 0.1 % within 200 km."""
    west, south, east, north = around.bounds
    turn = _plane_about(round((west + east) / 2, 1), round((south + north) / 2, 1))

    def flat(shape: Any) -> Any:
        return shapely.transform(shape, lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))

    return flat


@lru_cache(64)
def _plane_about(lon: float, lat: float) -> Transformer:
    return Transformer.from_crs("EPSG:4490", f"+proj=aeqd +lon_0={lon} +lat_0={lat} +ellps=GRS80", always_xy=True)
