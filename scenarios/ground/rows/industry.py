"""Mines in the east, what stands around them, and places with dangerous goods."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import shapely

from scenarios.ground.filling import Columns, Filler, codes, nearest, objects, points
from scenarios.ground.hazards import count_in, mark_lines, thinned
from scenarios.ground.lattice import Floats, Ints
from scenarios.ground.rows.water import downstream_strip
from scenarios.ground.scene import Scene
from scenarios.ground.terrain import along

Sheets = dict[str, gpd.GeoDataFrame]
MINES_PER_KM2 = 1 / 100.0
COUNTED_AT = datetime(2025, 9, 30, 0, 0, tzinfo=UTC)
HEAP_REACH, HEAP_LEAST_M, HEAP_MOST_M = 2.0, 100.0, 500.0  # SLOPE(2.0) within limits, domain §1.2 R04


def industry_rows(scene: Scene, filler: Filler, sheets: Sheets, real_mines: gpd.GeoDataFrame | None) -> Sheets:
    """Real mines stay as they came; invented ones are made only where none were given."""
    out = {"mines": mines(scene, filler) if real_mines is None else real_mines.to_crs(4490)}
    metric = out["mines"].geometry.to_crs(scene.metric_epsg)
    x, y = metric.x.to_numpy(), metric.y.to_numpy()
    inside = scene.inside_at(x, y)
    mine_code = out["mines"]["code"].to_numpy()[inside]
    out["washeries"] = washeries(scene, filler, x[inside], y[inside], mine_code)
    out["spoil_heaps"] = spoil_heaps(scene, filler, x[inside], y[inside], mine_code)
    out["tailings_ponds"] = tailings_ponds(scene, filler)
    out["chemical_sites"] = chemical_sites(scene, filler)
    return out


def _flank(scene: Scene, least_above: float, most_above: float) -> Ints:
    """Nodes on the lower flank of a valley: not steep, out of the water, near a road, away from danger."""
    land, above = scene.land, scene.streams.above_m
    near_road = shapely.buffer(scene.roads.lines, 220.0, quad_segs=2)
    beside = mark_lines(land.lattice, near_road)
    taken = mark_lines(land.lattice, scene.danger)
    good = scene.inside & beside & ~taken & (above > least_above) & (above < most_above) & (land.slope < 0.35)
    return np.nonzero(good)[0]


def mines(scene: Scene, filler: Filler) -> gpd.GeoDataFrame:
    """Coal mines where the coal is: the eastern third."""
    rng, lattice = filler.rng, scene.land.lattice
    sites = _flank(scene, 6, 80)
    east = along(lattice, 90.0)[sites]
    sites = sites[east > np.quantile(east, 0.65)]
    count = max(1, round(float(scene.outline.area) / 1e6 * MINES_PER_KM2))
    node = sites[thinned(lattice.x[sites], lattice.y[sites], rng.random(len(sites)), 2_200, count)]
    x, y = lattice.x[node], lattice.y[node]
    count = len(node)
    capacity = rng.choice([60.0, 90.0, 120.0, 150.0, 180.0, 300.0], count, p=[0.2, 0.25, 0.3, 0.1, 0.1, 0.05])
    shift = (capacity * rng.uniform(0.9, 1.4, count)).astype(np.int64)
    shaft = scene.height_at(x, y)
    flood = scene.land.height_m[scene.streams.nearest[node]] + 3
    status = rng.choice(np.array(["producing", "suspended", "building"], dtype=object), count, p=[0.85, 0.1, 0.05])
    inflow = rng.uniform(30, 160, count).round()
    field = shapely.intersection(
        shapely.buffer(points(x, y), np.sqrt(capacity / 60) * 1_150.0, quad_segs=2), scene.outline
    )
    columns: Columns = {
        "code": codes(f"{scene.code}-MN-", count),
        "name": np.array([f"演练煤矿{n:02d}" for n in range(1, count + 1)], dtype=object),
        "mine_kind": "coal",
        "method": "underground",
        "mineral": "煤",
        "capacity": capacity,
        "gas_class": "low",
        "boundary": np.array([_whole(f) for f in field], dtype=object),
        "shaft_elev_m": shaft,
        "flood_level_m": np.minimum(flood, shaft - 0.5).round(1),
        "main_shaft": points(x, y),
        "aux_shaft": points(x + 60, y + 20),
        "air_shaft": points(x - 45, y + 110),
        "depth_m": rng.uniform(180, 420, count).round(),
        "normal_inflow_m3h": inflow,
        "pump_capacity_m3h": (inflow * rng.uniform(2.0, 3.5, count)).round(),
        "workforce": shift * 5,
        "max_underground": shift,
        "underground_now": np.where(status == "producing", (shift * 0.8).astype(int), 0),
        "underground_at": COUNTED_AT,
        "evac_minutes": rng.integers(35, 60, count),
        "drive_min": rng.integers(12, 30, count),
        "status": status,
        "elevation_m": shaft,
        "elev_datum": "h1985",
    }
    return filler.sheet("mines", points(x, y), scene.town_code(x, y), columns)


def _whole(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def _beside(
    scene: Scene, x: Floats, y: Floats, least_above: float, most_above: float, rng: np.random.Generator, reach_m: float
) -> Ints:
    """(k,) a site within about `reach_m` of each point."""
    sites = _flank(scene, least_above, most_above)
    turn = rng.uniform(0, 2 * np.pi, len(x))
    away = rng.uniform(0.4, 1.0, len(x)) * reach_m
    lattice = scene.land.lattice
    return sites[nearest(x + away * np.cos(turn), y + away * np.sin(turn), lattice.x[sites], lattice.y[sites])]


def washeries(scene: Scene, filler: Filler, x: Floats, y: Floats, mine_code: np.ndarray) -> gpd.GeoDataFrame:
    rng = filler.rng
    some = np.arange(len(x))[rng.random(len(x)) < 0.7] if len(x) > 1 else np.arange(len(x))
    node = np.unique(_beside(scene, x[some], y[some], 4, 60, rng, 900)) if len(some) else some
    at_x, at_y = scene.land.lattice.x[node], scene.land.lattice.y[node]
    mine = mine_code[nearest(at_x, at_y, x, y)] if len(node) else np.array([], dtype=object)
    columns: Columns = {
        "code": codes(f"{scene.code}-WS-", len(node)),
        "name": np.array([f"演练洗煤厂{n:02d}" for n in range(1, len(node) + 1)], dtype=object),
        "capacity": rng.choice([60.0, 90.0, 120.0, 180.0], len(node)),
        "upstream_mine": mine,
        "operator": "演练洗选公司",
        "shift_people": rng.integers(12, 40, len(node)),
        "status": "working",
        "slurry_pond": True,
        "dust_explosive": True,
        "silos": rng.random(len(node)) < 0.6,
        "under_slope": scene.land.slope[node] > 0.25,
        "elevation_m": scene.height_at(at_x, at_y),
        "elev_datum": "h1985",
    }
    return filler.sheet("washeries", points(at_x, at_y), scene.town_code(at_x, at_y), columns)


def spoil_heaps(scene: Scene, filler: Filler, x: Floats, y: Floats, mine_code: np.ndarray) -> gpd.GeoDataFrame:
    """One heap in a gully near each mine, with the sector below its toe."""
    rng, lattice = filler.rng, scene.land.lattice
    node = _beside(scene, x, y, 25, 140, rng, 1_300) if len(x) else np.zeros(0, np.int64)
    node = np.unique(node)
    at_x, at_y = lattice.x[node], lattice.y[node]
    count = len(node)
    below = node.copy()
    for _ in range(6):
        below = scene.land.flow.receiver[below]
    fall = np.arctan2(lattice.x[below] - at_x, lattice.y[below] - at_y)
    height = rng.uniform(18, 70, count).round()
    radius = 1.6 * height
    toe = sector(at_x, at_y, fall, radius, np.clip(HEAP_REACH * height, HEAP_LEAST_M, HEAP_MOST_M))
    houses, people = count_in(toe, scene.exposed)
    status = rng.choice(
        np.array(["in_use", "suspended", "governed", "closed"], dtype=object), count, p=[0.6, 0.15, 0.15, 0.1]
    )
    volume = (height * radius**2 * 1.2 / 1e4).round(1)
    columns: Columns = {
        "code": codes(f"{scene.code}-SH-", count),
        "name": np.array([f"演练矸石场{n:02d}" for n in range(1, count + 1)], dtype=object),
        "kind": "gangue",
        "operator": "演练煤业公司",
        "mine": mine_code[nearest(at_x, at_y, x, y)] if count else np.array([], dtype=object),
        "volume": volume,
        "design_volume": (volume * rng.uniform(1.1, 2.0, count)).round(1),
        "area_m2": (np.pi * radius**2).round(),
        "height_m": height,
        "steps": np.maximum(height // 12, 1).astype(int),
        "slope_deg": rng.uniform(26, 38, count).round(),
        "footprint": shapely.buffer(points(at_x, at_y), radius, quad_segs=4),
        "toe": toe,
        "fall_bearing_deg": (np.degrees(fall) % 360).round(),
        "burning": (rng.random(count) < 0.2) & (status != "closed"),
        "retaining_dam": rng.random(count) < 0.85,
        "drainage": rng.random(count) < 0.8,
        "yard_people": np.where(status == "in_use", rng.integers(4, 15, count), 0),
        "threat_households": houses,
        "threat_people": people,
        "status": status,
        "elevation_m": scene.height_at(at_x, at_y),
        "elev_datum": "h1985",
    }
    return filler.sheet("spoil_heaps", points(at_x, at_y), scene.town_code(at_x, at_y), columns)


def sector(x: Floats, y: Floats, bearing: Floats, inner: Floats, reach: Floats) -> np.ndarray:
    """(k,) ±30° about a bearing (radians, clockwise from north), from the point to `inner + reach` m."""
    turns = np.radians(np.linspace(-30, 30, 7))
    far = (inner + reach)[:, None]
    edge = np.stack(
        [x[:, None] + far * np.sin(bearing[:, None] + turns), y[:, None] + far * np.cos(bearing[:, None] + turns)],
        axis=-1,
    )
    ring = np.concatenate([np.stack([x, y], axis=-1)[:, None, :], edge], axis=1)
    return np.asarray(shapely.polygons(ring), dtype=object) if len(x) else np.array([], dtype=object)


def tailings_ponds(scene: Scene, filler: Filler) -> gpd.GeoDataFrame:
    """One pond, so that the rule for ponds can be drilled: the county's notice names none."""
    area, lattice = scene.land.area_m2, scene.land.lattice
    fit = np.nonzero(scene.inside & scene.streams.channel & (area > 8e5) & (area < 4e6))[0]
    node = fit[[int(np.argmax(along(lattice, 90.0)[fit] + 0.1 * filler.rng.random(len(fit))))]]
    x, y = scene.streams.x[node], scene.streams.y[node]
    bed = scene.land.height_m[node]
    reach = downstream_strip(scene, node, 1_000.0, 100.0)
    _, people = count_in(reach, scene.exposed)
    columns: Columns = {
        "code": codes(f"{scene.code}-TP-", 1),
        "name": "演练尾矿库",
        "note": "仅供演练,本县未公布尾矿库",
        "grade": "5",
        "volume": 42.0,
        "height_m": 22.0,
        "safety": "normal",
        "dam_type": "upstream",
        "flood_limit_m": (bed + 17).round(2),
        "water_level_m": (bed + 15.2).round(2),
        "min_beach_m": 40.0,
        "beach_m": 75.0,
        "above_heads": people > 0,
        "inundation": reach,
        "downstream_people": people,
        "people_within_1km": people,
        "owner": "演练矿业公司",
        "status": "suspended",
        "elevation_m": bed.round(1),
        "elev_datum": "h1985",
    }
    return filler.sheet("tailings_ponds", points(x, y), scene.town_code(x, y), columns)


