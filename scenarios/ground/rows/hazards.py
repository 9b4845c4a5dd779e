"""Geohazard points, the risk zones around them, and flash-flood zones."""

import geopandas as gpd
import numpy as np
import shapely

from layers.definitions.geohazards import DANGER_GRADES, SCALES
from scenarios.ground.filling import Columns, Filler, codes, nearest, objects, points
from scenarios.ground.hazards import count_in
from scenarios.ground.lattice import Floats, Ints
from scenarios.ground.scene import Scene

Sheets = dict[str, gpd.GeoDataFrame]
HOUSEHOLD_ASSETS = 12.0  # 万元 a household: house, tools, stock
KIND_ZH = {"landslide": "滑坡", "collapse": "崩塌", "unstable_slope": "不稳定斜坡", "debris_flow": "泥石流"}
TYPE_CODE = {"landslide": "01", "collapse": "02", "debris_flow": "03", "unstable_slope": "07"}
DEPTH_M = {"landslide": (3, 12), "collapse": (1, 4), "unstable_slope": (2, 6), "debris_flow": (1, 3)}


def hazard_rows(scene: Scene, filler: Filler, sheets: Sheets) -> Sheets:
    out = {"geohazards": geohazards(scene, filler)}
    out["risk_zones"] = risk_zones(scene, filler, out["geohazards"])
    return out


def geohazards(scene: Scene, filler: Filler) -> gpd.GeoDataFrame:
    """Every point with what stands in its zone, graded by the tables of the definition."""
    threats, rng = scene.threats, filler.rng
    count = len(threats.x)
    depth = np.array([rng.uniform(*DEPTH_M[k]) for k in threats.kind.tolist()])
    size = np.maximum(threats.length_m * threats.width_m * depth * 0.5, 100).round(-1)
    assets = (
        threats.houses * HOUSEHOLD_ASSETS * rng.uniform(0.7, 1.4, count) + np.where(threats.on_road, 20, 0)
    ).round(1)
    village = scene.village_names[_village_of(scene, threats.x, threats.y)]
    grade = graded(DANGER_GRADES, np.column_stack([threats.people, assets]))
    big = (grade != "small") | (rng.random(count) < 0.15)
    columns: Columns = {
        "code": codes(f"{scene.code}-GH-", count),
        "name": np.array(
            [f"{v}{KIND_ZH[k]}{n:03d}" for n, (v, k) in enumerate(zip(village, threats.kind.tolist(), strict=True), 1)],
            dtype=object,
        ),
        "village": village,
        "unified_code": np.array(
            [f"{scene.code}{TYPE_CODE[k]}{n:04d}" for n, k in enumerate(threats.kind.tolist(), 1)], dtype=object
        ),
        "hazard_type": threats.kind.astype(object),
        "triggers": _triggers(threats.kind, rng),
        "size": size,
        "scale": _scale(threats.kind, size),
        "length_m": threats.length_m,
        "width_m": threats.width_m,
        "height_m": threats.height_m,
        "slope_deg": threats.slope_deg,
        "slope_bearing_deg": _bearing(scene),
        "stability": rng.choice(
            np.array(["less_stable", "unstable", "stable"], dtype=object), count, p=[0.62, 0.28, 0.10]
        ),
        "trend": rng.choice(np.array(["same", "worse", "better"], dtype=object), count, p=[0.75, 0.15, 0.1]),
        "threat_households": threats.houses,
        "threat_people": threats.people,
        "threat_assets": assets,
        "threat_objects": objects(
            [
                (["houses"] if h else []) + (["road"] if r else [])
                for h, r in zip(threats.houses.tolist(), threats.on_road.tolist(), strict=True)
            ]
        ),
        "danger_grade": grade,
        "danger_zone": threats.zone,
        "monitor_type": objects([["community", "automatic"] if b else ["community"] for b in big.tolist()]),
        "monitor_in_village": rng.random(count) < 0.97,
        "measures": rng.choice(
            np.array(["monitoring", "works", "relocation"], dtype=object), count, p=[0.82, 0.12, 0.06]
        ),
        "route": ways_out(scene),
        "signal": "锣声,急促连续",
        "work_card": rng.random(count) < 0.97,
        "escape_card": rng.random(count) < 0.95,
        "status": np.where(rng.random(count) < 0.95, "registered", "new").astype(object),
        "elevation_m": scene.height_at(threats.x, threats.y),
        "elev_datum": "h1985",
    }
    return filler.sheet("geohazards", points(threats.x, threats.y), scene.town_code(threats.x, threats.y), columns)


def graded(steps: object, values: Floats) -> np.ndarray:
    """(k,) the worst grade any column of `values` reaches; small below all steps."""
    out = np.full(len(values), "small", dtype=object)
    for grade, least in reversed(list(steps)):  # type: ignore[call-overload]
        out[np.any(values >= np.asarray(least, float), axis=1)] = grade
    return out


