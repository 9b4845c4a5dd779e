"""Coordinates as people type them into a search box → places on the map, each with the system it was read in.

A number pair says nothing about its system, so the reading as CGCS2000 comes first and the readings as GCJ-02 and BD-09
(what a phone map shows, 0.5 and 1.3 km off) are offered after it, never applied silently.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from gis.datum import Degrees, lonlat_from_gauss_kruger, parse_degrees, to_cgcs2000
from gis.errors import Refusal

CHINA_LAT = (3.0, 54.0)  # degrees; a number in it may be a latitude, one above it is a longitude
METRES_FROM = 10_000.0  # neither degrees nor packed degrees with seconds begin here; easting and northing do
NORTHING_M = (300_000.0, 6_100_000.0)  # 3° to 54° N
EASTING_M = (100_000.0, 900_000.0)  # without zone prefix
THREE_DEGREE_ZONES, SIX_DEGREE_ZONES = range(25, 46), range(13, 24)

SYSTEM_WORDS = {
    "cgcs2000": ("CGCS2000(与GNSS一致)", "CGCS2000 (as GNSS gives)"),
    "gcj02": ("若为 GCJ-02(高德、腾讯)", "if it is GCJ-02 (Gaode, Tencent)"),
    "bd09": ("若为 BD-09(百度)", "if it is BD-09 (Baidu)"),
}
_HEMISPHERE = re.compile(r"北纬|南纬|东经|西经|纬度|经度|LAT(?:ITUDE)?|LON(?:GITUDE)?|[NSEW]")
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
_MAY_BE_COORDINATES = re.compile(r"[\d\s.,;:+\-−°º˚′″'\"’”“‘`´_~度分秒北南东西经纬NSEWXYLATODIGUE=mMzZ()()、,;]+")


@dataclass(frozen=True)
class Place:
    """One reading of a typed coordinate, in CGCS2000 degrees."""

    lon: float
    lat: float
    system: str
    zh: str
    en: str


def places_in(text: str, central_meridian_deg: int | None = None) -> list[Place]:
    """Every honest reading of `text` as one point, the likeliest first; [] where it is no pair of coordinates.

    central_meridian_deg : of the county's 3° zone, for metres without a zone prefix.
    """
    plain = unicodedata.normalize("NFKC", text.replace("º", "°").replace("˚", "°").replace("−", "-")).upper().strip()
    if not _MAY_BE_COORDINATES.fullmatch(plain):
        return []
    return _metric(plain, central_meridian_deg) or _degrees(plain)


# -- metres -----------------------------------------------------------------------------------------------------------


def _metric(plain: str, central_meridian_deg: int | None) -> list[Place]:
    """Gauss-Krüger metres: easting with or without zone prefix, and northing, in either order."""
    numbers = [float(number) for number in _NUMBERS.findall(plain)]
    if len(numbers) != 2 or min(numbers) < METRES_FROM or "°" in plain:
        return []
    northings = [n for n in numbers if NORTHING_M[0] <= n <= NORTHING_M[1]]
    for northing in sorted(northings, reverse=True):
        easting = numbers[1] if northing == numbers[0] else numbers[0]
        meridian = _meridian_of(easting, central_meridian_deg)
        if meridian is not None:
            lon, lat = lonlat_from_gauss_kruger(easting, northing, meridian)
            return [Place(round(float(lon), 7), round(float(lat), 7), "gauss_kruger",
                          f"高斯—克吕格 CGCS2000,中央经线 {meridian}°",
                          f"Gauss-Krüger CGCS2000, central meridian {meridian}°")]  # fmt: skip
    return []


def _meridian_of(easting_m: float, central_meridian_deg: int | None) -> int | None:
    zone, rest = divmod(easting_m, 1e6)
    if not EASTING_M[0] <= rest <= EASTING_M[1]:
        return None
    if zone == 0:
        return central_meridian_deg
    if int(zone) in THREE_DEGREE_ZONES:
        return 3 * int(zone)
    return 6 * int(zone) - 3 if int(zone) in SIX_DEGREE_ZONES else None


# -- degrees ----------------------------------------------------------------------------------------------------------


def _degrees(plain: str) -> list[Place]:
    for first, second in _halves(plain):
        try:
            pair = _in_order(parse_degrees(first), parse_degrees(second))
        except Refusal:
            continue
        if pair is not None:
            return list(_readings(*pair))
    return []


def _halves(plain: str) -> Iterator[tuple[str, str]]:
    """Ways to cut a text in two: at the second hemisphere, a comma or semicolon, a gap. The surest first."""
    cleaned = re.sub(r"[XY]\s*[=:]|[()]", " ", plain).strip()
    marks = list(_HEMISPHERE.finditer(cleaned))
    if len(marks) == 2:
        leading = not _NUMBERS.search(cleaned[: marks[0].start()])
        cut = marks[1].start() if leading else marks[0].end()
        yield cleaned[:cut], cleaned[cut:]
    for separator in (r"[;;、]", r"(?<!\d),|,(?!\d)|,\s", r",", r"\s+"):
        gaps = list(re.finditer(separator, cleaned))
        # With several gaps (36 24 42 111 5 48) the middle one parts two coordinates of equal length.
        for gap in sorted(gaps, key=lambda found: abs(found.start() - len(cleaned) / 2)):
            yield cleaned[: gap.start()], cleaned[gap.end() :]


def _in_order(first: Degrees, second: Degrees) -> tuple[Degrees, Degrees] | None:
    """(longitude, latitude): by hemisphere where one is given, else by size; longitude first where both could be."""
    is_bare = first.axis is None and second.axis is None
    by_size = is_bare and CHINA_LAT[0] <= first.value <= CHINA_LAT[1] < second.value
    if by_size or first.axis == "lat" or second.axis == "lon":
        first, second = second, first
    if first.axis == "lat" or second.axis == "lon" or abs(second.value) > 90:
        return None
    return first, second


def _readings(lon: Degrees, lat: Degrees) -> Iterator[Place]:
    """As CGCS2000, as GCJ-02, as BD-09; and, where degrees may be packed with minutes and seconds, that way too."""
    for system, (zh, en) in SYSTEM_WORDS.items():
        turned = to_cgcs2000(lon.value, lat.value, system)
        yield Place(round(float(turned.lon), 7), round(float(turned.lat), 7), system, zh, en)
    if lon.other is not None and lat.other is not None and not math.isclose(lon.other, lon.value):
        yield Place(round(lon.other, 7), round(lat.other, 7), "packed", "若为度分秒连写", "if minutes and seconds are packed")


def all_distinct(places: list[Place]) -> list[Place]:
    """Without readings that fall on the same spot (outside China the three systems are one)."""
    kept: list[Place] = []
    for place in places:
        if not any(math.isclose(place.lon, k.lon, abs_tol=1e-7) and math.isclose(place.lat, k.lat, abs_tol=1e-7) for k in kept):
            kept.append(place)
    return kept
