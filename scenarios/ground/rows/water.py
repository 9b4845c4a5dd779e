"""Stations, river sections, reservoirs, check dams, flood spots and flash-flood zones."""

from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import shapely

from scenarios.ground.filling import Columns, Filler, codes, nearest, objects, only, points
from scenarios.ground.hazards import count_in, thinned
from scenarios.ground.lattice import Floats, Ints
from scenarios.ground.scene import Scene

Sheets = dict[str, gpd.GeoDataFrame]
READ_AT = datetime(2025, 9, 30, 0, 0, tzinfo=UTC)
RAIN_PER_KM2 = 1 / 25.0  # one gauge in 25 km², as dense as small mountain basins are watched
SECTIONS_PER_KM2 = 1 / 90.0
RAIN_MM = (20.0, 30.0, 45.0, 60.0)  # one-hour sums, blue to red
STAGE_STEP_M = (0.0, 0.4, 0.8, 1.2)  # above the warning level
CRACK_MM = (5.0, 10.0, 20.0, 40.0)


def water_rows(scene: Scene, filler: Filler, sheets: Sheets) -> Sheets:
    out = {"river_sections": river_sections(scene, filler)}
    out["stations"] = stations(scene, filler, sheets["geohazards"], out["river_sections"])
    out["reservoirs"] = dams(scene, filler, "reservoirs", 1.2e7, 6e7, 1 / 380.0)
    out["check_dams"] = dams(scene, filler, "check_dams", 1e6, 6e6, 1 / 30.0)
    out["flood_spots"] = flood_spots(scene, filler, sheets["crossings"])
    out["flash_flood_zones"] = flash_flood_zones(scene, filler, sheets["rivers"])
    return out


def _km2(scene: Scene) -> float:
    return float(scene.outline.area / 1e6)


def _stream_sites(
    scene: Scene, least_m2: float, most_m2: float, spacing_m: float, most: int, rng: np.random.Generator
) -> Ints:
    """Channel nodes that drain an area in a range, spread out."""
    area, lattice = scene.land.area_m2, scene.land.lattice
    nodes = np.nonzero(scene.streams.channel & scene.inside & (area >= least_m2) & (area < most_m2))[0]
    if len(nodes) == 0:
        return nodes
    return nodes[thinned(lattice.x[nodes], lattice.y[nodes], rng.random(len(nodes)), spacing_m, most)]


def _stream_name(scene: Scene, node: Ints) -> np.ndarray:
    return scene.village_names[
        scene.places.house_village[
            nearest(scene.land.lattice.x[node], scene.land.lattice.y[node], scene.places.house_x, scene.places.house_y)
        ]
    ]


def river_sections(scene: Scene, filler: Filler) -> gpd.GeoDataFrame:
    count = max(2, round(_km2(scene) * SECTIONS_PER_KM2))
    node = _stream_sites(scene, 1.2e7, np.inf, 2_500, count, filler.rng)
    bed = scene.land.height_m[node]
    depth = 1.2 + 0.35 * np.log10(scene.land.area_m2[node] / 1e6)
    name = _stream_name(scene, node)
    x, y = scene.streams.x[node], scene.streams.y[node]
    columns: Columns = {
        "code": codes(f"{scene.code}-RS-", len(node)),
        "name": np.array([f"{v}断面" for v in name], dtype=object),
        "warning_level_m": (bed + depth).round(2),
        "guarantee_level_m": (bed + depth + 0.8).round(2),
        "bank_left_m": (bed + depth + 1.5).round(2),
        "bank_right_m": (bed + depth + 1.3).round(2),
        "bed_m": bed.round(2),
        "flood_mark_m": (bed + depth + 1.0).round(2),
        "flood_mark_on": date(2021, 10, 6),
        "catchment_km2": (scene.land.area_m2[node] / 1e6).round(1),
        "elevation_m": bed.round(1),
        "elev_datum": "h1985",
    }
    return filler.sheet("river_sections", points(x, y), scene.town_code(x, y), columns)


