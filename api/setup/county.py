"""The county steps of `up` and of `./anlan county`: packs through layers.counties, the ground through scenarios.ground.

Elevation models are named relative to the var folder in app.counties: a checkout that moves keeps its hillshade.
"""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.json import Jsonb

from api.settings import ROOT, var_folder
from api.setup.console import division_lists
from api.setup.database import plain_words
from api.setup.progress import say, step
from layers.cluster import NotReady
from layers.errors import BadPack
from layers.osm import EXTRACT

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from layers.counties import CountyPack, Source
    from scenarios.ground import Size

SHIPPED = ROOT / "layers" / "packs"
AUTHOR = "anlan"  # who `updated_by` names for rows loaded from the shell

REGISTER = """
insert into app.counties (code, name, en, metric_epsg, centre_lon, centre_lat, sources, dem_path)
values (%(code)s, %(name)s, %(en)s, %(metric_epsg)s, %(lon)s, %(lat)s, %(sources)s, %(dem)s)
on conflict (code) do update set name = excluded.name, en = excluded.en, metric_epsg = excluded.metric_epsg,
  centre_lon = excluded.centre_lon, centre_lat = excluded.centre_lat, sources = excluded.sources,
  dem_path = coalesce(excluded.dem_path, app.counties.dem_path), loaded_at = now()
"""


def shipped_pack(code: str) -> Path:
    """The folder of a pack that comes with the code."""
    return SHIPPED / code


def load_pack(owner_url: str, folder: Path) -> "CountyPack":
    """Loads a county pack whole or not at all, and says what it brought. Raises BadPack."""
    from layers.counties import pack_rows, read_pack
    from layers.loading import load_rows
    from layers.registry import layer_named

    if _needs_lists(folder):
        division_lists()
    pack = read_pack(folder)
    title = step(f"导入县数据包 {pack.name}", f"Loading the county pack {pack.en}")
    with title as loading, plain_words(), psycopg.connect(owner_url) as connection:
        _register(connection, pack)
        for name, frame in pack_rows(pack):
            layer = layer_named(name)
            load_rows(connection, layer, frame, AUTHOR)
            loading.note(f"{layer.zh} {len(frame)}")
    return pack


def say_what_is_missing(pack: "CountyPack") -> None:
    """What to ask the county for next, most needed first."""
    from layers.counties import what_is_missing

    missing = what_is_missing(pack)
    if missing:
        say(f"  尚缺 {'、'.join(zh for zh, _ in missing)}")
        say(f"  still wanted: {', '.join(en for _, en in missing)}")


def _needs_lists(folder: Path) -> bool:
    """Whether the pack takes its outline or its villages from the national lists."""
    toml = folder / "county.toml"
    return toml.is_file() and "\npackage = " in toml.read_text(encoding="utf-8")


def _register(connection: psycopg.Connection, pack: "CountyPack") -> None:
    """The county's row in app.counties. Elevation model and road extract are copied: a pack may lie on a stick that is
    pulled out."""
    dem = None
    if pack.osm is not None:
        _copy(pack.path(pack.osm.file), _county_folder(pack.code) / EXTRACT)
    if pack.dem_path is not None:
        dem = _county_folder(pack.code) / "surveyed.tif"
        _copy_with_overviews(pack.dem_path, dem)
    lon, lat = pack.centre
    of_dem = pack.dem.source if pack.dem is not None else None
    sources = [_told(source) | ({"elevation": True} if source.key == of_dem else {}) for source in pack.sources]
    connection.execute(REGISTER, {
        "code": pack.code, "name": pack.name, "en": pack.en, "metric_epsg": pack.metric_epsg, "lon": lon, "lat": lat,
        "sources": Jsonb(sources), "dem": _below_var(dem) if dem is not None else None,
    })


def _told(source: "Source") -> dict[str, Any]:
    """A source as the console shows it: without the key by which its pack refers to it."""
    return {key: value for key, value in asdict(source).items() if key != "key"}


