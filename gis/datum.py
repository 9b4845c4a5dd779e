"""Coordinate systems: CGCS2000, GCJ-02, BD-09, Gauss-Krüger zones, typed degrees; and which one is this?

Everything is stored as CGCS2000 lon, lat (EPSG:4490). WGS 84 from a GNSS receiver agrees with it within decimetres, so
the two pass through unchanged. Map services in China publish GCJ-02 (Gaode, Tencent) or BD-09 (Baidu), about 560 m and
1.3 km off in Shanxi; they are turned once, on the way in. Xi'an 80 and Beijing 54 are refused: PROJ would turn them
with a zero "ballpark" shift and no message, and the true shift is tens of metres to over 100 m.

The GCJ-02 formula is the widely published, unofficial one; treat results as ±5 m against what a service draws.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

from gis.errors import BadCoordinates, UnknownCrs

Degrees64 = NDArray[np.float64]
Axis = Literal["lon", "lat"]
Bounds = tuple[float, float, float, float]  # west, south, east, north

CGCS2000 = 4490
EARTH_RADIUS_M = 6_371_000.0  # a sphere is good to 0.5 %, enough for offsets of a kilometre

# Krassovsky 1940, the ellipsoid inside the published GCJ-02 formula.
_KRASSOVSKY_A_M = 6378245.0
_KRASSOVSKY_E2 = 0.00669342162296594323
# The formula is applied inside this rough box only and is the identity outside of it.
GCJ02_BOX: Bounds = (72.004, 0.8293, 137.8347, 55.8271)
_BAIDU_TURN = math.pi * 3000.0 / 180.0
# Each round shrinks the error some hundredfold; five reach 1e-5 m, eight leave room at the corners of the box.
_ROUNDS = 8

# 3° Gauss-Krüger zones of CGCS2000 without zone prefix: EPSG:4534 (75° E) to EPSG:4554 (135° E), one every 3°.
_FIRST_GK_EPSG, _FIRST_GK_MERIDIAN, _LAST_GK_MERIDIAN = 4534, 75, 135
_GK_WEST, _GK_EAST = _FIRST_GK_MERIDIAN - 1.5, _LAST_GK_MERIDIAN + 1.5
_GK_SOUTH, _GK_NORTH = 3.0, 54.0  # China's land and islands
_THREE_DEGREE_ZONES = range(25, 46)
_SIX_DEGREE_ZONES = range(13, 24)


class LonLat(NamedTuple):
    """Longitudes and latitudes in degrees, same shape."""

    lon: Degrees64
    lat: Degrees64


def _lonlat(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    return LonLat(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))


# --- GCJ-02 and BD-09 ---


def _waves(t: Degrees64, *, amplitude_12: float, amplitude_30: float) -> Degrees64:
    short = 20 * np.sin(t * np.pi) + 40 * np.sin(t / 3 * np.pi)
    long = amplitude_12 * np.sin(t / 12 * np.pi) + amplitude_30 * np.sin(t * np.pi / 30)
    waves: Degrees64 = (short + long) * 2 / 3
    return waves


def _gcj02_shift(lon: Degrees64, lat: Degrees64) -> LonLat:
    """Degrees to add to CGCS2000 for GCJ-02, from the published series in x = lon - 105, y = lat - 35."""
    x, y = lon - 105.0, lat - 35.0
    ripple = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + ripple
    north_m = north_m + _waves(y, amplitude_12=160, amplitude_30=320)
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + ripple
    east_m = east_m + _waves(x, amplitude_12=150, amplitude_30=300)
    phi = np.radians(lat)
    w2 = 1 - _KRASSOVSKY_E2 * np.sin(phi) ** 2
    meridian_radius_m = _KRASSOVSKY_A_M * (1 - _KRASSOVSKY_E2) / (w2 * np.sqrt(w2))
    parallel_radius_m = _KRASSOVSKY_A_M / np.sqrt(w2) * np.cos(phi)
    return LonLat(np.degrees(east_m / parallel_radius_m), np.degrees(north_m / meridian_radius_m))


def _in_box(lon: Degrees64, lat: Degrees64, box: Bounds) -> NDArray[np.bool_]:
    west, south, east, north = box
    inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def gcj02_from_cgcs2000(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """GCJ-02 of CGCS2000 (= WGS 84) degrees; unchanged outside `GCJ02_BOX`. Shapes are kept, NaN stays NaN."""
    here = _lonlat(lon, lat)
    shift = _gcj02_shift(here.lon, here.lat)
    inside = _in_box(here.lon, here.lat, GCJ02_BOX)
    return LonLat(np.where(inside, here.lon + shift.lon, here.lon), np.where(inside, here.lat + shift.lat, here.lat))


def _bd09_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    here = _lonlat(lon, lat)
    radius = np.hypot(here.lon, here.lat) + 0.00002 * np.sin(here.lat * _BAIDU_TURN)
    angle = np.arctan2(here.lat, here.lon) + 0.000003 * np.cos(here.lon * _BAIDU_TURN)
    return LonLat(radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006)


def bd09_from_cgcs2000(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """BD-09 (Baidu) of CGCS2000 degrees; unchanged outside `GCJ02_BOX`."""
    here = _lonlat(lon, lat)
    inside = _in_box(here.lon, here.lat, GCJ02_BOX)
    baidu = _bd09_from_gcj02(*gcj02_from_cgcs2000(lon, lat))
    return LonLat(np.where(inside, baidu.lon, here.lon), np.where(inside, baidu.lat, here.lat))


def _undo(forward: Callable[[ArrayLike, ArrayLike], LonLat], lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """Fixed-point inverse x ← x - (f(x) - target). The usual single step leaves 0.3-3.2 m over 蒲县; this < 1e-5 m."""
    target = _lonlat(lon, lat)
    guess = target
    for _ in range(_ROUNDS):
        reached = forward(*guess)
        guess = LonLat(guess.lon - (reached.lon - target.lon), guess.lat - (reached.lat - target.lat))
    return guess


def cgcs2000_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """CGCS2000 of GCJ-02 degrees, to better than 1e-5 m of the published forward formula."""
    return _undo(gcj02_from_cgcs2000, lon, lat)


def cgcs2000_from_bd09(lon: ArrayLike, lat: ArrayLike) -> LonLat:
    """CGCS2000 of BD-09 degrees, to better than 1e-5 m. The common closed BD→GCJ formula leaves up to 0.14 m."""
    return _undo(bd09_from_cgcs2000, lon, lat)


_TO_CGCS2000: dict[str, Callable[[ArrayLike, ArrayLike], LonLat]] = {
    "cgcs2000": _lonlat,
    "wgs84": _lonlat,
    "gcj02": cgcs2000_from_gcj02,
    "bd09": cgcs2000_from_bd09,
}


def to_cgcs2000(lon: ArrayLike, lat: ArrayLike, system: str) -> LonLat:
    """CGCS2000 degrees of `system`: cgcs2000, wgs84, gcj02 or bd09. Raises UnknownCrs for any other."""
    if system not in _TO_CGCS2000:
        raise UnknownCrs(
            f"坐标系“{system}”不能自动转换。请选择 CGCS2000、WGS84、GCJ-02 或 BD-09;"
            "西安80、北京54 需用本地公共点参数由自然资源局转换后再导入。",
            f"Coordinates in {system!r} cannot be turned into CGCS2000 here. Choose cgcs2000, wgs84, gcj02 or bd09; "
            "Xi'an 80 and Beijing 54 need local control points held by the natural resources bureau.",
            system=system,
        )
    return _TO_CGCS2000[system](lon, lat)


def geometry_to_cgcs2000(geoms: ArrayLike, system: str) -> NDArray[np.object_]:
    """Shapes (lon, lat in `system`) with every vertex turned into CGCS2000. Raises UnknownCrs as `to_cgcs2000`."""

    def turn(points: Degrees64) -> Degrees64:
        return np.column_stack(to_cgcs2000(points[:, 0], points[:, 1], system))

    turned: NDArray[np.object_] = np.asarray(shapely.transform(np.asarray(geoms, dtype=object), turn), dtype=object)
    return turned


# --- which one is this? ---

# A system is named only when its residual is under this share of the residual as given: domain practice is to offer,
# never to apply, so a doubtful batch must stay silent.
CLEARLY_BETTER = 0.5
FEWEST_PAIRS = 3


def distance_m(lon_1: ArrayLike, lat_1: ArrayLike, lon_2: ArrayLike, lat_2: ArrayLike) -> Degrees64:
    """Metres between points a few kilometres apart (equirectangular, 0.5 %)."""
    a, b = _lonlat(lon_1, lat_1), _lonlat(lon_2, lat_2)
    east = np.radians(b.lon - a.lon) * np.cos(np.radians((a.lat + b.lat) / 2))
    distance: Degrees64 = EARTH_RADIUS_M * np.hypot(east, np.radians(b.lat - a.lat))
    return distance


def suspected_system(lon: ArrayLike, lat: ArrayLike, near_lon: ArrayLike, near_lat: ArrayLike) -> str | None:
    """Which system a batch labelled CGCS2000 is probably in: "gcj02", "bd09", or None when it fits as given.

    lon, lat : (n,) degrees as given. near_lon, near_lat : (n,) CGCS2000 places each should be close to (village
    centres, known houses). Compares medians, so a few misplaced rows do not decide. None for fewer than three pairs.
    """
    given, near = _lonlat(lon, lat), _lonlat(near_lon, near_lat)
    if given.lon.size < FEWEST_PAIRS:
        return None
    residual_m: dict[str, float] = {}
    for system in ("cgcs2000", "gcj02", "bd09"):
        turned = to_cgcs2000(given.lon, given.lat, system)
        # The median of each axis, not of distances: scatter around village centres must cancel, a datum shift must not.
        east = float(np.median(turned.lon - near.lon)) * math.cos(math.radians(float(np.median(near.lat))))
        residual_m[system] = EARTH_RADIUS_M * math.radians(math.hypot(east, float(np.median(turned.lat - near.lat))))
    best = min(residual_m, key=lambda system: residual_m[system])
    clear = residual_m[best] < CLEARLY_BETTER * residual_m["cgcs2000"] and residual_m["cgcs2000"] > _SMALLEST_SHIFT_M
    return best if clear else None


_SMALLEST_SHIFT_M = 200.0  # GCJ-02 moves a point in China by 100-700 m; less than this is scatter


def looks_swapped(lon: ArrayLike, lat: ArrayLike, bounds: Bounds) -> NDArray[np.bool_]:
    """Where a pair lies outside `bounds` (west, south, east, north) as given, and inside with its axes exchanged."""
    here = _lonlat(lon, lat)
    return ~_in_box(here.lon, here.lat, bounds) & _in_box(here.lat, here.lon, bounds)


# --- metres ---


def metric_epsg(lon_deg: float, lat_deg: float | None = None) -> int:
    """The metric CRS of a place: 3° Gauss-Krüger of CGCS2000 in China (EPSG:4534-4554), else UTM of WGS 84.

    Without `lat_deg` the place is taken to be north of the equator and, at China's longitudes, in China.
    Raises BadCoordinates outside -180..180 or -90..90.
    """
    lat = 35.0 if lat_deg is None else lat_deg
    if not (-180 <= lon_deg <= 180 and -90 <= lat <= 90):
        raise BadCoordinates(
            f"经度 {lon_deg}、纬度 {lat} 超出范围,请检查是否颠倒或以米为单位。",
            f"Longitude {lon_deg}, latitude {lat} are out of range; were they swapped or in metres?",
        )
    if _GK_WEST <= lon_deg < _GK_EAST and _GK_SOUTH <= lat <= _GK_NORTH:
        return _FIRST_GK_EPSG + math.floor((lon_deg - _GK_WEST) / 3)
    zone = min(60, math.floor((lon_deg + 180) / 6) + 1)
    return (32600 if lat >= 0 else 32700) + zone


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> Transformer:
    # always_xy: EPSG says north, east for these systems; we say lon, lat and easting, northing throughout.
    return Transformer.from_crs(source, target, always_xy=True)


def _transformed(geoms: ArrayLike, transformer: Transformer) -> NDArray[np.object_]:
    def turn(points: Degrees64) -> Degrees64:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    turned: NDArray[np.object_] = np.asarray(shapely.transform(np.asarray(geoms, dtype=object), turn), dtype=object)
    return turned


def to_metric(geoms: ArrayLike, epsg: int) -> NDArray[np.object_]:
    """CGCS2000 lon/lat shapes as easting/northing in metres of `epsg` (see `metric_epsg`). Heights are dropped."""
    return _transformed(geoms, _transformer(CGCS2000, epsg))


def from_metric(geoms: ArrayLike, epsg: int) -> NDArray[np.object_]:
    """Easting/northing shapes of `epsg` as CGCS2000 lon/lat."""
    return _transformed(geoms, _transformer(epsg, CGCS2000))


def lonlat_from_gauss_kruger(easting_m: ArrayLike, northing_m: ArrayLike, central_meridian_deg: int) -> LonLat:
    """CGCS2000 degrees of Gauss-Krüger metres around `central_meridian_deg`, with or without a zone prefix.

    easting_m : (n,) 500 km at the meridian, or the same after 10⁶ × zone (37 or 19 at 111° E). Chinese survey sheets
    call it Y and the northing X; pairs where the 7-digit number stands in the easting are exchanged.
    Raises BadCoordinates where a prefix names another meridian.
    """
    if central_meridian_deg % 3 or not _FIRST_GK_MERIDIAN <= central_meridian_deg <= _LAST_GK_MERIDIAN:
        raise UnknownCrs(
            f"{central_meridian_deg}° 不是 3° 带中央经线(75°–135°,每 3°)。",
            f"{central_meridian_deg}° is no central meridian of a 3° zone (75° to 135° every 3°).",
        )
    easting, northing = np.asarray(easting_m, dtype=np.float64), np.asarray(northing_m, dtype=np.float64)
    is_swapped = (easting >= 1e6) & (easting < 1e7) & ((northing < 1e6) | (northing >= 1e7))
    easting, northing = np.where(is_swapped, northing, easting), np.where(is_swapped, easting, northing)
    zone = np.floor_divide(easting, 1e6)
    allowed = [0.0, float(central_meridian_deg // 3)]
    if central_meridian_deg % 6 == 3:
        allowed.append(float((central_meridian_deg + 3) // 6))
    strange = ~np.isin(zone, allowed)
    if strange.any():
        found = sorted({int(z) for z in zone[strange]})
        raise BadCoordinates(
            f"横坐标带号 {found} 与中央经线 {central_meridian_deg}° 不符,请检查或改选分带。",
            f"Zone prefix {found} is not that of the meridian {central_meridian_deg}°. Check it or choose a zone.",
            zones=found,
        )
    epsg = _FIRST_GK_EPSG + (central_meridian_deg - _FIRST_GK_MERIDIAN) // 3
    return LonLat(*_transformer(epsg, CGCS2000).transform(easting - zone * 1e6, northing))


# --- degrees as people type them ---


@dataclass(frozen=True)
class Degrees:
    """One typed coordinate. `other` is a second honest reading (packed DDMMSS), to be asked about and never assumed."""

    value: float
    spelling: Literal["decimal", "degrees-minutes", "degrees-minutes-seconds", "packed"]
    axis: Axis | None
    decimals: int
    other: float | None = None

    @property
    def is_ambiguous(self) -> bool:
        return self.other is not None

    @property
    def question(self) -> tuple[str, str] | None:
        """What to ask a person when two readings are possible (Chinese, English)."""
        if self.other is None:
            return None
        return (
            f"可读作 {self.value:.6f}°,也可读作 {self.other:.6f}°(度分秒连写),请确认。",
            f"Reads as {self.value:.6f}° or, packed as degrees minutes seconds, as {self.other:.6f}°. Which one?",
        )


# Word, axis, sign of the hemisphere.
_HEMISPHERES: tuple[tuple[str, Axis, int], ...] = (
    ("北纬", "lat", 1), ("南纬", "lat", -1), ("东经", "lon", 1), ("西经", "lon", -1),
    ("纬度", "lat", 1), ("经度", "lon", 1),
    ("N", "lat", 1), ("S", "lat", -1), ("E", "lon", 1), ("W", "lon", -1),
)  # fmt: skip
_MARKS = re.compile(r"""[\s°º˚度分秒′″'"’‘”“`´:;_~-]+""")
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_FEWEST_PACKED_DECIMALS = 4


def _bad(text: str, why_zh: str, why_en: str) -> BadCoordinates:
    return BadCoordinates(
        f"坐标“{text}”{why_zh}请写成 36.411667 或 36°24′42″。",
        f"Coordinate {text!r} {why_en} Write 36.411667 or 36°24′42″.",
        value=text,
    )


def _without_hemisphere(text: str, original: str) -> tuple[str, Axis | None, int]:
    found: list[tuple[Axis, int]] = []
    for word, axis, sign in _HEMISPHERES:
        if word in text:
            found.append((axis, sign))
            text = text.replace(word, " ")
    if len({axis for axis, _ in found}) > 1:
        raise _bad(original, "同时含经度和纬度,请分两格填写。", "holds both a longitude and a latitude; use two cells.")
    if not found:
        return text, None, 1
    return text, found[0][0], min(sign for _, sign in found)


def _packed(whole: str, fraction: str) -> float | None:
    """DDMMSS or DDDMMSS (`whole` of 6 or 7 digits), or D.MMSSss (`fraction` of 4 digits or more). None if neither."""
    if len(whole) in (6, 7):
        degrees, minutes, seconds = int(whole[:-4]), int(whole[-4:-2]), float(f"{whole[-2:]}.{fraction or 0}")
    elif len(fraction) >= _FEWEST_PACKED_DECIMALS and len(whole) <= 3:
        degrees, minutes = int(whole or 0), int(fraction[:2])
        seconds = float(f"{fraction[2:4]}.{fraction[4:] or 0}")
    else:
        return None
    return degrees + minutes / 60 + seconds / 3600 if minutes < 60 and seconds < 60 else None


def _one_number(part: str, axis: Axis | None, sign: int, original: str) -> Degrees:
    whole, _, fraction = part.partition(".")
    packed = _packed(whole, fraction)
    limit = 90 if axis == "lat" else 180
    if float(part) <= limit:
        plausible = packed is not None and packed <= limit
        other = sign * packed if plausible and packed is not None else None
        return Degrees(sign * float(part), "decimal", axis, len(fraction), other)
    if packed is not None and packed <= limit:
        return Degrees(sign * packed, "packed", axis, len(fraction))
    raise _bad(original, f"大于 {limit}°,可能是以米为单位的投影坐标。", f"is over {limit}°; is it in metres?")


def _several_numbers(parts: list[str], axis: Axis | None, sign: int, original: str) -> Degrees:
    if any("." in part for part in parts[:-1]):
        raise _bad(original, "只有最后一段可以有小数。", "may have decimals in its last part only.")
    sixtieths = [float(part) for part in parts[1:]]
    if any(part >= 60 for part in sixtieths):
        raise _bad(original, "的分或秒不小于 60。", "has minutes or seconds of 60 or more.")
    value = int(parts[0]) + sum(part / 60**power for power, part in enumerate(sixtieths, start=1))
    limit = 90 if axis == "lat" else 180
    if value > limit:
        raise _bad(original, f"大于 {limit}°。", f"is over {limit}°.")
    decimals = len(parts[-1].partition(".")[2])
    return Degrees(sign * value, "degrees-minutes" if len(parts) == 2 else "degrees-minutes-seconds", axis, decimals)


def parse_degrees(text: str) -> Degrees:
    """One latitude or longitude in any usual spelling: 36.4117, 36°24′42″, 36度24分42秒, 36-24-42, 36°24.702′,
    N36.4117, 北纬36.41, E:111.0967, 362442, full-width digits, a comma as decimal mark.

    36.2442 is read as decimal degrees and `other` holds 36°24′42″, since some registers pack it so.
    Raises BadCoordinates for anything else, minutes or seconds of 60 and more, or a value outside the globe.
    """
    # NFKC makes full-width digits, signs and commas plain. It would turn º into o and ˚ into a loose ring, and it
    # leaves the real minus sign alone: those three are done by hand.
    plain = unicodedata.normalize("NFKC", text.replace("º", "°").replace("˚", "°").replace("−", "-")).upper().strip()
    plain, axis, sign = _without_hemisphere(plain, text)
    plain = plain.strip(" :")
    if plain.startswith("-"):
        sign, plain = -sign, plain[1:]
    if plain.count(",") == 1 and "." not in plain and re.search(r"\d,\d", plain):
        plain = plain.replace(",", ".")
    parts = _NUMBER.findall(plain)
    left_over = _MARKS.sub("", _NUMBER.sub("", plain)).replace(",", "")
    if left_over or not 1 <= len(parts) <= 3:
        raise _bad(text, "看不懂。", "cannot be read.")
    if len(parts) == 1:
        return _one_number(parts[0], axis, sign, text)
    return _several_numbers(parts, axis, sign, text)
