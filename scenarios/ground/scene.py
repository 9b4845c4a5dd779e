"""The bare landscape in metres, before it is written as layers: land, water, places, roads, dangers."""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from scenarios.ground.hazards import Exposed, Threats, flood_ground, flow_threats, joined, slope_threats
from scenarios.ground.lattice import Bools, Floats, Ints
from scenarios.ground.names import Names
from scenarios.ground.roads import Roads, build_roads
from scenarios.ground.settlements import (
    LONLAT,
    PEOPLE_SHARE,
    Places,
    Township,
    choose_seats,
    divide,
    good_sites,
    place_hamlets,
    place_houses,
    place_villages,
    township_polygons,
)
from scenarios.ground.streams import Streams, find_streams
from scenarios.ground.terrain import Land, Relief, grow

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How big and how fine. Lengths in m, areas in m²."""

    cell_m: float
    road_cell_m: float
    label_cell_m: float
    stream_m2: float
    village_m2: float
    hamlets_per_village: float
    slope_threats: int
    flow_threats: int
    margin_m: float = 900.0  # land beyond the outline, so that hillshade has no rim


PLANS = {
    "township": Plan(30, 60, 90, 1.0e6, 2.0e6, 3.5, 40, 8),
    "county": Plan(30, 60, 120, 1.5e6, 3.0e6, 3.5, 220, 40),
}
TOWNSHIP_RADIUS_M = 6_000.0


@dataclass(frozen=True)
class Scene:
    """Everything the layers are written from. Metric CRS unless a name says lon/lat."""

    plan: Plan
    code: str
    metric_epsg: int
    outline: shapely.Geometry
    outline_lonlat: shapely.Geometry
    towns: tuple[Township, ...]
    inside: Bools
    land: Land
    streams: Streams
    places: Places
    borders_lonlat: NDArray[np.object_]
    roads: Roads
    exposed: Exposed
    threats: Threats
    flood_zones: NDArray[np.object_]
    flood_stream: Ints
    village_names: NDArray[np.object_]
    village_codes: NDArray[np.object_]
    names: Names

    def town_code(self, x: Floats, y: Floats) -> NDArray[np.object_]:
        """(k,) 9-digit code of the township that holds each point, by the borders that are published."""
        lonlat = Transformer.from_crs(self.metric_epsg, LONLAT, always_xy=True).transform(np.asarray(x), np.asarray(y))
        points = shapely.points(*lonlat)
        codes = np.array([t.code for t in self.towns], dtype=object)
        out = codes[self.places.town_at(np.asarray(x), np.asarray(y))]
        which, town = shapely.STRtree(self.borders_lonlat).query(points, predicate="intersects")
        out[which] = codes[town]
        return out

    def height_at(self, x: Floats, y: Floats) -> Floats:
        return self.land.height_m[np.maximum(self.land.lattice.at(x, y), 0)].round(1)

    def inside_at(self, x: Floats, y: Floats) -> Bools:
        return np.asarray(shapely.contains_xy(self.outline, x, y))

    @property
    def danger(self) -> NDArray[np.object_]:
        """All polygons where nobody should be sheltered."""
        return np.concatenate([self.threats.zone, self.flood_zones])


def build_scene(
    outline_lonlat: shapely.Geometry,
    towns: tuple[Township, ...],
    code: str,
    metric_epsg: int,
    seed: int,
    plan: Plan,
    relief: Relief,
    real_names: frozenset[str],
    progress: Progress,
) -> Scene:
    """Make the landscape, step by step."""
    rng = np.random.default_rng([seed, 2])
    names = Names(np.random.default_rng([seed, 3]), real_names)
    outline = gpd.GeoSeries([outline_lonlat], crs=LONLAT).to_crs(metric_epsg).iloc[0]
    progress("地形 terrain")
    land = grow(outline.buffer(plan.margin_m), plan.cell_m, relief, seed)
    inside = np.asarray(shapely.contains_xy(outline, land.lattice.x, land.lattice.y))
    progress("水系 streams")
    streams = find_streams(land, plan.stream_m2)
    progress("乡镇、村庄 townships and villages")
    places, borders, road_ends = _settle(outline, outline_lonlat, towns, metric_epsg, land, streams, inside, plan, rng)
    progress("道路 roads")
    roads = build_roads(land, streams, outline, *road_ends, plan.road_cell_m)
    progress("隐患点、山洪危险区 danger points and flash-flood zones")
    exposed = Exposed(places.house_x, places.house_y, places.house_people, roads.lines[roads.rank <= 3])
    threats = joined(
        slope_threats(land, streams, exposed, inside, plan.slope_threats, rng),
        flow_threats(land, streams, exposed, inside, plan.flow_threats),
    )
    flood_zones, flood_stream = flood_ground(land, streams, exposed, inside)
    village_names, village_codes = _named(names, towns, places)
    return Scene(
        plan,
        code,
        metric_epsg,
        outline,
        outline_lonlat,
        towns,
        inside,
        land,
        streams,
        places,
        borders,
        roads,
        exposed,
        threats,
        flood_zones,
        flood_stream,
        village_names,
        village_codes,
        names,
    )


SEAT_FROM_BORDER_M = 1_200.0


def _settle(
    outline: shapely.Geometry,
    outline_lonlat: shapely.Geometry,
    towns: tuple[Township, ...],
    metric_epsg: int,
    land: Land,
    streams: Streams,
    inside: Bools,
    plan: Plan,
    rng: np.random.Generator,
) -> tuple[Places, NDArray[np.object_], tuple[Ints, Ints, Ints]]:
    """Seats, borders, villages, hamlets and houses, in that order."""
    lattice = land.lattice
    core = outline.buffer(-SEAT_FROM_BORDER_M)
    sites = good_sites(land, streams, inside, plan.village_m2)
    sites = sites[shapely.contains_xy(outline.buffer(-150), lattice.x[sites], lattice.y[sites])]
    central = sites[shapely.contains_xy(core, lattice.x[sites], lattice.y[sites])]
    to_metric = Transformer.from_crs(LONLAT, metric_epsg, always_xy=True)
    hints = [to_metric.transform(*t.seat) if t.seat is not None else None for t in towns]
    seats = choose_seats(land, streams, central if len(central) else sites, hints, rng)
    shares = np.sqrt(np.array([t.villages for t in towns], float))
    label, town_of_cell = divide(outline, land, streams, seats, shares, plan.label_cell_m)
    borders = township_polygons(label, town_of_cell, len(towns), outline_lonlat, metric_epsg)
    site_town = town_of_cell[np.maximum(label.at(lattice.x[sites], lattice.y[sites]), 0)]
    counts = [int(t.villages or 1) for t in towns]
    village, village_town = place_villages(land, sites, site_town, seats, counts, urban_communities(towns), rng)
    hamlet, hamlet_village = place_hamlets(land, sites, site_town, village, village_town, plan.hamlets_per_village, rng)
    people = np.array([float(t.people or 1) for t in towns])
    houses = _house_counts(people, village_town, hamlet_village, len(village), rng)
    x, y, node, of_hamlet = place_houses(land, streams, hamlet, houses, rng)
    kept = np.asarray(shapely.contains_xy(outline, x, y))
    x, y, node, of_hamlet = x[kept], y[kept], node[kept], of_hamlet[kept]
    living = rng.choice(np.arange(1, 1 + len(PEOPLE_SHARE)), len(x), p=PEOPLE_SHARE)
    places = Places(
        label,
        town_of_cell,
        seats,
        village,
        village_town,
        hamlet,
        hamlet_village,
        x,
        y,
        node,
        hamlet_village[of_hamlet],
        living,
    )
    return places, borders, (seats, village, hamlet)


URBAN_SHARE = 0.45  # of a township's people at its seat; the county seat holds more
MEAN_HOUSEHOLD = float(np.dot(np.arange(1, 1 + len(PEOPLE_SHARE)), PEOPLE_SHARE))


def _house_counts(
    people: Floats, village_town: Ints, hamlet_village: Ints, villages: int, rng: np.random.Generator
) -> Ints:
    """(h,) houses of each hamlet so that townships come out at their published people."""
    weight = rng.lognormal(0.0, 0.45, len(hamlet_village))
    weight[:villages] *= 3.0  # the first hamlets are the villages themselves
    first = np.r_[True, np.diff(village_town) != 0]
    town = village_town[hamlet_village]
    seat = np.zeros(len(weight), bool)
    seat[:villages] = first
    total = np.bincount(town, np.where(seat, 0, weight), minlength=len(people))
    share = np.where(np.arange(len(people)) == 0, 0.62, URBAN_SHARE * 0.5)
    rural = np.divide(1 - share, total, out=np.zeros_like(share), where=total > 0)
    part = np.where(seat, share[town], weight * rural[town])
    return np.maximum((people[town] * part / MEAN_HOUSEHOLD).round().astype(np.int64), 3)


COMMUNITIES = 4  # urban communities around the county seat


def urban_communities(towns: tuple[Township, ...]) -> int:
    return min(COMMUNITIES, int(towns[0].villages or 1) // 3)


def _named(
    names: Names, towns: tuple[Township, ...], places: Places
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Names and 12-digit codes. The first villages of the county seat are urban communities."""
    out, codes = [], []
    rank: dict[int, int] = {}
    for town in places.village_town.tolist():
        rank[town] = rank.get(town, 0) + 1
        urban = town == 0 and rank[town] <= urban_communities(towns)
        out.append(names.community(rank[town] - 1) if urban else names.village() + "村")
        codes.append(f"{towns[town].code}{rank[town]:03d}")
    return np.array(out, dtype=object), np.array(codes, dtype=object)
