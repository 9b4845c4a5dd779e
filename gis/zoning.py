"""Which zone an object gets: its mapped danger area where there is one, else what the domain says, and why (domain §1.1).

A zone says how it was made: `mapped` (图定范围) from a stored area, `estimated` (估算范围) by a code. What is missing for a
better estimate (height, fall line, elevation) is said in `why`, and never guessed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.analysis import Bilingual, Limit, Wording
from gis.divisions import as_shape
from gis.errors import NoAnswer, Refusal
from gis.grid import Grid
from gis.spread import buffered
from gis.terrain_flow import Flow
from gis.turning import TurningPlaces
from gis.zones import (
    FALL_LINE_HALF_ANGLE_DEG,
    ZoneCode,
    below,
    downwind,
    fall_line_deg,
    middle_of,
    slope_length_m,
    swept,
)

Method = Literal["mapped", "estimated"]
Row = Mapping[str, Any]

RADIUS: Final = Limit(
    "zones.geohazard_radius_m", {"small": 100, "medium": 200, "large": 300, "extra_large": 500}, "m",
    "无危险区面的隐患点按规模的半径", "Radius of a geohazard point without a mapped area, by scale",
    "domain §1.1 [D]: 小型 100, 中型 200, 大型 300, 特大型 500; a default until the danger area is surveyed",
)  # fmt: skip
FALLBACK: Final = Limit(
    "zones.fallback",
    {"geohazards:debris_flow": "DOWN(1000,50)", "geohazards:collapse": "SLOPE(1.5)", "spoil_heaps": "SLOPE(2,100,500)",
     "tailings_ponds": "DOWN(1000,100)", "reservoirs": "DOWN(2000,50)", "check_dams": "DOWN(2000,50)"}, "",
    "没有图定范围时采用的区域代码", "Zone code where no area is mapped",
    "domain §1.1 (泥石流 DOWN(1000,50), 崩塌 SLOPE(1.5)) and §1.2 rules R04, R05, R06 [D]",
)  # fmt: skip
FLAT: Final = Limit(
    "zones.flat_below_deg", 2.0, "°", "小于此坡度不定坡向", "Below this slope there is no fall line",
    "one metre of error over a 30 m cell turns the aspect of gentler ground at will (practice)",
)  # fmt: skip
ROAD_SNAP: Final = Limit(
    "zones.road_snap_m", 50.0, "m", "对象到道路的最大距离", "Furthest a road may be from its object",
    "a position typed to 4 decimals is true to 11 m, a drawn road to about 20 m; twice their sum is another road",
)  # fmt: skip
ROAD_JOIN: Final = Limit(
    "zones.road_join_m", 5.0, "m", "路端与邻路相接的最大距离", "Furthest a loose end may be from the road it meets",
    "half a road's width and the error of drawing; more would join what does not meet",
)  # fmt: skip
LIMITS: Final = (RADIUS, FALLBACK, FLAT, ROAD_SNAP, ROAD_JOIN)

MAPPED: Final[Mapping[str, str]] = {
    "geohazards": "danger_zone", "spoil_heaps": "toe", "tailings_ponds": "inundation", "reservoirs": "inundation",
    "check_dams": "inundation", "flood_spots": "pond_area",
}  # fmt: skip
"""The second shape of a layer that is its danger area. A layer that is areas itself is its own."""

MOST_TOLD: Final = 6  # places where barriers stand, in one line of text
BEARINGS: Final = ("fall_bearing_deg", "slope_bearing_deg")


class Zone(NamedTuple):
    """area : lon/lat; a line for SEG. used : the parameters in words, None where there are none."""

    code: ZoneCode
    area: BaseGeometry
    method: Method
    used: Bilingual | None
    why: Bilingual


@dataclass(frozen=True)
class Means:
    """What zones are made with. limits : by key. ground, flow, roads : called when first needed; raise NoAnswer where there is
    none. prefer_mapped : a stored area goes before DOWN and SLOPE. height_m, bearing_deg : where the object has none.
    wording : what scales are called."""

    limits: Mapping[str, Any]
    make_ground: Callable[[], Grid]
    make_flow: Callable[[Grid], Flow]
    make_roads: Callable[[], TurningPlaces]
    prefer_mapped: bool = True
    wind_from_deg: float | None = None
    height_m: float | None = None
    bearing_deg: float | None = None
    wording: Wording = field(default_factory=Wording)
    _failed: dict[str, Refusal] = field(default_factory=dict)

    @cached_property
    def ground(self) -> Grid:
        return self._once("ground", self.make_ground)

    @cached_property
    def flow(self) -> Flow:
        return self._once("flow", lambda: self.make_flow(self.ground))

    @cached_property
    def roads(self) -> TurningPlaces:
        return self._once("roads", self.make_roads)

    def _once[T](self, name: str, make: Callable[[], T]) -> T:
        """What cannot be had is asked for once, not for every object."""
        if name in self._failed:
            raise self._failed[name]
        try:
            return make()
        except Refusal as refusal:
            self._failed[name] = refusal
            raise


def zone_of(layer: str, row: Row, code: ZoneCode, means: Means) -> Zone:
    """The zone of an object. row : its columns, with `geometry` in lon/lat. Raises NoAnswer or ValueOutOfRange."""
    mapped = mapped_area(layer, row)
    is_drawn = layer == ""
    is_mapped_first = code.kind == "POLY" or (means.prefer_mapped and not is_drawn and code.kind in ("DOWN", "SLOPE"))
    if mapped is not None and is_mapped_first:
        why = Bilingual("按绘制的范围", "As drawn") if is_drawn else Bilingual("有登记的危险范围", "A danger area is on the register")
        return Zone(ZoneCode("POLY"), mapped, "mapped", None, why)
    return _instead(layer, row, means) if code.kind == "POLY" else _computed(row, code, means)


def mapped_area(layer: str, row: Row) -> BaseGeometry | None:
    own = row["geometry"]
    if shapely.get_dimensions(own) == 2:
        return own
    return as_shape(row.get(MAPPED[layer])) if layer in MAPPED else None


def _instead(layer: str, row: Row, means: Means) -> Zone:
    """Where no area is mapped: the domain's code for this kind of object; for a geohazard, else, the radius of its scale."""
    table = means.limits[FALLBACK.key]
    kind = row.get("hazard_type")
    spelt = table.get(f"{layer}:{kind}", table.get(layer))
    none_mapped = Bilingual("没有登记危险范围", "No danger area is on the register")
    lacking = none_mapped
    if spelt is not None:
        try:
            zone = _computed(row, ZoneCode.read(spelt), means)
            return zone._replace(why=_and(none_mapped, zone.why))
        except NoAnswer as refusal:
            if layer != "geohazards":
                raise
            lacking = Bilingual(f"{none_mapped.zh};不能按 {spelt}:{refusal.zh}", f"{none_mapped.en}; {spelt} cannot be had: {refusal.en}")
    if layer != "geohazards":
        raise NoAnswer("没有登记危险范围,也没有规定的替代画法。请把“区域代码”改为其他方法,如“对象周围”。",
                       "No danger area is on the register, and no code stands in for it. Choose another zone code, such as "
                       "“Around the object”.")  # fmt: skip
    return _by_scale(row, means, lacking)


