"""ADMIN: the divisions a warning names, by code or name, with their outlines (domain §1.1)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gis.analysis import Given
from gis.asked import texts
from gis.errors import NoAnswer

COUNTY_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS = 6, 9, 12


class Division(NamedTuple):
    """outline : lon/lat, None where it has not been entered. `id` is empty for the county and townships without a row."""

    layer: str
    id: str
    code: str
    name: str
    outline: BaseGeometry | None


def as_shape(value: Any) -> BaseGeometry | None:
    """A second shape of a row: shapely's, or WKB; None where there is none."""
    if isinstance(value, bytes | bytearray | memoryview):
        value = shapely.from_wkb(bytes(value))
    return value if isinstance(value, BaseGeometry) and not value.is_empty else None


def divisions_named(places: Sequence[str], given: Given, villages: gpd.GeoDataFrame) -> list[Division]:
    """Each place once, in the order named.

    A place is a code of 6 (county), 9 (township) or 12 digits (village; township where it ends in 000), or the exact name of
    a township or village. Raises NoAnswer for a place that is unknown, or a name that several have.
    """
    known = [*_townships(given.townships), *_villages(villages)]
    by_code = {division.code: division for division in known}
    found: dict[str, Division] = {}
    for place in places:
        wanted = place.strip()
        held = [by_code[_digits(wanted)]] if _digits(wanted) in by_code else [d for d in known if d.name == wanted]
        if not held and wanted.isdigit() and len(wanted) == COUNTY_DIGITS:
            held = _county(wanted, given)
        if len(held) != 1:
            raise _unclear(wanted, held)
        found[held[0].code] = held[0]
    return list(found.values())


def _digits(place: str) -> str:
    """A township's 12-digit code is its 9 digits and 000."""
    is_township = place.isdigit() and len(place) == VILLAGE_DIGITS and place.endswith("000")
    return place[:TOWNSHIP_DIGITS] if is_township else place


def _townships(frame: gpd.GeoDataFrame) -> list[Division]:
    rows = zip(frame.index.astype(str), texts(frame, "code"), texts(frame, "name"), frame.geometry, strict=True)
    return [Division("townships", id, code[:TOWNSHIP_DIGITS], name, as_shape(shape)) for id, code, name, shape in rows]


def _villages(frame: gpd.GeoDataFrame) -> list[Division]:
    codes = [own or code for own, code in zip(texts(frame, "village_code"), texts(frame, "code"), strict=True)]
    outlines = frame["area_shape"] if "area_shape" in frame else pd.Series([None] * len(frame), dtype=object)
    rows = zip(frame.index.astype(str), codes, texts(frame, "name"), outlines, strict=True)
    return [Division("villages", id, code, name, as_shape(shape)) for id, code, name, shape in rows]


def _county(code: str, given: Given) -> list[Division]:
    own = {text[:COUNTY_DIGITS] for text in texts(given.townships, "code")}
    if code not in own:
        return []
    outline = given.county if given.county is not None else shapely.union_all(given.townships.geometry.to_numpy())
    return [Division("counties", "", code, code, as_shape(outline))]


def _unclear(place: str, held: Sequence[Division]) -> NoAnswer:
    if not held:
        return NoAnswer(
            f"本县没有名称或代码为“{place[:40]}”的乡镇或村。请核对写法。",
            f"No township or village here is called, or has the code, “{place[:40]}”. Check the spelling.",
            place=place[:40],
        )
    codes = [division.code for division in held]
    return NoAnswer(
        f"有 {len(held)} 处都叫“{place[:40]}”,代码 {'、'.join(codes[:5])}。请改用代码。",
        f"{len(held)} places are called “{place[:40]}”: {', '.join(codes[:5])}. Name one by its code.",
        codes=codes,
    )
