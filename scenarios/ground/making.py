"""make_ground: from a real outline to a whole invented county; write_ground: the same as a county pack's folder."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling

from layers.registry import LAYERS
from scenarios.ground.filling import Filler, link
from scenarios.ground.province import make_country, province_layers
from scenarios.ground.rows.forest import forest_rows
from scenarios.ground.rows.hazards import hazard_rows
from scenarios.ground.rows.industry import industry_rows
from scenarios.ground.rows.places import households, place_rows
from scenarios.ground.rows.resources import resource_rows
from scenarios.ground.rows.water import water_rows
from scenarios.ground.rows.ways import way_rows
from scenarios.ground.scene import PLANS, TOWNSHIP_RADIUS_M, Progress, Scene, build_scene
from scenarios.ground.settlements import LONLAT, Township, with_published
from scenarios.ground.terrain import Land, Relief

Size = Literal["township", "county", "province"]
RELIEF = Relief(790.0, 1946.0)  # the county's lowest and highest ground (domain §9)


@dataclass(frozen=True)
class Elevation:
    """(rows, cols) float32 heights in m (1985 datum by convention), NaN outside the outline and its margin."""

    height_m: NDArray[np.float32]
    affine: Affine
    epsg: int


@dataclass(frozen=True)
class Ground:
    """`layers`: one frame per collection, columns as in the definitions, EPSG:4490. `outline`: what it fills (lon/lat)."""

    layers: dict[str, gpd.GeoDataFrame]
    dem: Elevation
    outline: shapely.Geometry


def make_ground(
    outline: shapely.Geometry,
    *,
    code: str,
    name: str,
    townships: list[Township],
    metric_epsg: int,
    seed: int,
    size: Size,
    real: dict[str, gpd.GeoDataFrame] | None = None,
    real_names: frozenset[str] = frozenset(),
    progress: Progress = lambda text: None,
) -> Ground:
    """An exercise ground inside a real outline. The same arguments give the same rows, to the last bit.

    outline : lon/lat (CGCS2000) polygon or multipolygon of the county `code`, called `name`.
    townships : real names and codes, the county seat first; their borders are invented.
    metric_epsg : the county's metric CRS. real : layers that exist already (mines): kept, not invented.
    real_names : names of real places of the county, which no invented place may have.
    """
    progress(f"{name} 演练场 exercise ground, {size}")
    towns = tuple(with_published(t) for t in townships)
    if size == "province":
        return _province(outline, metric_epsg, seed, progress)
    if size == "township":
        towns = towns[:1]
        outline = _around_seat(outline, towns[0], metric_epsg)
    scene = build_scene(outline, towns, code, metric_epsg, seed, PLANS[size], RELIEF, real_names, progress)
    return Ground(_layers(scene, seed, real or {}, progress), _dem(scene.land, metric_epsg), outline)


def _province(outline: shapely.Geometry, metric_epsg: int, seed: int, progress: Progress) -> Ground:
    """A square of 400 km about the outline: see province.py for what is simpler there."""
    centre = gpd.GeoSeries([outline], crs=LONLAT).to_crs(metric_epsg).iloc[0].centroid
    progress("地形 terrain")
    country = make_country(centre.x, centre.y, metric_epsg, seed)
    progress("图层 layers")
    square = gpd.GeoSeries([country.square], crs=metric_epsg).to_crs(LONLAT).iloc[0]
    return Ground(province_layers(country, seed), _dem(country.land, metric_epsg), square)


def _around_seat(outline: shapely.Geometry, town: Township, metric_epsg: int) -> shapely.Geometry:
    """The part of the outline around the seat: as big as a township."""
    metric = gpd.GeoSeries([outline], crs=LONLAT).to_crs(metric_epsg).iloc[0]
    centre = metric.representative_point()
    if town.seat is not None:
        hint = gpd.GeoSeries([shapely.Point(*town.seat)], crs=LONLAT).to_crs(metric_epsg).iloc[0]
        centre = hint if metric.contains(hint) else centre
    piece = metric.intersection(centre.buffer(TOWNSHIP_RADIUS_M, quad_segs=4))
    lonlat = gpd.GeoSeries([piece], crs=metric_epsg).to_crs(LONLAT).iloc[0]
    return max(shapely.get_parts(lonlat), key=lambda part: part.area)


def _layers(
    scene: Scene, seed: int, real: dict[str, gpd.GeoDataFrame], progress: Progress
) -> dict[str, gpd.GeoDataFrame]:
    filler = Filler(np.random.default_rng([seed, 5]), scene.code, scene.metric_epsg)
    sheets: dict[str, gpd.GeoDataFrame] = {}
    themes: list[tuple[str, Callable[[Scene, Filler, dict[str, gpd.GeoDataFrame]], dict[str, gpd.GeoDataFrame]]]] = [
        ("道路水系 rivers and roads", way_rows),
        ("村庄 villages", place_rows),
        ("隐患 hazards", hazard_rows),
        ("防汛 flood", water_rows),
        ("受威胁户 households", households),
        ("林区 forest", forest_rows),
        ("资源 resources", resource_rows),
        ("企业 industry", lambda s, f, done: industry_rows(s, f, done, real.get("mines"))),
    ]
    for words, rows in themes:
        progress(words)
        sheets |= rows(scene, filler, sheets)
    link(sheets, scene.metric_epsg, kept=real)
    return {name: sheets[name] for name in LAYERS if name in sheets}


def _dem(land: Land, epsg: int) -> Elevation:
    return Elevation(np.asarray(land.lattice.grid(land.height_m), np.float32), land.lattice.affine, epsg)


def write_ground(ground: Ground, folder: Path) -> None:
    """County-pack layout: layers/<name>.parquet (GeoParquet, small JSON objects as text) and dem.tif (tiled, overviews)."""
    (folder / "layers").mkdir(parents=True, exist_ok=True)
    for name, frame in ground.layers.items():
        as_text(frame).to_parquet(folder / "layers" / f"{name}.parquet", index=False)
    _write_dem(ground.dem, folder / "dem.tif")


def as_text(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame with dictionaries written as JSON text: Parquet would merge their keys."""
    out = frame.copy()
    for column in out.columns:
        if out[column].map(lambda value: isinstance(value, dict)).any():
            out[column] = [
                None if v is None else json.dumps(v, ensure_ascii=False, sort_keys=True) for v in out[column]
            ]
    return out


NODATA = -9999.0


def _write_dem(dem: Elevation, path: Path) -> None:
    """Cloud-optimised GeoTIFF. Decimetres, as the compression likes them and no exercise needs more."""
    rows, cols = dem.height_m.shape
    values = np.where(np.isnan(dem.height_m), NODATA, np.round(dem.height_m, 1)).astype(np.float32)
    with rasterio.open(
        path,
        "w",
        driver="COG",
        height=rows,
        width=cols,
        count=1,
        dtype="float32",
        crs=f"EPSG:{dem.epsg}",
        transform=dem.affine,
        nodata=NODATA,
        compress="DEFLATE",
        predictor="YES",
        overview_resampling=Resampling.average.name,
    ) as file:
        file.write(values, 1)
