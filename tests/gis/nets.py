"""Small counties drawn by hand in metres about 111.1° E, 36.4° N, for tests of roads and of what is built on them."""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gis.analysis import Given
from gis.roads.engine import Roads
from gis.roads.network import RoadNetwork, network_of
from gis.roads.splitting import LocalPlane

PLANE = LocalPlane(np.array([[111.1, 36.4]]))
XY = tuple[float, float]
SPEEDS = {"county": 60.0, "village": 30.0}  # km/h: 1000 m a minute, 500 m a minute


def lonlat(*places: XY) -> Any:
    """(n, 2) degrees of places in metres."""
    return PLANE.lonlat(np.array(places, dtype=float).reshape(-1, 2))


def box(x1: float, y1: float, x2: float, y2: float) -> Any:
    return shapely.Polygon(lonlat((x1, y1), (x2, y1), (x2, y2), (x1, y2)))


def geojson(shape: Any) -> dict[str, Any]:
    return dict(shapely.geometry.mapping(shape))


def road(*places: XY, **more: Any) -> dict[str, Any]:
    return {"rank": "county", "oneway": "both", "status": "open", "geometry": shapely.LineString(lonlat(*places)), **more}


def spot(x: float, y: float, name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "code": name, "admin_code": "141033100", "geometry": shapely.Point(lonlat((x, y))[0]), **more}


def layer(*rows: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Rows with ids 1, 2, …; without any, an empty layer."""
    if not rows:
        return gpd.GeoDataFrame({"name": [], "code": [], "admin_code": []}, geometry=gpd.GeoSeries([], crs=4490))
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs=4490, index=[str(k + 1) for k in range(len(rows))])


def village(x: float, y: float, name: str, people: int | None = 100, **more: Any) -> dict[str, Any]:
    return spot(x, y, name, status="inhabited", resident_people=people, **more)


def team(x: float, y: float, name: str, turnout: int | None = 0, **more: Any) -> dict[str, Any]:
    return spot(x, y, name, **{"status": "ready", "turnout_min": turnout, "skills": ["search"], "people_on_duty": 10} | more)


def shelter(x: float, y: float, name: str, capacity: int | None, **more: Any) -> dict[str, Any]:
    return spot(x, y, name, **{"status": "available", "capacity": capacity, "occupied": 0, "hazards_served": ["flood"]} | more)


def net(roads: Sequence[Mapping[str, Any]], crossings: Sequence[Mapping[str, Any]] = (), *, snap_m: float = 10.0,
        piece_m: float = 200.0) -> RoadNetwork:  # fmt: skip
    return network_of(layer(*roads), layer(*crossings) if crossings else None, SPEEDS, snap_m, piece_m)


def county(network: RoadNetwork | None = None, **frames: gpd.GeoDataFrame) -> Given:
    """Two townships, west and east of x = 0, and the layers given; the others are empty."""
    names = ("villages", "rescue_teams", "depots", "shelters")
    townships = gpd.GeoDataFrame(
        {"code": ["141033100", "141033101"], "name": ["西镇", "东镇"]},
        geometry=[box(-50_000, -50_000, 0, 50_000), box(0, -50_000, 50_000, 50_000)], crs=4490,
    )  # fmt: skip
    return Given(
        frames={name: layer() for name in names} | frames, townships=townships, metric_crs="EPSG:4546",
        roads=None if network is None else Roads(None, network, top_kph={"foot": 4}),
    )  # fmt: skip
