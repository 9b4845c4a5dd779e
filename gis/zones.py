"""The zone geometry codes of the 关停撤避封 rules (domain §1.1), each as an area in lon/lat.

    BUF(r)        everything within r m of the object
    DOWN(L,w)     the valley below it for L m of way, w m each side (the real valley, from the elevation model)
    SLOPE(k)      the sector below it, k times its height H long, 30° to either side of the fall line; SLOPE(k,min,max) in m
    WIND(L,a)     the sector downwind, L m long, a° to either side

POLY (a mapped danger area) and ADMIN (divisions) need no computing; SEG, a piece of road, stands in `gis/turning.py`.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from gis.cells import cell_at, cell_sizes, grid_north_deg
from gis.errors import NoAnswer, ValueOutOfRange
from gis.geometry import CGCS2000_ELLIPSOID
from gis.grid import Grid
from gis.spread import Shapes, buffered
from gis.terrain import aspect_deg, gradient, slope_deg
from gis.terrain_flow import Flow
from gis.valley import Ending, valley_below

SIDE_M: Final = 2_000.0  # between two vertices of a sector's side
ARC_DEG: Final = 3.0  # chords of an arc: its sector is 0.05 % smaller than the round one
WIDEST_SWEEP_DEG: Final = 90.0  # a wider sector is not convex, and no wind or slope is that undecided
FALL_LINE_HALF_ANGLE_DEG: Final = 30.0  # part of the meaning of SLOPE

_NUMBERS = {"POLY": (0, 0), "BUF": (1, 1), "DOWN": (2, 2), "SLOPE": (1, 3), "SEG": (0, 0), "WIND": (2, 2), "ADMIN": (0, 0)}
_SPELT = re.compile(r"^([A-Z]+)(?:\(([-0-9.,°\s]*)\))?$")


@dataclass(frozen=True)
class ZoneCode:
    """A code with its numbers, as the rule table spells it: DOWN(1000,50)."""

    kind: str
    numbers: tuple[float, ...] = ()

    def __str__(self) -> str:
        return self.kind + (f"({','.join(f'{number:g}' for number in self.numbers)})" if self.numbers else "")

    @classmethod
    def read(cls, text: str) -> "ZoneCode":
        """Raises ValueOutOfRange for a code that is none, or has too few, too many or negative numbers."""
        match = _SPELT.match(text.strip())
        kind, inner = (match[1], match[2] or "") if match else ("", "")
        try:
            numbers = tuple(float(part.replace("°", "")) for part in inner.split(",") if part.strip())
        except ValueError:
            numbers = (-1.0,)
        least, most = _NUMBERS.get(kind, (1, 0))
        if not least <= len(numbers) <= most or any(number <= 0 for number in numbers):
            raise ValueOutOfRange(
                f"看不懂区域代码“{text[:40]}”。写法如 POLY、BUF(200)、DOWN(1000,50)、SLOPE(1.5)、WIND(3000,30)。",
                f"{text[:40]!r} is no zone code. Write POLY, BUF(200), DOWN(1000,50), SLOPE(1.5), WIND(3000,30).",
            )
        return cls(kind, numbers)


# -- sectors ----------------------------------------------------------------------------------------------------------


def sectors(lon: ArrayLike, lat: ArrayLike, bearing_deg: float, length_m: float, half_angle_deg: float) -> Shapes:
    """A sector at each place (n,): `length_m` long, `half_angle_deg` (under 180) to either side of a bearing, on the ellipsoid."""
    x, y = np.atleast_1d(np.asarray(lon, dtype=np.float64)), np.atleast_1d(np.asarray(lat, dtype=np.float64))
    arc = bearing_deg + np.linspace(-half_angle_deg, half_angle_deg, max(2, int(np.ceil(2 * half_angle_deg / ARC_DEG)) + 1))
    # The two sides are geodesics; drawn straight in lon/lat they would leave them by 9 m on 25 km.
    side = np.linspace(0, length_m, int(np.ceil(length_m / SIDE_M)) + 1)
    out, back = side[:-1], side[-2:0:-1]
    turn = np.concatenate([np.full(len(out), arc[0]), arc, np.full(len(back), arc[-1])])
    reach = np.concatenate([out, np.full(len(arc), length_m), back])
    shape = (len(x), len(turn))
    ends = CGCS2000_ELLIPSOID.fwd(np.broadcast_to(x[:, None], shape), np.broadcast_to(y[:, None], shape),
                                  np.broadcast_to(turn, shape), np.broadcast_to(reach, shape))  # fmt: skip
    return np.asarray(shapely.polygons(np.stack([ends[0], ends[1]], axis=2)), dtype=object)


def swept(shape: BaseGeometry, bearing_deg: float, length_m: float, half_angle_deg: float) -> BaseGeometry:
    """Everything in the sector of any place of a shape: of a point its sector, of an area the area and what is ahead of it.

    From inside an area every way out crosses the border, so the border's sectors and the area itself are all there is;
    along an edge the sectors' hull is exact, since a sector of at most 90° to a side is convex.
    Raises ValueOutOfRange for a length or an angle that is none.
    """
    if not (0 < half_angle_deg <= WIDEST_SWEEP_DEG and length_m > 0 and np.isfinite(bearing_deg)):
        raise ValueOutOfRange(
            f"扇形半角 {half_angle_deg:g}°、长度 {length_m:g} m、方位 {bearing_deg:g}° 不合理:半角须在 0–90°,长度须大于 0。",
            f"A sector of {half_angle_deg:g}° to a side, {length_m:g} m long toward {bearing_deg:g}° makes no sense: "
            "give an angle up to 90° and a length above 0.",
        )
    pieces: list[BaseGeometry] = []
    for part in shapely.get_parts(shape):
        lines = shapely.get_rings(part) if shapely.get_dimensions(part) == 2 else [part]
        pieces += [part] if shapely.get_dimensions(part) == 2 else []
        for line in lines:
            lon, lat = shapely.get_coordinates(line).T
            here = sectors(lon, lat, bearing_deg, length_m, half_angle_deg)
            corners = np.stack([shapely.get_coordinates(sector) for sector in here])
            if len(here) == 1:
                pieces.append(here[0])
                continue
            both = np.concatenate([corners[:-1], corners[1:]], axis=1)
            pieces += list(shapely.convex_hull(shapely.multipoints(both)))
    return shapely.union_all(pieces)


def downwind(shape: BaseGeometry, wind_from_deg: float, length_m: float, half_angle_deg: float) -> BaseGeometry:
    """WIND: wind is named for where it comes from."""
    return swept(shape, wind_from_deg + 180.0, length_m, half_angle_deg)


# -- slopes and valleys -----------------------------------------------------------------------------------------------


def slope_length_m(times: float, height_m: float, least_m: float = 0.0, most_m: float = np.inf) -> float:
    """SLOPE(k): k times the height, kept between two bounds."""
    return float(np.clip(times * height_m, least_m, most_m))


def fall_line_deg(ground: Grid, lon: float, lat: float, flat_below_deg: float) -> float:
    """The way the ground falls at a place, clockwise from true north, from its cell and the eight about it (Horn 1981).

    Raises NoAnswer outside the model, beside a hole or the rim, and on ground flatter than `flat_below_deg`.
    """
    row, column = cell_at(ground, lon, lat)
    around = ground.values[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    sizes = cell_sizes(ground)
    unknown = around.shape != (3, 3) or bool(np.isnan(around).any())
    rise = None if unknown else gradient(around, float(sizes.width_m[row]), float(sizes.height_m[row]))
    if rise is None or float(slope_deg(rise)[0, 0]) < flat_below_deg:
        raise NoAnswer(
            f"点 ({lon:.5f}, {lat:.5f}) 处" + ("高程不全" if unknown else f"坡度小于 {flat_below_deg:g}°") + ",定不出坡向。请填写坡向。",
            f"At ({lon:.5f}, {lat:.5f}) " + ("heights are missing" if unknown else f"the slope is under {flat_below_deg:g}°")
            + ": there is no fall line. Enter the bearing.",
        )  # fmt: skip
    return float(aspect_deg(rise, grid_north_deg(ground, lon, lat))[0, 0])


@dataclass(frozen=True)
class Strip:
    """An area along a valley, the way travelled in it and why it ends there."""

    area: BaseGeometry
    travelled_m: float
    ended: Ending


def below(flow: Flow, lon: float, lat: float, length_m: float, half_width_m: float) -> Strip:
    """DOWN(L,w). Raises NoAnswer where the place has no elevation or water leaves the model at once."""
    valley = valley_below(flow, lon, lat, length_m)
    if len(valley.lon) < 2:
        raise NoAnswer(f"点 ({lon:.5f}, {lat:.5f}) 处的水流一步即离开高程数据,推不出沟谷。",
                       f"From ({lon:.5f}, {lat:.5f}) water leaves the elevation model at once: no valley.")  # fmt: skip
    line = shapely.LineString(np.column_stack([valley.lon, valley.lat]))
    return Strip(buffered([line], half_width_m)[0], float(valley.distance_m[-1]), valley.ended)


def middle_of(shape: BaseGeometry) -> tuple[float, float]:
    """A place that stands for a shape: the point itself, or one on the line or in the area."""
    point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    return float(point.x), float(point.y)
