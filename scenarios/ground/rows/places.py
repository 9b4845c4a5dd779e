"""Townships, villages and the households of danger zones."""

import geopandas as gpd
import numpy as np
import shapely

from scenarios.ground.filling import Columns, Filler, codes, objects, points
from scenarios.ground.lattice import Floats, Ints
from scenarios.ground.scene import Scene

BORDER_NOTE = (
    "演练数据:界线为虚构,仅名称和代码真实。 Exercise data: the border is invented; only name and code are real."
)
CAVE_SHARE = 0.28  # of rural households on the loess
Sheets = dict[str, gpd.GeoDataFrame]


def place_rows(scene: Scene, filler: Filler, sheets: Sheets) -> Sheets:
    return {"townships": townships(scene, filler), "villages": villages(scene, filler)}


def townships(scene: Scene, filler: Filler) -> gpd.GeoDataFrame:
    """Real names and codes inside invented borders."""
    places, count = scene.places, len(scene.towns)
    town = places.village_town[places.house_village]
    code = np.array([t.code for t in scene.towns], dtype=object)
    metric = gpd.GeoSeries(scene.borders_lonlat, crs=4490).to_crs(scene.metric_epsg)
    resident = np.bincount(town, places.house_people, count).astype(np.int64)
    columns: Columns = {
        "code": code,
        "name": np.array([t.name for t in scene.towns], dtype=object),
        "note": BORDER_NOTE,
        "kind": np.array(["town" if t.name.endswith("镇") else "township" for t in scene.towns], dtype=object),
        "area_km2": (metric.area.to_numpy() / 1e6).round(2),
        "households": np.bincount(town, minlength=count),
        "resident_people": resident,
        "registered_people": (resident * 1.12).astype(np.int64),
    }
    frame = filler.sheet("townships", metric.to_numpy(), code, columns)
    frame.geometry = gpd.GeoSeries([_multi(b) for b in scene.borders_lonlat], crs=4490)  # exactly, not there and back
    return frame


def _multi(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def villages(scene: Scene, filler: Filler) -> gpd.GeoDataFrame:
    """Villages with their people counted house by house."""
    places, rng = scene.places, filler.rng
    count = len(places.village_node)
    x, y = scene.land.lattice.x[places.village_node], scene.land.lattice.y[places.village_node]
    households = np.bincount(places.house_village, minlength=count)
    people = np.bincount(places.house_village, places.house_people, count).astype(np.int64)
    urban = np.char.endswith(scene.village_names.astype(str), "社区")
    caves = rng.binomial(households, np.where(urban, 0.01, CAVE_SHARE))
    columns: Columns = {
        "code": scene.village_codes,
        "village_code": scene.village_codes,
        "name": scene.village_names,
        "kind": np.where(urban, "community", "village").astype(object),
        "households": households,
        "resident_people": people,
        "registered_people": np.maximum((people * rng.uniform(1.05, 1.35, count)).astype(np.int64), households),
        "absent_workers": (people * rng.uniform(0.05, 0.2, count)).astype(np.int64),
        "elderly_alone": rng.binomial(households, 0.06),
        "disabled": rng.binomial(people, 0.03),
        "pregnant": rng.binomial(people, 0.004),
        "children": rng.binomial(people, 0.12),
        "sick": rng.binomial(people, 0.03),
        "cave_households": caves,
        "cut_slope_households": rng.binomial(households, np.where(urban, 0.01, 0.05)),
        "loudspeakers": 1 + households // 150,
        "signal_dead_area": rng.random(count) < 0.1,
        "elevation_m": scene.height_at(x, y),
        "elev_datum": "h1985",
        "assembly_point": "村委会广场",
    }
    town = scene.village_codes
    frame = filler.sheet("villages", points(x, y), town, columns)
    quiet = rng.permutation(count)[: max(1, count // 35)]
    frame.loc[quiet, "messenger_phone"] = None  # a real register's gap, for the screens that look for it
    frame.loc[quiet, "verify"] = "pending"
    return frame


def households(scene: Scene, filler: Filler, sheets: Sheets) -> Sheets:
    """Every house inside a danger zone or a flash-flood zone, with the zone's code."""
    places, rng = scene.places, filler.rng
    threatened, point = _first_zone(scene.threats.zone, places.house_x, places.house_y)
    flooded, zone = _first_zone(scene.flood_zones, places.house_x, places.house_y)
    chosen = np.nonzero(threatened | flooded)[0]
    count = len(chosen)
    x, y, people = places.house_x[chosen], places.house_y[chosen], places.house_people[chosen]
    number = np.char.mod("%d", 1 + _rank_within(places.house_village[chosen]))
    village = scene.village_names[places.house_village[chosen]]
    weak = np.minimum(rng.binomial(people, 0.22), people)
    cave = rng.random(count) < CAVE_SHARE
    columns: Columns = {
        "code": codes(f"{scene.code}-HH-", count),
        "name": village + np.array([f"{n}号院" for n in number.tolist()], dtype=object),
        "village": village,
        "head": np.array([f"户主{n:04d}" for n in range(1, count + 1)], dtype=object),
        "people": people,
        "weak_people": weak,
        "weak_kinds": _weak_kinds(weak, rng),
        "house_kind": np.where(cave, "cave", rng.choice(["brick", "earth", "frame"], count, p=[0.7, 0.2, 0.1])).astype(
            object
        ),
        "dangerous_house": rng.random(count) < 0.04,
        "under_cut_slope": threatened[chosen] & (rng.random(count) < 0.5),
        "geohazard": _codes_or_none(threatened[chosen], point[chosen], sheets["geohazards"]["code"].to_numpy()),
        "flash_flood_zone": _codes_or_none(
            flooded[chosen], zone[chosen], sheets["flash_flood_zones"]["code"].to_numpy()
        ),
        "has_vehicle": rng.random(count) < 0.4,
        "needs_carrying": (weak > 0) & (rng.random(count) < 0.1),
        "card_given": rng.random(count) < 0.9,
        "elevation_m": scene.height_at(x, y),
        "elev_datum": "h1985",
    }
    return {"households": filler.sheet("households", points(x, y), scene.town_code(x, y), columns)}


def _first_zone(zones: object, x: Floats, y: Floats) -> tuple[np.ndarray, Ints]:
    """(k,) whether each point is in a zone, and the first such zone."""
    house, zone = shapely.STRtree(np.asarray(zones)).query(shapely.points(x, y), predicate="within")
    first = np.full(len(x), np.iinfo(np.int64).max, np.int64)
    np.minimum.at(first, house, zone)
    found = first < np.iinfo(np.int64).max
    return found, np.where(found, first, 0)


def _rank_within(group: Ints) -> Ints:
    """(k,) 0, 1, 2 … inside each group."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], group[order])
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - starts
    return rank


def _codes_or_none(there: np.ndarray, which: Ints, code: np.ndarray) -> np.ndarray:
    out = np.full(len(there), None, dtype=object)
    if len(code):
        out[there] = code[which[there]]
    return out


WEAK = ("elderly_alone", "child", "sick", "disabled", "pregnant")
WEAK_CHANCE = (0.4, 0.33, 0.13, 0.12, 0.02)


def _weak_kinds(weak: Ints, rng: np.random.Generator) -> np.ndarray:
    kind = rng.choice(np.array(WEAK, dtype=object), len(weak), p=WEAK_CHANCE)
    return objects([[k] if n else [] for k, n in zip(kind.tolist(), weak.tolist(), strict=True)])