def _scale(kind: np.ndarray, size: Floats) -> np.ndarray:
    """By the table of the kind; an unstable slope is scaled as a slide."""
    out = graded(SCALES[0][1], size[:, None])
    for name, steps, _ in SCALES[1:]:
        own = kind == name
        out[own] = graded(steps, size[own, None])
    return out


def _triggers(kind: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    more = rng.choice(np.array(["freeze_thaw", "cut_slope", ""], dtype=object), len(kind), p=[0.35, 0.3, 0.35])
    return objects([["rain"] + ([m] if m and k != "debris_flow" else []) for k, m in zip(kind, more, strict=True)])


def _bearing(scene: Scene) -> Floats:
    """(k,) from the point to the middle of its zone, clockwise from north."""
    middle = shapely.centroid(scene.threats.zone)
    dx, dy = shapely.get_x(middle) - scene.threats.x, shapely.get_y(middle) - scene.threats.y
    return np.asarray(np.degrees(np.arctan2(dx, dy)) % 360).round()


def _village_of(scene: Scene, x: Floats, y: Floats) -> Ints:
    """(k,) village of the nearest house."""
    places = scene.places
    return places.house_village[nearest(x, y, places.house_x, places.house_y)]


ROUTE_M = 500.0  # how far along the road a way out is drawn


def ways_out(scene: Scene) -> np.ndarray:
    """(k,) from the middle of the zone to the nearest road, then along it away from the slope."""
    middle = shapely.centroid(scene.threats.zone)
    tree = shapely.STRtree(scene.roads.lines)
    road = scene.roads.lines[tree.nearest(middle)]
    at = shapely.line_locate_point(road, middle)
    length = shapely.length(road)
    forward = at < length / 2
    steps = np.linspace(0.0, 1.0, 6)
    along = np.where(
        forward[:, None],
        at[:, None] + steps * np.minimum(ROUTE_M, length - at)[:, None],
        at[:, None] - steps * np.minimum(ROUTE_M, at)[:, None],
    )
    stops = shapely.line_interpolate_point(road[:, None], along)
    coords = np.concatenate(
        [
            np.stack([shapely.get_x(middle), shapely.get_y(middle)], axis=-1)[:, None, :],
            np.stack([shapely.get_x(stops), shapely.get_y(stops)], axis=-1),
        ],
        axis=1,
    )
    return np.asarray(shapely.linestrings(coords), dtype=object)


RISK_REACH_M = 120.0


def risk_zones(scene: Scene, filler: Filler, points_sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Where danger zones stand close together they are one risk zone."""
    threats = scene.threats
    merged = shapely.union_all(shapely.buffer(threats.zone, RISK_REACH_M, quad_segs=4))
    zones = np.array(
        [
            shapely.Polygon(p.exterior)
            for p in shapely.get_parts(shapely.intersection(merged, scene.outline))
            if p.geom_type == "Polygon"
        ],
        dtype=object,
    )
    zones = shapely.simplify(zones, 8.0)
    houses, people = count_in(zones, scene.exposed)
    which, point = shapely.STRtree(points(threats.x, threats.y)).query(zones, predicate="contains")
    held = [point[which == k] for k in range(len(zones))]
    zones, houses, people, held = _with_points(zones, houses, people, held)
    unstable = (points_sheet["stability"] == "unstable").to_numpy()
    worst = np.array(
        [int(unstable[h].any()) + int(p >= 30) + int(p >= 100) for h, p in zip(held, people.tolist(), strict=True)],
        dtype=int,
    )
    middle = shapely.point_on_surface(zones)
    x, y = shapely.get_x(middle), shapely.get_y(middle)
    village = scene.village_names[_village_of(scene, x, y)]
    point_codes = points_sheet["code"].to_numpy()
    columns: Columns = {
        "code": codes(f"{scene.code}-RZ-", len(zones)),
        "name": np.array([f"{v}风险区{n:03d}" for n, v in enumerate(village, 1)], dtype=object),
        "village": village,
        "level": np.array(["low", "medium", "high", "very_high"], dtype=object)[worst],
        "area_km2": (shapely.area(zones) / 1e6).round(3),
        "households": houses,
        "people": people,
        "assets": (houses * HOUSEHOLD_ASSETS).round(1),
        "geohazards": objects([point_codes[h].tolist() for h in held]),
    }
    return filler.sheet("risk_zones", zones, scene.town_code(x, y), columns)


def _with_points(
    zones: np.ndarray, houses: Ints, people: Ints, held: list[Ints]
) -> tuple[np.ndarray, Ints, Ints, list[Ints]]:
    kept = np.array([len(h) > 0 for h in held], bool)
    return zones[kept], houses[kept], people[kept], [h for h in held if len(h)]
