"""Coordinate systems as OGC URIs, and their axis orders.

CRS84 (longitude first) is the default. EPSG:4326 and EPSG:4490 say latitude first, EPSG:4546 and its kin northing
first; answers keep to that and name the system in `Content-Crs`. 4326 is given the stored CGCS2000 numbers: the two
agree within decimetres (domain §5).
"""

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from gis.errors import UnknownCrs
from layers.database import Database
from layers.errors import BadQuery
from layers.store import Coordinates

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
STORED: Final = f"{EPSG}4490"
LON_LAT: Final = Coordinates()
SAME_NUMBERS: Final = (4326, 4490)  # geographic systems whose numbers are those we store
EVERYWHERE: Final = (4326, 4490, 3857)  # offered for every county; its own metric system comes on top

LARGEST_METRE: Final = 20_037_509  # half the equator: no metric system we offer goes further

Box = tuple[float, float, float, float]

_CODE = re.compile(
    r"\[?(?:https?://www\.opengis\.net/def/crs/EPSG/[^/]+/|urn:ogc:def:crs:EPSG:[^:]*:|EPSG:)(\d{4,6})\]?"
)
_BOX_NUMBERS: Final = (4, 6)


async def named_in(database: Database, given: Iterable[str]) -> tuple[int, ...]:
    """The codes on offer, looked up only where a parameter names a system other than CRS84: lists are asked for often."""
    return () if all(text == CRS84 for text in given) else await offered(database)


async def offered(database: Database) -> tuple[int, ...]:
    """The EPSG codes a caller may ask for: those of EVERYWHERE and the metric system of each county loaded."""
    async with database.reading() as connection:
        rows = await (await connection.execute("select distinct metric_epsg from app.counties order by 1")).fetchall()
    return tuple(dict.fromkeys((*EVERYWHERE, *(int(row[0]) for row in rows))))


def uris(codes: Sequence[int]) -> list[str]:
    """CRS84 and the codes, as a collection lists them."""
    return [CRS84, *(f"{EPSG}{code}" for code in codes)]


def coordinates_of(text: str, codes: Sequence[int]) -> Coordinates:
    """The system a URI names, with its axis order. Raises UnknownCrs when it is not offered."""
    if text in (CRS84, "CRS84", "OGC:CRS84", "[OGC:CRS84]", "urn:ogc:def:crs:OGC:1.3:CRS84"):
        return LON_LAT
    match = _CODE.fullmatch(text)
    if match is None or int(match[1]) not in codes:
        known = ", ".join(uris(codes))
        raise UnknownCrs(
            f"不提供坐标系“{text[:100]}”,可用:{known}。", f"“{text[:100]}” is not offered; use one of {known}."
        )
    return Coordinates(int(match[1]), _starts_with_the_second_axis(int(match[1])))


def uri_of(coordinates: Coordinates) -> str:
    return CRS84 if coordinates == LON_LAT else f"{EPSG}{coordinates.srid}"


@lru_cache(maxsize=64)
def _starts_with_the_second_axis(code: int) -> bool:
    return str(CRS.from_epsg(code).axis_info[0].direction) == "north"


@lru_cache(maxsize=64)
def _to_lonlat(code: int) -> Transformer:
    return Transformer.from_crs(code, 4490, always_xy=True)


def lonlat(geometry: BaseGeometry, coordinates: Coordinates) -> BaseGeometry:
    """A shape in `coordinates`, turned to longitude and latitude in degrees."""
    if coordinates.swapped:
        geometry = shapely.transform(geometry, lambda pairs: pairs[:, ::-1])
    if coordinates.srid in SAME_NUMBERS:
        return geometry
    turn = _to_lonlat(coordinates.srid)
    turned: BaseGeometry = shapely.transform(geometry, turn.transform, interleaved=False)
    return turned


def lonlat_box(text: str, coordinates: Coordinates) -> Box:
    """A `bbox` parameter as west, south, east, north in degrees; west > east crosses the antimeridian.

    text : four numbers, or six with heights, in the axis order of `coordinates`. Raises BadQuery.
    """
    first, second, third, fourth = _numbers(text)
    low, high = ((second, first), (fourth, third)) if coordinates.swapped else ((first, second), (third, fourth))
    box = (*low, *high)
    if coordinates.srid not in SAME_NUMBERS:
        if max(map(abs, box)) > LARGEST_METRE:
            raise _wrong_box(text, "超出坐标系的范围", "it is outside its coordinate system")
        if low[0] > high[0] or low[1] > high[1]:
            raise _wrong_box(text, "起点大于终点", "its lower corner is above its upper corner")
        box = _to_lonlat(coordinates.srid).transform_bounds(*box)
    west, south, east, north = box
    if not all(map(math.isfinite, box)) or max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise _wrong_box(
            text, "超出经纬度范围,请检查坐标顺序和 bbox-crs", "it is off the globe; check axis order and bbox-crs"
        )
    if south > north:
        raise _wrong_box(text, "南界大于北界", "its south is above its north")
    return west, south, east, north


def _numbers(text: str) -> Box:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in _BOX_NUMBERS or not all(map(math.isfinite, numbers)):
        raise _wrong_box(
            text, "应为 4 个(或含高程的 6 个)数,用逗号分隔", "it takes 4 numbers, or 6 with heights, parted by commas"
        )
    if len(numbers) == len(_BOX_NUMBERS) * 3:
        numbers = [*numbers[:2], *numbers[3:5]]
    first, second, third, fourth = numbers
    return first, second, third, fourth


def _wrong_box(text: str, zh: str, en: str) -> BadQuery:
    shown = text[:100]
    return BadQuery(f"bbox “{shown}”有误:{zh}。", f"bbox “{shown}” is wrong: {en}.",
                    errors=[{"field": "bbox", "value": shown, "zh": zh, "en": en}])  # fmt: skip