def _copy(file: Path, into: Path) -> None:
    """Beside, then renamed: whoever reads it has the old or the new one."""
    beside = into.with_suffix(".new")
    shutil.copyfile(file, beside)
    beside.replace(into)


def _copy_with_overviews(model: Path, into: Path) -> None:
    """The same heights as a cloud-optimised GeoTIFF, so that overview tiles need not read all of them. Raises BadPack."""
    from rasterio._err import CPLE_BaseError  # what copy lets through of GDAL; rasterio has no public name for it
    from rasterio.errors import RasterioError
    from rasterio.shutil import copy

    beside = into.with_suffix(".new")
    try:
        copy(model, beside, driver="COG", compress="DEFLATE", overview_resampling="AVERAGE")
    except (RasterioError, CPLE_BaseError) as problem:
        beside.unlink(missing_ok=True)
        said = str(problem).replace(str(model), model.name)
        raise BadPack(f"高程模型 {model.name} 无法读取:{said}", f"The elevation model {model.name} cannot be read: {said}") from problem
    beside.replace(into)


def _below_var(path: Path) -> str:
    return str(path.relative_to(var_folder()))


def load_exercise_ground(owner_url: str, pack_folder: Path, size: "Size", seed: int) -> None:
    """Fills a county with the exercise ground, layer by layer, wherever its pack has no real rows."""
    from layers.counties import boundary, pack_rows, read_pack, township_names, village_names
    from scenarios.ground import Township, make_ground, write_ground

    pack = read_pack(pack_folder)
    outline = boundary(pack)
    if outline is None:
        raise NotReady(f"{pack.name} 没有县界,无法建演练场。", f"{pack.en} has no outline to make an exercise ground in.")
    real = dict(pack_rows(pack))
    towns = township_names(pack)
    names = {str(town["name"]) for town in towns} | {village.name for village in village_names(pack)}
    with step(f"建立演练场({size})", "Making the exercise ground"):
        ground = make_ground(
            outline, code=pack.code, name=pack.name, townships=[Township(str(t["code"]), str(t["name"])) for t in towns],
            metric_epsg=pack.metric_epsg, seed=seed, size=size, real=real, real_names=frozenset(names),
        )
        folder = _county_folder(pack.code)
        write_ground(ground, folder)
    invented = {name: frame for name, frame in ground.layers.items() if name not in real}
    rows = sum(len(frame) for frame in invented.values())
    with step("导入演练场", "Loading the exercise ground") as loading, plain_words():
        _load_invented(owner_url, pack.code, invented, folder / "dem.tif")
        loading.note(f"{len(invented)} 图层 layers, {rows} 行 rows")


def _load_invented(owner_url: str, code: str, invented: "dict[str, GeoDataFrame]", dem: Path) -> None:
    """All layers in one transaction; the county's own elevation model, where it has one, stays."""
    from layers.loading import load_rows
    from layers.registry import layer_named

    with psycopg.connect(owner_url) as connection:
        for name, frame in invented.items():
            load_rows(connection, layer_named(name), frame, AUTHOR)
        connection.execute("update app.counties set exercise = true, dem_path = coalesce(dem_path, %s) where code = %s",
                           (_below_var(dem), code))


def _county_folder(code: str) -> Path:
    folder = var_folder() / "counties" / code
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def new_pack(place: str) -> Path:
    """A starting pack in var/packs/CODE for any county of the national list."""
    from layers.counties import init_pack

    division_lists()
    return init_pack(place, var_folder() / "packs")


def listed(owner_url: str) -> list[str]:
    """A line for each loaded county: code, name, when, rows of its layers."""
    with psycopg.connect(owner_url) as connection:
        rows = connection.execute(
            "select code, name, en, to_char(loaded_at, 'YYYY-MM-DD'), case when exercise then '演练数据 exercise' else '' end"
            " from app.counties order by code").fetchall()
    return ["\t".join(str(value) for value in row) for row in rows]
