"""Small road nets drawn in metres about 111.0° E, 36.4° N, and the questions asked of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gis.analysis import Bilingual, Given
from gis.roads.closures import Closure
from gis.roads.engine import Roads
from gis.roads.network import RoadNetwork, network_of
from gis.roads.question import Question
from gis.roads.splitting import DECIMALS, LocalPlane
from gis.roads.vehicle import Vehicle

PLANE = LocalPlane(np.array([[111.0, 36.4]]))
SPEEDS = {"county": 36.0, "village": 18.0}
SNAP_M = 500.0
Row = Mapping[str, Any]


def at(x: float, y: float) -> tuple[float, float]:
    """lon, lat of a place so many metres east and north of the middle, written as the database writes it."""
    lon, lat = PLANE.lonlat(np.array([[x, y]]))[0].round(DECIMALS)
    return float(lon), float(lat)


def line(*xy: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([at(*one) for one in xy])


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.Polygon([at(x, y) for x, y in ((west, south), (east, south), (east, north), (west, north))])


def closed(shape: shapely.Geometry, name: str = "封闭区") -> Closure:
    return Closure(shape, Bilingual(name, name))


def road_layer(*rows: tuple[shapely.LineString, Row] | shapely.LineString) -> gpd.GeoDataFrame:
    """Roads numbered r0, r1 … of county rank (36 km/h, 10 m/s), open, both ways, unless a row says otherwise."""
    told = [row if isinstance(row, tuple) else (row, {}) for row in rows]
    records = [
        {"code": f"r{i}", "name": f"路{i}", "rank": "county", "status": "open", "oneway": "both", **extra}
        for i, (_, extra) in enumerate(told)
    ]
    return gpd.GeoDataFrame(
        records, geometry=[shape for shape, _ in told], crs=4490, index=[f"{i + 1}" for i in range(len(told))]
    )


def crossing_layer(*rows: tuple[tuple[float, float], Row]) -> gpd.GeoDataFrame:
    records = [{"code": f"c{i}", "name": f"桥{i}", "status": "open", **extra} for i, (_, extra) in enumerate(rows)]
    shapes = [shapely.Point(at(*place)) for place, _ in rows]
    return gpd.GeoDataFrame(records, geometry=shapes, crs=4490, index=[f"{i + 1}" for i in range(len(rows))])


def net(roads: gpd.GeoDataFrame, crossings: gpd.GeoDataFrame | None = None) -> RoadNetwork:
    return network_of(roads, crossings, SPEEDS, 10.0)


def roads_of(*rows: tuple[shapely.LineString, Row] | shapely.LineString, crossings: gpd.GeoDataFrame | None = None,
             folder: Path | None = None) -> Roads:  # fmt: skip
    return Roads(folder, net(road_layer(*rows), crossings))


def asked(roads: Roads, *closures: Closure, vehicle: Vehicle | None = None, at: datetime | None = None) -> Question:
    return roads.question(vehicle or Vehicle(), closures, at, SNAP_M)


def given(roads: Roads | None, **frames: gpd.GeoDataFrame) -> Given:
    towns = gpd.GeoDataFrame({"code": [], "name": []}, geometry=[], crs=4490)
    return Given(frames=frames, townships=towns, metric_crs="EPSG:4546", roads=roads)


def point(x: float, y: float) -> list[float]:
    return list(at(x, y))


def drawn(shape: shapely.Geometry) -> dict[str, Any]:
    return dict(shapely.geometry.mapping(shape))


def meets_interior(line: shapely.LineString, areas: Sequence[shapely.Geometry]) -> bool:
    """By other means than the engine: is any piece of the line inside an area eroded by nothing but its border?

    The overlay of line and area, less the border, must have no length.
    """
    return any(
        shapely.length(shapely.difference(shapely.intersection(line, area), area.boundary)) > 0 for area in areas
    )
