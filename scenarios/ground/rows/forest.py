"""Forest on the high ground, and the towers, checkpoints and water points around it."""

from datetime import date

import geopandas as gpd
import numpy as np
import shapely
from rasterio.features import shapes
from scipy.ndimage import gaussian_filter

from scenarios.ground.filling import Columns, Filler, codes, only, points
from scenarios.ground.hazards import mark_lines, thinned
from scenarios.ground.lattice import Ints
from scenarios.ground.scene import Scene
from scenarios.ground.terrain import fractal

Sheets = dict[str, gpd.GeoDataFrame]
FOREST_SHARE = 0.42  # forest cover of the county about 2011 (domain §9)
LEAST_ZONE_M2 = 600_000.0
CLEARING_M = 150.0  # forest keeps this far from houses


def forest_rows(scene: Scene, filler: Filler, sheets: Sheets) -> Sheets:
    zones = forest_polygons(scene)
    out = {"fire_zones": fire_zones(scene, filler, zones)}
    out["fire_facilities"] = fire_facilities(scene, filler, zones, out["fire_zones"])
    return out


def forest_polygons(scene: Scene) -> np.ndarray:
    """(k,) the highest and most mountainous 42 % of the ground, in pieces of a township."""
    land, lattice = scene.land, scene.land.lattice
    grain = fractal(lattice.inside.shape, np.random.default_rng([len(land.height_m), 4]), 3_000 / lattice.cell_m, 4)
    score = (land.height_m - land.height_m.mean()) / land.height_m.std() + 1.2 * land.highland
    score = score + 0.5 * grain[lattice.row, lattice.col] + 0.004 * np.minimum(scene.streams.above_m, 120)
    smooth = gaussian_filter(np.nan_to_num(np.asarray(lattice.grid(score), float)), 4)[lattice.row, lattice.col]
    wooded = scene.inside & (smooth >= np.quantile(smooth[scene.inside], 1 - FOREST_SHARE))
    clearings = shapely.buffer(points(scene.places.house_x, scene.places.house_y), CLEARING_M, quad_segs=1)
    wooded &= ~mark_lines(lattice, clearings)
    coarse = np.asarray(lattice.grid(wooded.astype(np.uint8), 0)).astype(np.uint8)
    pieces = [shapely.geometry.shape(s) for s, v in shapes(coarse, mask=coarse > 0, transform=lattice.affine) if v]
    woods = [shapely.simplify(p, 45.0) for p in pieces if p.area > LEAST_ZONE_M2]
    borders = gpd.GeoSeries(scene.borders_lonlat, crs=4490).to_crs(scene.metric_epsg).to_numpy()
    cut = shapely.intersection(
        shapely.make_valid(shapely.union_all(shapely.make_valid(np.array(woods, dtype=object)))), borders
    )
    parts = shapely.get_parts(shapely.get_parts(cut))
    parts = np.array(
        [
            shapely.Polygon(p.exterior, [r for r in p.interiors if shapely.Polygon(r).area > 90_000])
            for p in parts
            if p.geom_type == "Polygon" and p.area > LEAST_ZONE_M2
        ],
        dtype=object,
    )
    return parts[np.asarray(shapely.is_valid(parts), bool)]


def fire_zones(scene: Scene, filler: Filler, zones: np.ndarray) -> gpd.GeoDataFrame:
    rng, count = filler.rng, len(zones)
    middle = shapely.point_on_surface(zones)
    x, y = shapely.get_x(middle), shapely.get_y(middle)
    high = scene.land.highland[np.maximum(scene.land.lattice.at(x, y), 0)]
    kind = np.where(
        high > 0.6, "conifer", rng.choice(["mixed", "broadleaf", "shrub"], count, p=[0.5, 0.3, 0.2])
    ).astype(object)
    species = {"conifer": "油松", "mixed": "油松、辽东栎", "broadleaf": "辽东栎、山杨", "shrub": "沙棘、黄刺玫"}
    columns: Columns = {
        "code": codes(f"{scene.code}-FZ-", count),
        "name": np.array([f"演练火险区{n:02d}" for n in range(1, count + 1)], dtype=object),
        "grade": np.where(high > 0.6, "1", np.where(high > 0.3, "2", "3")).astype(object),
        "forest_type": kind,
        "species": np.array([species[k] for k in kind.tolist()], dtype=object),
        "area_ha": (shapely.area(zones) / 1e4).round(1),
        "owner": np.where(high > 0.5, "state", "collective").astype(object),
        "season_from": date(2025, 10, 1),
        "season_to": date(2026, 5, 31),
        "status": "fire_season",
        "neighbours": "相邻乡镇",
    }
    return filler.sheet("fire_zones", zones, scene.town_code(x, y), columns)