PETROL = {"8006-61-9": {"name": "汽油", "max_t": 45.0}, "68334-30-5": {"name": "柴油", "max_t": 60.0}}
LNG = {"74-82-8": {"name": "液化天然气", "max_t": 25.0, "pressure_mpa": 0.8}}
EXPLOSIVES = {"6484-52-2": {"name": "硝酸铵类炸药", "max_t": 8.0}}
SITE_SHARE = {"petrol": 0.75, "gas": 0.2}


def chemical_sites(scene: Scene, filler: Filler) -> gpd.GeoDataFrame:
    """Petrol and gas stations along the main roads, and one explosives store out of the way."""
    rng = filler.rng
    main = scene.roads.lines[scene.roads.rank <= 2]
    main = main if len(main) else scene.roads.lines
    total = float(shapely.length(main).sum())
    count = max(3, round(total / 6_000))
    spot = shapely.line_interpolate_point(
        shapely.line_merge(shapely.union_all(main)) if len(main) == 1 else main[rng.integers(0, len(main), count)],
        rng.uniform(0.1, 0.9, count),
        normalized=True,
    )
    sites = _flank(scene, 2, 60)
    lattice = scene.land.lattice
    node = sites[nearest(shapely.get_x(spot), shapely.get_y(spot), lattice.x[sites], lattice.y[sites])]
    quiet = sites[int(np.argmax(shapely.distance(points(lattice.x[sites], lattice.y[sites]), shapely.union_all(main))))]
    node = np.append(np.unique(node), quiet)
    kind = np.where(rng.random(len(node)) < SITE_SHARE["petrol"], "petrol", "gas").astype(object)
    kind[-1] = "explosives"
    zh = {"petrol": "加油站", "gas": "加气站", "explosives": "民爆仓库"}
    goods = {"petrol": PETROL, "gas": LNG, "explosives": EXPLOSIVES}
    held = objects([goods[k] for k in kind.tolist()])
    x, y = lattice.x[node], lattice.y[node]
    columns: Columns = {
        "code": codes(f"{scene.code}-HC-", len(node)),
        "name": np.array([f"演练{zh[k]}{n:02d}" for n, k in enumerate(kind.tolist(), 1)], dtype=object),
        "site_kind": kind,
        "operator": "演练经营公司",
        "substances": held,
        "major_hazard_level": "none",
        "r_value": np.full(len(node), np.nan),  # only a major hazard has one
        "toxic": False,
        "explosive": kind != "petrol",
        "flammable": kind != "explosives",
        "shift_people": rng.integers(2, 8, len(node)),
        "shut_off": True,
        "status": "working",
        "safety_distance": shapely.buffer(points(x, y), np.where(kind == "explosives", 400.0, 100.0), quad_segs=6),
        "elevation_m": scene.height_at(x, y),
        "elev_datum": "h1985",
    }
    return filler.sheet("chemical_sites", points(x, y), scene.town_code(x, y), columns)