def _by_scale(row: Row, means: Means, lacking: Bilingual) -> Zone:
    radii = means.limits[RADIUS.key]
    scale = next((row[name] for name in ("scale", "scale_computed") if row.get(name) in radii), None)
    if scale is None:
        raise NoAnswer(f"{lacking.zh};规模等级也没有填,定不出半径。请补充规模。",
                       f"{lacking.en}; its scale is unknown too, so there is no radius. Enter the scale.")  # fmt: skip
    zone = _computed(row, ZoneCode("BUF", (float(radii[scale]),)), means)
    word = means.wording.code("geohazards", "scale", scale)
    return zone._replace(why=_and(lacking, Bilingual(f"按规模等级“{word.zh}”取半径", f"radius by its scale, {word.en}")))


def _computed(row: Row, code: ZoneCode, means: Means) -> Zone:
    return {"BUF": _around, "DOWN": _below, "SLOPE": _slope, "WIND": _downwind, "SEG": _segment}[code.kind](row, code, means)


def _around(row: Row, code: ZoneCode, means: Means) -> Zone:
    (radius_m,) = code.numbers
    why = Bilingual("对象周围的范围", "What lies around the object")
    used = Bilingual(f"半径 {radius_m:g} m", f"radius {radius_m:g} m")
    return Zone(code, buffered([row["geometry"]], radius_m)[0], "estimated", used, why)


ENDED: Final = {
    "length": Bilingual("沿实际沟谷", "Along the real valley"),
    "edge": Bilingual("沿实际沟谷,到高程数据边缘为止,更远处未知",
                      "Along the real valley to the edge of the elevation model; beyond is unknown"),
    "unknown": Bilingual("沿实际沟谷,到高程空洞为止,更远处未知",
                         "Along the real valley to a hole of the elevation model; beyond is unknown"),
}  # fmt: skip