FACILITY_PER_KM2 = {
    "tower": 1 / 120.0,
    "camera": 1 / 90.0,
    "checkpoint": 1 / 45.0,
    "water": 1 / 50.0,
    "store": 1 / 180.0,
    "voice_pole": 1 / 60.0,
    "helipad": 1 / 500.0,
}
FACILITY_ZH = {
    "tower": "瞭望塔",
    "camera": "林火视频",
    "checkpoint": "检查站",
    "water": "取水点",
    "store": "防火物资点",
    "voice_pole": "语音宣传杆",
    "helipad": "停机坪",
}


def fire_facilities(scene: Scene, filler: Filler, zones: np.ndarray, zone_sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Towers and cameras on summits, checkpoints where a road enters the forest, water by the streams."""
    rng, km2 = filler.rng, float(scene.outline.area / 1e6)
    nodes, kinds = [], []
    for kind, density in FACILITY_PER_KM2.items():
        where = _sites(scene, kind, zones)
        score = scene.land.height_m[where] if kind in ("tower", "camera") else rng.random(len(where))
        chosen = where[
            thinned(
                scene.land.lattice.x[where], scene.land.lattice.y[where], score, 1_500.0, max(1, round(km2 * density))
            )
        ]
        nodes.append(chosen)
        kinds += [kind] * len(chosen)
    node, kinds_of = np.concatenate(nodes), np.array(kinds, dtype=object)
    x, y, count = scene.land.lattice.x[node], scene.land.lattice.y[node], len(node)
    tower, water, check = np.isin(kinds_of, ["tower", "camera"]), kinds_of == "water", kinds_of == "checkpoint"
    columns: Columns = {
        "code": codes(f"{scene.code}-FF-", count),
        "name": np.array([f"演练{FACILITY_ZH[k]}{n:03d}" for n, k in enumerate(kinds_of.tolist(), 1)], dtype=object),
        "kind": kinds_of,
        "fire_zone": zone_sheet["code"].to_numpy()[shapely.STRtree(zones).nearest(points(x, y))],
        "staff": np.where(check, rng.integers(2, 5, count), 0),
        "gate": check,
        "hours": only(check, "防火期24小时"),
        "height_m": np.where(tower, rng.uniform(12, 30, count).round(), np.nan),
        "range_km": np.where(tower, rng.uniform(5, 12, count).round(1), np.nan),
        "azimuth_from_deg": np.where(tower, 0.0, np.nan),
        "azimuth_to_deg": np.where(tower, 360.0, np.nan),
        "water_kind": only(water, rng.choice(["river", "pond", "tank"], count)),
        "water_m3": np.where(water, rng.uniform(80, 2_000, count).round(), np.nan),
        "winter_ice": water,
        "pump_access": water,
        "helicopter_dip": water & (rng.random(count) < 0.15),
        "pad_length_m": np.where(kinds_of == "helipad", 30.0, np.nan),
        "solar_power": kinds_of == "voice_pole",
        "elevation_m": scene.height_at(x, y),
        "elev_datum": "h1985",
    }
    return filler.sheet("fire_facilities", points(x, y), scene.town_code(x, y), columns)


def _sites(scene: Scene, kind: str, zones: np.ndarray) -> Ints:
    """Where each kind of facility can stand."""
    lattice, land = scene.land.lattice, scene.land
    wood = mark_lines(lattice, zones)
    if kind in ("tower", "camera"):
        fit = wood & (land.area_m2 < 4_000) & (scene.streams.above_m > np.quantile(scene.streams.above_m, 0.9))
    elif kind == "checkpoint":
        fit = mark_lines(lattice, scene.roads.lines) & mark_lines(lattice, shapely.boundary(zones))
    elif kind == "water":
        fit = scene.streams.channel & mark_lines(lattice, shapely.buffer(zones, 400.0, quad_segs=2))
    else:
        fit = mark_lines(lattice, shapely.buffer(scene.roads.lines, 60.0, quad_segs=1)) & (land.slope < 0.2)
    fit &= scene.inside
    nodes = np.nonzero(fit)[0]
    return nodes if len(nodes) else np.nonzero(scene.inside & (land.slope < 0.3))[0][:200]