def stations(
    scene: Scene, filler: Filler, hazard_sheet: gpd.GeoDataFrame, section_sheet: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Rain gauges spread out, level gauges at sections, crack and displacement monitors at watched slopes."""
    rng, lattice = filler.rng, scene.land.lattice
    wanted = max(4, round(_km2(scene) * RAIN_PER_KM2))
    inside = np.nonzero(scene.inside)[0]
    some = np.sort(rng.choice(inside, min(len(inside), 40_000), replace=False))
    gauge = some[
        thinned(lattice.x[some], lattice.y[some], rng.random(len(some)), 0.8 * np.sqrt(1e6 / RAIN_PER_KM2), wanted)
    ]
    metric = section_sheet.geometry.to_crs(scene.metric_epsg)
    watched = np.nonzero(["automatic" in m for m in hazard_sheet["monitor_type"]])[0]
    slope_kind = np.where(np.arange(len(watched)) % 3 == 0, "gnss", "crack")
    kind = np.concatenate([np.full(len(gauge), "rain"), np.full(len(metric), "stage"), slope_kind]).astype(object)
    x = np.concatenate([lattice.x[gauge], metric.x.to_numpy(), scene.threats.x[watched]])
    y = np.concatenate([lattice.y[gauge], metric.y.to_numpy(), scene.threats.y[watched]])
    steps = _thresholds(kind, section_sheet["warning_level_m"].to_numpy())
    unit = np.array([{"rain": "mm", "stage": "m", "crack": "mm", "gnss": "mm"}[k] for k in kind.tolist()], dtype=object)
    dry = np.where(kind == "stage", steps[:, 0] - rng.uniform(0.9, 1.4, len(kind)), rng.uniform(0, 3, len(kind)))
    hazard = np.full(len(kind), None, dtype=object)
    hazard[len(gauge) + len(metric) :] = hazard_sheet["code"].to_numpy()[watched]
    code = codes(f"{scene.code}-ST-", len(kind))
    zh = {"rain": "雨量站", "stage": "水位站", "crack": "裂缝计", "gnss": "位移站"}
    owner = {"rain": "演练县水利局", "stage": "演练县水利局", "crack": "演练县自然资源局", "gnss": "演练县自然资源局"}
    columns: Columns = {
        "code": code,
        "name": np.array([f"演练{zh[k]}{n:03d}" for n, k in enumerate(kind.tolist(), 1)], dtype=object),
        "kind": kind,
        "owner": np.array([owner[k] for k in kind.tolist()], dtype=object),
        "owner_id": code,
        "interval_min": np.where(kind == "rain", 10, np.where(kind == "stage", 10, 60)),
        "unit": unit,
        "sum_window": only(kind == "rain", "1h"),
        "day_boundary": only(kind == "rain", "08"),
        "threshold_blue": steps[:, 0],
        "threshold_yellow": steps[:, 1],
        "threshold_orange": steps[:, 2],
        "threshold_red": steps[:, 3],
        "last_value": dry.round(2),
        "last_at": READ_AT,
        "quality": "good",
        "battery_pct": rng.uniform(40, 100, len(kind)).round(),
        "geohazard": hazard,
        "elevation_m": scene.height_at(x, y),
        "elev_datum": "h1985",
        "status": np.where(rng.random(len(kind)) < 0.97, "working", "faulty").astype(object),
    }
    return filler.sheet("stations", points(x, y), scene.town_code(x, y), columns)


def _thresholds(kind: np.ndarray, warning: Floats) -> Floats:
    """(k, 4) blue to red."""
    steps = np.zeros((len(kind), 4))
    steps[kind == "rain"] = RAIN_MM
    steps[kind == "stage"] = np.asarray(warning, float)[:, None] + np.array(STAGE_STEP_M)
    steps[np.isin(kind, ["crack", "gnss"])] = CRACK_MM
    return steps.round(2)


def dams(scene: Scene, filler: Filler, layer: str, least_m2: float, most_m2: float, per_km2: float) -> gpd.GeoDataFrame:
    """Small reservoirs on tributaries, check dams (淤地坝) in gullies, with the people a break would reach."""
    rng, land = filler.rng, scene.land
    count = max(1, round(_km2(scene) * per_km2))
    node = _stream_sites(scene, least_m2, most_m2, 1_500 if layer == "check_dams" else 4_000, count, rng)
    x, y = scene.streams.x[node], scene.streams.y[node]
    area = land.area_m2[node] / 1e6
    reach = downstream_strip(scene, node, 2_000.0, 50.0)
    _, people = count_in(reach, scene.exposed)
    name = _stream_name(scene, node)
    columns: Columns = {
        "name": np.array([f"{v}{'水库' if layer == 'reservoirs' else '淤地坝'}" for v in name], dtype=object),
        "downstream_people": people,
        "inundation": reach,
        "elevation_m": scene.height_at(x, y),
        "elev_datum": "h1985",
    }
    if layer == "reservoirs":
        columns |= _reservoir(scene, node, area, rng)
    else:
        columns |= _check_dam(scene, node, area, rng)
    return filler.sheet(layer, points(x, y), scene.town_code(x, y), columns)


def _reservoir(scene: Scene, node: Ints, area: Floats, rng: np.random.Generator) -> Columns:
    capacity = (area * rng.uniform(1.5, 4.5, len(node))).round(1)
    bed = scene.land.height_m[node]
    height = (12 + 0.08 * capacity).round(1)
    crest = bed + height
    return {
        "code": codes(f"{scene.code}-RE-", len(node)),
        "reservoir_class": np.where(capacity >= 1_000, "medium", np.where(capacity >= 100, "small1", "small2")).astype(
            object
        ),
        "capacity": np.maximum(capacity, 10.0),
        "dam_height_m": height,
        "crest_m": crest.round(2),
        "flood_limit_m": (crest - 5).round(2),
        "design_level_m": (crest - 3).round(2),
        "check_level_m": (crest - 1.8).round(2),
        "water_level_m": (crest - rng.uniform(5.5, 8, len(node))).round(2),
        "dam_type": "earth",
        "spillway": True,
        "status": "normal",
    }


def _check_dam(scene: Scene, node: Ints, area: Floats, rng: np.random.Generator) -> Columns:
    capacity = (area * rng.uniform(6, 20, len(node))).round(1)
    danger = rng.random(len(node)) < 0.06
    size = np.where(capacity >= 50, "large", np.where(capacity >= 10, "medium", "small")).astype(object)
    return {
        "code": codes(f"{scene.code}-CD-", len(node)),
        "dam_class": size,
        "capacity": capacity,
        "height_m": rng.uniform(8, 22, len(node)).round(1),
        "silted_pct": rng.uniform(20, 90, len(node)).round(),
        "spillway": (size == "large") | (rng.random(len(node)) < 0.3),
        "danger": danger,
        "status": np.where(danger, "defective", "normal").astype(object),
    }


def downstream_strip(scene: Scene, node: Ints, length_m: float, half_width_m: float) -> np.ndarray:
    """(k,) the valley below each node: `length_m` along the stream, `half_width_m` each side (domain §1.1 DOWN)."""
    steps = int(length_m / (1.1 * scene.land.lattice.cell_m))
    at, path = node.copy(), [node]
    for _ in range(steps):
        at = scene.land.flow.receiver[at]
        path.append(at)
    chain = np.stack(path, axis=1)
    lines = shapely.linestrings(np.stack([scene.streams.x[chain], scene.streams.y[chain]], axis=-1))
    strips = shapely.buffer(shapely.simplify(lines, 8.0), half_width_m, quad_segs=3)
    return np.asarray(shapely.buffer(shapely.intersection(strips, scene.outline.buffer(500)), 0))


def flood_spots(scene: Scene, filler: Filler, crossing_sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Underpasses, and low streets by the water at the county seat and township seats (confluences)."""
    rng, places = filler.rng, scene.places
    metric = crossing_sheet.geometry.to_crs(scene.metric_epsg)
    under = np.nonzero((crossing_sheet["kind"] == "underpass").to_numpy())[0]
    lowest = _lowest_houses(scene, 2)
    x = np.concatenate([metric.x.to_numpy()[under], places.house_x[lowest]])
    y = np.concatenate([metric.y.to_numpy()[under], places.house_y[lowest]])
    count, is_under = len(x), np.arange(len(x)) < len(under)
    crossing = np.full(count, None, dtype=object)
    crossing[: len(under)] = crossing_sheet["code"].to_numpy()[under]
    columns: Columns = {
        "code": codes(f"{scene.code}-FS-", count),
        "name": np.array(
            [f"演练{'下穿' if u else '低洼'}易涝点{n:02d}" for n, u in enumerate(is_under.tolist(), 1)], dtype=object
        ),
        "cause": np.where(is_under, "underpass", rng.choice(["low_ground", "pipes", "backwater"], count)).astype(
            object
        ),
        "max_depth_cm": rng.uniform(20, 90, count).round(),
        "max_depth_on": date(2021, 10, 5),
        "warn_depth_cm": 15.0,
        "close_depth_cm": 25.0,
        "drain_min": rng.integers(30, 240, count),
        "pump_m3h": np.where(is_under, 300.0, 0.0),
        "crossing": crossing,
        "control_points": objects([["上游路口", "下游路口"]] * count),
        "owner": "演练县住房和城乡建设局",
        "detour": "经县道绕行",
        "elevation_m": scene.height_at(x, y),
        "elev_datum": "h1985",
    }
    return filler.sheet("flood_spots", points(x, y), scene.town_code(x, y), columns)


def _lowest_houses(scene: Scene, per_town: int) -> Ints:
    """(k,) in every township the houses least above the water, apart from each other."""
    places = scene.places
    town = places.village_town[places.house_village]
    out = []
    for number in range(len(scene.towns)):
        own = np.nonzero(town == number)[0]
        above = scene.streams.above_m[places.house_node[own]]
        out.append(own[thinned(places.house_x[own], places.house_y[own], -above, 300.0, per_town)])
    return np.concatenate(out)


# Rain that moves people, mm: until the county's own survey is loaded (domain §2.3).
PREPARE_MM = (20.0, 30.0, 45.0, 55.0)
LEAVE_MM = (30.0, 45.0, 60.0, 75.0)


def flash_flood_zones(scene: Scene, filler: Filler, river_sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rng, zones = filler.rng, scene.flood_zones
    count = len(zones)
    houses, people = count_in(zones, scene.exposed)
    middle = shapely.point_on_surface(zones)
    x, y = shapely.get_x(middle), shapely.get_y(middle)
    lines = river_sheet.geometry.to_crs(scene.metric_epsg).to_numpy()
    grade = rng.choice(np.array(["danger", "high", "very_high"], dtype=object), count, p=[0.6, 0.3, 0.1])
    years = np.array([{"danger": 50.0, "high": 15.0, "very_high": 5.0}[g] for g in grade.tolist()])
    village = _stream_name(scene, scene.flood_stream)
    columns: Columns = {
        "code": codes(f"{scene.code}-FF-", count),
        "name": np.array([f"{v}山洪危险区{n:03d}" for n, v in enumerate(village, 1)], dtype=object),
        "village": village,
        "stream": river_sheet["code"].to_numpy()[shapely.STRtree(lines).nearest(middle)],
        "grade": grade,
        "return_period_yr": years,
        "households": houses,
        "people": people,
        "weak_people": rng.binomial(people, 0.2),
        "response_min": np.clip((15 + 4 * np.sqrt(scene.land.area_m2[scene.flood_stream] / 1e6)).astype(int), 15, 180),
        "route": _up_and_out(scene, x, y),
        "status": "in_force",
    }
    for span, prepare, leave in zip(("30min", "1h", "3h", "6h"), PREPARE_MM, LEAVE_MM, strict=True):
        columns[f"prepare_{span}_mm"], columns[f"leave_{span}_mm"] = prepare, leave
    return filler.sheet("flash_flood_zones", zones, scene.town_code(x, y), columns)


def _up_and_out(scene: Scene, x: Floats, y: Floats) -> np.ndarray:
    """(k,) from the zone to the nearest house well above the water."""
    places = scene.places
    high = np.nonzero(scene.streams.above_m[places.house_node] > 6)[0]
    high = high if len(high) else np.arange(len(places.house_x))
    to = high[nearest(x, y, places.house_x[high], places.house_y[high])]
    ends = np.stack(
        [np.column_stack([x, y]), np.column_stack([places.house_x[to] + 1.0, places.house_y[to] + 1.0])], axis=1
    )
    return np.asarray(shapely.linestrings(ends), dtype=object)