def _below(row: Row, code: ZoneCode, means: Means) -> Zone:
    length_m, half_width_m = code.numbers
    strip = below(means.flow, *middle_of(row["geometry"]), length_m, half_width_m)
    used = Bilingual(f"沿沟 {length_m:g} m(实际 {strip.travelled_m:.0f} m),每侧 {half_width_m:g} m",
                     f"{length_m:g} m along the valley ({strip.travelled_m:.0f} m found), {half_width_m:g} m each side")  # fmt: skip
    return Zone(code, strip.area, "estimated", used, ENDED[strip.ended])


FALL_LINES: Final = (Bilingual("坡向为填报值", "fall line as entered"), Bilingual("坡向取自高程", "fall line from the elevation model"))


def _slope(row: Row, code: ZoneCode, means: Means) -> Zone:
    times, *bounds = code.numbers
    height_m = _number(row, "height_m", means.height_m)
    if height_m is None:
        raise NoAnswer("没有填高度 H。请补充。", "Its height H is unknown. Enter it.")
    length_m = slope_length_m(times, height_m, *bounds)
    entered = next((found for name in BEARINGS if (found := _number(row, name, None)) is not None), means.bearing_deg)
    source = as_shape(row.get("footprint")) or row["geometry"]
    bearing = fall_line_deg(means.ground, *middle_of(source), means.limits[FLAT.key]) if entered is None else entered
    told = FALL_LINES[entered is None]
    used = Bilingual(
        f"高度 {height_m:g} m 的 {times:g} 倍,长 {length_m:g} m,坡向 {bearing:.0f}° ±{FALL_LINE_HALF_ANGLE_DEG:g}°",
        f"{times:g} × height {height_m:g} m, {length_m:g} m long, toward {bearing:.0f}° ±{FALL_LINE_HALF_ANGLE_DEG:g}°",
    )
    area = swept(source, bearing, length_m, FALL_LINE_HALF_ANGLE_DEG)
    return Zone(code, area, "estimated", used, _and(Bilingual("坡脚下方的扇形", "The sector below the toe"), told))


def _downwind(row: Row, code: ZoneCode, means: Means) -> Zone:
    length_m, half_angle_deg = code.numbers
    if means.wind_from_deg is None:
        raise NoAnswer("没有风向。请填写风向(风的来向)。", "The wind is unknown. Enter where it comes from.")
    area = downwind(row["geometry"], means.wind_from_deg, length_m, half_angle_deg)
    used = Bilingual(f"长 {length_m:g} m,风从 {means.wind_from_deg:g}° 来,±{half_angle_deg:g}°",
                     f"{length_m:g} m long, wind from {means.wind_from_deg:g}°, ±{half_angle_deg:g}°")  # fmt: skip
    return Zone(code, area, "estimated", used, Bilingual("下风向扇形", "The sector downwind"))


def _segment(row: Row, code: ZoneCode, means: Means) -> Zone:
    found = means.roads.around(row["geometry"], means.limits[ROAD_SNAP.key], road if isinstance(road := row.get("road"), str) else "")
    ends = list(zip(found.turnings, found.dead_end, strict=True))
    told = Bilingual(_told(ends, "(断头)", " …共 {} 处") or "环路,没有出口",
                     _told(ends, " (dead end)", " … {} in all") or "a ring without exit")  # fmt: skip
    why = Bilingual("最近的可掉头路口之间;登记的封控点只有名称,没有坐标",
                    "Between the nearest places where ways meet; control points on the register have no positions")  # fmt: skip
    return Zone(code, found.line, "estimated", told, why)


def _told(ends: Sequence[tuple[Any, bool]], dead_end: str, in_all: str) -> str:
    """Where barriers stand: the first ones, and how many there are."""
    places = " — ".join(f"{lon:.5f}, {lat:.5f}{dead_end if dead else ''}" for (lon, lat), dead in ends[:MOST_TOLD])
    return places + (in_all.format(len(ends)) if len(ends) > MOST_TOLD else "")


def _number(row: Row, name: str, otherwise: float | None) -> float | None:
    value = row.get(name)
    known = isinstance(value, int | float | np.number) and np.isfinite(float(value))
    return float(value) if known and value is not None else otherwise


def _and(first: Bilingual, second: Bilingual) -> Bilingual:
    return Bilingual(f"{first.zh};{second.zh}", f"{first.en}; {second.en[:1].lower()}{second.en[1:]}")
