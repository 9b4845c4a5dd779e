"""A province for benchmarks: about a million rows over 400 × 400 km, placed by whole columns.

Coarser than a county on purpose. The land is grown as for a county, at 250 m; villages stand on its valley floors and
houses around them; but danger zones are discs, roads join neighbouring villages with one bend, and counties and
townships are the cells of their seats. Codes begin with 149, which no county has, so nothing here can be
mistaken for a real place.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from layers.definitions.geohazards import DANGER_GRADES
from layers.registry import LAYERS
from scenarios.ground.filling import Columns, Filler, codes, link, nearest, objects, only, points
from scenarios.ground.lattice import Floats, Ints
from scenarios.ground.rows.hazards import graded
from scenarios.ground.rows.water import CRACK_MM, RAIN_MM, READ_AT, STAGE_STEP_M
from scenarios.ground.settlements import PEOPLE_SHARE
from scenarios.ground.streams import Streams, find_streams
from scenarios.ground.terrain import Land, Relief, grow

HALF_SIDE_M = 200_000.0
CELL_M = 250.0
STREAM_M2 = 2.5e7
RELIEF = Relief(180.0, 3_000.0)  # about the province's lowest and highest ground
COUNTIES, TOWNSHIPS = 117, 1_300
TOTAL = 1_000_000
NUMBERS = {
    "villages": 12_000,
    "geohazards": 30_000,
    "stations": 15_000,
    "shelters": 12_000,
    "depots": 2_500,
    "rescue_teams": 2_600,
    "schools": 6_000,
    "hospitals": 3_000,
    "mines": 800,
    "flood_spots": 3_000,
}
ROADS_PER_VILLAGE = 2
Sheets = dict[str, gpd.GeoDataFrame]


@dataclass(frozen=True)
class Country:
    """The bare province in metres: land, water, villages, who owns what."""

    land: Land
    streams: Streams
    square: shapely.Geometry
    village_x: Floats
    village_y: Floats
    seat: Ints  # (t,) the village that is each township's seat
    village_town: Ints
    town_code: NDArray[np.object_]  # (t,)
    metric_epsg: int

    def code_at(self, x: Floats, y: Floats) -> NDArray[np.object_]:
        """(k,) township of the nearest seat: the cell of a Voronoi tiling."""
        return np.asarray(self.town_code[nearest(x, y, self.village_x[self.seat], self.village_y[self.seat])])

    def height_at(self, x: Floats, y: Floats) -> Floats:
        return np.asarray(self.land.height_m[np.maximum(self.land.lattice.at(x, y), 0)].round(1))


def make_country(centre_x: float, centre_y: float, metric_epsg: int, seed: int) -> Country:
    """Grow the land and settle it. `centre_x`, `centre_y`: metric."""
    rng = np.random.default_rng([seed, 12])
    square = shapely.box(centre_x - HALF_SIDE_M, centre_y - HALF_SIDE_M, centre_x + HALF_SIDE_M, centre_y + HALF_SIDE_M)
    land = grow(square, CELL_M, RELIEF, seed)
    streams = find_streams(land, STREAM_M2)
    sites = np.nonzero((streams.above_m > 1) & (streams.above_m < 60) & (land.slope < 0.25))[0]
    node = rng.choice(sites, NUMBERS["villages"], replace=False)
    x = land.lattice.x[node] + rng.uniform(-90, 90, len(node))
    y = land.lattice.y[node] + rng.uniform(-90, 90, len(node))
    seat = np.sort(rng.choice(len(node), TOWNSHIPS, replace=False))
    county_seat = rng.choice(seat, COUNTIES, replace=False)
    county = nearest(x[seat], y[seat], x[county_seat], y[county_seat])
    return Country(land, streams, square, x, y, seat, nearest(x, y, x[seat], y[seat]), _town_codes(county), metric_epsg)


def _town_codes(county: Ints) -> NDArray[np.object_]:
    """149001100 …: county 001 …, townships from 100 inside each."""
    order = np.argsort(county, kind="stable")
    rank = np.empty(len(county), np.int64)
    rank[order] = np.arange(len(county)) - np.searchsorted(county[order], county[order])
    return np.array(
        [f"149{c + 1:03d}{100 + r:03d}" for c, r in zip(county.tolist(), rank.tolist(), strict=True)], dtype=object
    )


def province_layers(country: Country, seed: int) -> Sheets:
    """All sheets; households fill up to TOTAL rows."""
    filler = Filler(np.random.default_rng([seed, 13]), "14", country.metric_epsg)
    sheets: Sheets = {"townships": townships(country, filler), "villages": villages(country, filler)}
    sheets["rivers"], sheets["roads"] = rivers(country, filler), roads(country, filler)
    sheets["geohazards"] = geohazards(country, filler)
    sheets["stations"] = stations(country, filler)
    for name in ("shelters", "depots", "rescue_teams", "schools", "hospitals", "mines", "flood_spots"):
        sheets[name] = scattered(country, filler, name)
    left = TOTAL - sum(len(frame) for frame in sheets.values())
    sheets["households"] = households(country, filler, sheets["geohazards"], left)
    link(sheets, country.metric_epsg)
    for name in LAYERS:
        if name not in sheets and name not in NOT_INVENTED:
            sheets[name] = filler.sheet(name, np.array([], dtype=object), np.array([], dtype=object), EMPTY)
    return {name: sheets[name] for name in LAYERS if name in sheets}


NOT_INVENTED = ("counties", "faults", "earthquakes")
EMPTY: Columns = {"code": np.array([], dtype=object), "name": np.array([], dtype=object)}


def _named(word: str, count: int) -> NDArray[np.object_]:
    return codes(f"演练{word}", count)


def townships(country: Country, filler: Filler) -> gpd.GeoDataFrame:
    seats = points(country.village_x[country.seat], country.village_y[country.seat])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seats), extend_to=country.square))
    cells = shapely.intersection(cells, country.square)
    seat, cell = shapely.STRtree(cells).query(seats, predicate="within")
    ordered = cells[cell[np.argsort(seat, kind="stable")]]
    columns: Columns = {
        "code": country.town_code,
        "name": _named("乡镇", len(ordered)),
        "area_km2": (shapely.area(ordered) / 1e6).round(2),
        "note": "演练数据:名称、代码、界线均为虚构",
    }
    return filler.sheet("townships", ordered, country.town_code, columns)


def villages(country: Country, filler: Filler) -> gpd.GeoDataFrame:
    rng, count = filler.rng, len(country.village_x)
    households = (rng.lognormal(4.6, 0.5, count)).astype(np.int64) + 10
    people = (households * rng.uniform(2.2, 3.4, count)).astype(np.int64)
    order = np.argsort(country.village_town, kind="stable")
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count) - np.searchsorted(country.village_town[order], country.village_town[order])
    town = country.town_code[country.village_town]
    code = np.array([f"{t}{r + 1:03d}" for t, r in zip(town.tolist(), rank.tolist(), strict=True)], dtype=object)
    columns: Columns = {
        "code": code,
        "village_code": code,
        "name": _named("村", count),
        "kind": "village",
        "households": households,
        "resident_people": people,
        "registered_people": (people * 1.2).astype(np.int64),
        "cave_households": households // 4,
        "cut_slope_households": households // 20,
        "absent_workers": people // 6,
        "elevation_m": country.height_at(country.village_x, country.village_y),
        "elev_datum": "h1985",
    }
    return filler.sheet("villages", points(country.village_x, country.village_y), code, columns)


def rivers(country: Country, filler: Filler) -> gpd.GeoDataFrame:
    streams = country.streams
    area = country.land.area_m2[streams.mouth] / 1e6
    middle = shapely.line_interpolate_point(streams.lines, 0.5, normalized=True)
    columns: Columns = {
        "code": codes("14-RV-", len(area)),
        "name": _named("河", len(area)),
        "river_order": np.where(area > 2_000, "main", np.where(area > 150, "tributary", "gully")).astype(object),
        "catchment_km2": area.round(1),
    }
    return filler.sheet("rivers", streams.lines, country.code_at(shapely.get_x(middle), shapely.get_y(middle)), columns)


def roads(country: Country, filler: Filler) -> gpd.GeoDataFrame:
    """From every village to its nearest others, with one bend."""
    x, y, rng = country.village_x, country.village_y, filler.rng
    near = cKDTree(np.column_stack([x, y])).query(np.column_stack([x, y]), k=ROADS_PER_VILLAGE + 1)[1][:, 1:]
    pairs = np.unique(
        np.sort(np.column_stack([np.repeat(np.arange(len(x)), ROADS_PER_VILLAGE), near.ravel()]), axis=1), axis=0
    )
    a, b = pairs[:, 0], pairs[:, 1]
    bend = rng.uniform(-0.2, 0.2, len(a))
    middle_x = (x[a] + x[b]) / 2 - bend * (y[b] - y[a])
    middle_y = (y[a] + y[b]) / 2 + bend * (x[b] - x[a])
    coords = np.stack([np.column_stack(p) for p in ((x[a], y[a]), (middle_x, middle_y), (x[b], y[b]))], axis=1)
    number = codes("C9", len(a))
    columns: Columns = {
        "code": codes("14-RD-", len(a)),
        "name": number,
        "road_code": number,
        "rank": "village",
        "road_class": "fourth",
        "surface": "concrete",
        "width_m": 4.5,
        "status": "open",
    }
    return filler.sheet("roads", shapely.linestrings(coords), country.code_at(middle_x, middle_y), columns)


def _around_villages(
    country: Country, rng: np.random.Generator, count: int, spread_m: float
) -> tuple[Floats, Floats, Ints]:
    """x, y of `count` points about random villages, kept inside the square, and the village of each."""
    village = rng.integers(0, len(country.village_x), count)
    west, south, east, north = country.square.bounds
    x = np.clip(country.village_x[village] + rng.normal(0, spread_m, count), west + 300, east - 300)
    y = np.clip(country.village_y[village] + rng.normal(0, spread_m, count), south + 300, north - 300)
    return x, y, village


def geohazards(country: Country, filler: Filler) -> gpd.GeoDataFrame:
    """Points near villages; the zone is a disc as domain §1.1 falls back to."""
    rng, count = filler.rng, NUMBERS["geohazards"]
    x, y, village = _around_villages(country, rng, count, 600.0)
    houses = np.minimum(rng.geometric(0.12, count), 400)
    people = (houses * rng.uniform(2.0, 3.4, count)).astype(np.int64) + 1
    assets = (houses * rng.uniform(8, 16, count)).round(1)
    admin = country.code_at(x, y)
    radius = rng.uniform(40, 110, count)
    exit_x, exit_y = country.village_x[village], country.village_y[village]
    route = shapely.linestrings(np.stack([np.column_stack([x, y]), np.column_stack([exit_x + 1.0, exit_y])], axis=1))
    size = rng.uniform(1_000, 90_000, count).round()
    columns: Columns = {
        "code": codes("14-GH-", count),
        "name": _named("隐患点", count),
        "unified_code": np.array([f"{a[:6]}01{n:06d}" for n, a in enumerate(admin.tolist(), 1)], dtype=object),
        "hazard_type": "landslide",
        "size": size,
        "scale": "small",
        "threat_households": houses,
        "threat_people": people,
        "threat_assets": assets,
        "danger_grade": graded(DANGER_GRADES, np.column_stack([people, assets])),
        "danger_zone": shapely.buffer(points(x, y), radius, quad_segs=3),
        "route": route,
        "monitor_in_village": True,
        "signal": "锣声,急促连续",
        "status": "registered",
        "elevation_m": country.height_at(x, y),
        "elev_datum": "h1985",
    }
    return filler.sheet("geohazards", points(x, y), admin, columns)


def stations(country: Country, filler: Filler) -> gpd.GeoDataFrame:
    rng, count = filler.rng, NUMBERS["stations"]
    x, y, _ = _around_villages(country, rng, count, 1_500.0)
    kind = rng.choice(np.array(["rain", "stage", "crack"], dtype=object), count, p=[0.6, 0.15, 0.25])
    steps = np.where((kind == "rain")[:, None], np.array(RAIN_MM), np.array(CRACK_MM))
    level = country.height_at(x, y)
    steps = np.where((kind == "stage")[:, None], level[:, None] + np.array(STAGE_STEP_M), steps).round(2)
    code = codes("14-ST-", count)
    columns: Columns = {
        "code": code,
        "name": _named("监测站", count),
        "kind": kind,
        "owner": "演练监测单位",
        "owner_id": code,
        "interval_min": 10,
        "unit": np.where(kind == "stage", "m", "mm").astype(object),
        "sum_window": only(kind == "rain", "1h"),
        "day_boundary": only(kind == "rain", "08"),
        "threshold_blue": steps[:, 0],
        "threshold_yellow": steps[:, 1],
        "threshold_orange": steps[:, 2],
        "threshold_red": steps[:, 3],
        "last_value": np.where(kind == "stage", steps[:, 0] - 1.0, 0.0),
        "last_at": READ_AT,
        "status": "working",
        "elevation_m": level,
        "elev_datum": "h1985",
    }
    return filler.sheet("stations", points(x, y), country.code_at(x, y), columns)


WORDS = {
    "shelters": "避难场所",
    "depots": "物资库",
    "rescue_teams": "救援队",
    "schools": "学校",
    "hospitals": "医院",
    "mines": "煤矿",
    "flood_spots": "易涝点",
}


def scattered(country: Country, filler: Filler, layer: str) -> gpd.GeoDataFrame:
    """Layers of which only number and place matter to a benchmark; the rest is filled by type, within the checks."""
    rng, count = filler.rng, NUMBERS[layer]
    x, y, _ = _around_villages(country, rng, count, 300.0)
    big = rng.integers(60, 600, count)
    own: dict[str, Columns] = {
        "shelters": {"area_m2": big * 2.0, "capacity": big, "duration_class": "short"},
        "rescue_teams": {
            "people_total": big,
            "people_on_duty": big // 2,
            "turnout_min": 5,
            "equipment": objects([{}] * count),
        },
        "schools": {"students": big, "boarders": big // 3, "staff": big // 10},
        "hospitals": {"beds": big},
        "mines": {
            "mine_kind": "coal",
            "method": "underground",
            "capacity": 120.0,
            "gas_class": "low",
            "max_underground": 120,
            "shaft_elev_m": country.height_at(x, y) + 10,
            "flood_level_m": country.height_at(x, y),
            "underground_at": READ_AT,
        },
        "flood_spots": {"warn_depth_cm": 15.0, "close_depth_cm": 25.0},
    }
    columns: Columns = {"code": codes(f"14-{layer[:2].upper()}-", count), "name": _named(WORDS[layer], count)}
    return filler.sheet(layer, points(x, y), country.code_at(x, y), columns | own.get(layer, {}))


def households(country: Country, filler: Filler, hazards: gpd.GeoDataFrame, count: int) -> gpd.GeoDataFrame:
    """Houses about the danger points, each with the code of its point."""
    rng = filler.rng
    spot = hazards.geometry.to_crs(country.metric_epsg)
    point = np.sort(rng.integers(0, len(hazards), count))
    x = spot.x.to_numpy()[point] + rng.normal(0, 45, count)
    y = spot.y.to_numpy()[point] + rng.normal(0, 45, count)
    people = rng.choice(np.arange(1, 1 + len(PEOPLE_SHARE)), count, p=PEOPLE_SHARE)
    columns: Columns = {
        "code": codes("14-HH-", count),
        "name": _named("院落", count),
        "head": codes("户主", count),
        "people": people,
        "weak_people": rng.binomial(people, 0.2),
        "geohazard": hazards["code"].to_numpy()[point],
        "house_kind": rng.choice(np.array(["brick", "cave", "earth"], dtype=object), count, p=[0.6, 0.28, 0.12]),
        "status": "lived_in",
    }
    return filler.sheet("households", points(x, y), hazards["admin_code"].to_numpy()[point], columns)
