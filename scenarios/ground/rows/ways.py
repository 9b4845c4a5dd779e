"""Rivers, roads, and the places where they cross."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import shapely

from scenarios.ground.filling import Columns, Filler, codes, objects, only, points
from scenarios.ground.lattice import Bools, Floats, Ints
from scenarios.ground.roads import CLASSES
from scenarios.ground.scene import Scene

Sheets = dict[str, gpd.GeoDataFrame]
MAIN_KM2, TRIBUTARY_KM2 = 250.0, 15.0
RANKS = np.array(["national", "provincial", "county", "township", "village"], dtype=object)
RANK_ZH = ("演练国道", "演练省道", "县道", "乡道", "村道")
TECH_CLASS = np.array(["second", "third", "third", "fourth", "unclassed"], dtype=object)
WIDTH_M = np.array([9.0, 8.5, 7.0, 5.5, 4.0])  # JTG B01-2014: second class 2 × 3.5 m and shoulders … single lane
SPEED_KPH = np.array([60, 40, 40, 30, 20])
ROAD_SURFACE = np.array(["asphalt", "asphalt", "asphalt", "concrete", "concrete"], dtype=object)


def way_rows(scene: Scene, filler: Filler, sheets: Sheets) -> Sheets:
    out = {"rivers": rivers(scene, filler)}
    out["roads"] = roads(scene, filler, out["rivers"])
    out["crossings"] = crossings(scene, filler, out["rivers"], out["roads"])
    return out


def rivers(scene: Scene, filler: Filler) -> gpd.GeoDataFrame:
    """One row per stream from source to mouth."""
    streams, land = scene.streams, scene.land
    kept = np.asarray(shapely.intersects(streams.lines, scene.outline))
    lines, mouth, head = streams.lines[kept], streams.mouth[kept], streams.head[kept]
    count = len(lines)
    area = land.area_m2[mouth] / 1e6
    length = shapely.length(lines) / 1e3
    code = codes(f"{scene.code}-RV-", count)
    order = np.where(area >= MAIN_KM2, "main", np.where(area >= TRIBUTARY_KM2, "tributary", "gully")).astype(object)
    columns: Columns = {
        "code": code,
        "name": np.array([scene.names.stream(int(o)) for o in streams.order[mouth].tolist()], dtype=object),
        "river_order": order,
        "flows_into": _into(scene, kept, code),
        "basin": "演练流域",
        "catchment_km2": area.round(2),
        "length_km": length.round(2),
        "gradient_permille": np.minimum(
            (land.height_m[head] - land.height_m[mouth]) / np.maximum(length, 0.05), 999
        ).round(1),
        "bed_width_m": (4 + 2.2 * np.sqrt(area)).round(1),
        "safe_flow_m3s": (1.5 * area**0.7).round(1),
        "status": np.where(order == "main", "perennial", np.where(order == "gully", "dry", "seasonal")).astype(object),
    }
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    return filler.sheet("rivers", lines, scene.town_code(shapely.get_x(middle), shapely.get_y(middle)), columns)


def _into(scene: Scene, kept: Bools, code: np.ndarray) -> np.ndarray:
    """Code of the stream each stream joins: the one whose line passes the joining point."""
    lines = scene.streams.lines[kept]
    ends = shapely.buffer(shapely.get_point(lines, -1), 30.0)
    which, other = shapely.STRtree(lines).query(ends, predicate="intersects")
    area = scene.land.area_m2[scene.streams.mouth[kept]]
    larger = area[other] > area[which]
    which, other = which[larger], other[larger]
    order = np.lexsort((-shapely.distance(ends[which], lines[other]), which))
    out = np.full(len(lines), None, dtype=object)
    out[which[order]] = code[other[order]]
    return out


def roads(scene: Scene, filler: Filler, river_sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row per piece between junctions."""
    net, rng = scene.roads, filler.rng
    count = len(net.lines)
    closed = rng.random(count) < CONTROLLED_SHARE
    middle = shapely.line_interpolate_point(net.lines, 0.5, normalized=True)
    town_code = scene.town_code(shapely.get_x(middle), shapely.get_y(middle))
    town_name = {t.code: t.name for t in scene.towns}
    number = _numbers(net.rank)
    light = (net.rank == 4) & (rng.random(count) < 0.3)
    columns: Columns = {
        "code": codes(f"{scene.code}-RD-", count),
        "name": np.array([f"{RANK_ZH[r]}{n}" for r, n in zip(net.rank.tolist(), number, strict=True)], dtype=object),
        "road_code": number,
        "rank": RANKS[net.rank],
        "road_class": TECH_CLASS[net.rank],
        "surface": np.where((net.rank == 4) & (rng.random(count) < 0.15), "gravel", ROAD_SURFACE[net.rank]).astype(
            object
        ),
        "width_m": WIDTH_M[net.rank],
        "lanes": np.where(net.rank <= 2, 2, 1),
        "owner": np.where(net.rank <= 2, "演练公路段", np.array([town_name[c] + "人民政府" for c in town_code])).astype(
            object
        ),
        "limit_height_m": np.where(rng.random(count) < 0.01, 3.8, np.nan),
        "limit_load_t": np.where(light, 15.0, np.nan),
        "speed_kph": SPEED_KPH[net.rank],
        "dangers": road_dangers(scene),
        "tunnel": False,
        "control_points": objects([["起点路口", "终点路口"]] * count),
        "status": np.where(closed, "controlled", "open").astype(object),
        "state_reason": only(closed, "路面养护,单车道放行"),
        "state_from_at": only(closed, datetime(2025, 9, 1, 8, tzinfo=UTC)),
    }
    return filler.sheet("roads", net.lines, town_code, columns)


CONTROLLED_SHARE = 0.006


def _numbers(rank: Ints) -> np.ndarray:
    """Road numbers with a 9 in front, which no road of the province has."""
    out = []
    seen = dict.fromkeys(range(len(CLASSES)), 0)
    for r in rank.tolist():
        seen[r] += 1
        out.append(f"{CLASSES[r]}9{1 if r < 2 else seen[r]:0{2 if r < 3 else 4}d}")
    return np.array(out, dtype=object)


def road_dangers(scene: Scene) -> np.ndarray:
    """What is dangerous about each piece, measured from its own line."""
    net = scene.roads
    length = shapely.length(net.lines)
    slide = np.zeros(len(net.lines), bool)
    if len(scene.threats.zone):
        slide[np.unique(shapely.STRtree(net.lines).query(scene.threats.zone, predicate="intersects")[1])] = True
    water = shapely.buffer(scene.streams.lines[scene.land.area_m2[scene.streams.mouth] > 1e7], WATERSIDE_M, quad_segs=2)
    beside = shapely.length(shapely.intersection(net.lines, shapely.union_all(water))) / np.maximum(length, 1.0)
    flags = {
        "sharp_bend": sharpest_turn_deg(net.lines) > SHARP_TURN_DEG,
        "long_descent": (net.climb_m / np.maximum(length, 1.0) > 0.045) & (length > 1_500),
        "waterside": beside > 0.35,
        "slide": slide,
        "ice": (net.grade > 0.08) & (net.rank <= 3),
    }
    names = np.array(list(flags), dtype=object)
    table = np.column_stack(list(flags.values()))
    return objects([names[row].tolist() for row in table])


WATERSIDE_M = 45.0
SHARP_TURN_DEG = 55.0  # between pieces of a line simplified to 5 m


def sharpest_turn_deg(lines: np.ndarray) -> Floats:
    """(k,) the largest change of direction at any vertex."""
    coords, index = shapely.get_coordinates(lines, return_index=True)
    step = np.diff(coords, axis=0)
    bearing = np.degrees(np.arctan2(step[:, 1], step[:, 0]))
    turn = np.abs((np.diff(bearing) + 180) % 360 - 180)
    same = (
        (index[2:] == index[:-2])
        & (np.hypot(step[1:, 0], step[1:, 1]) > 8)
        & (np.hypot(step[:-1, 0], step[:-1, 1]) > 8)
    )
    worst = np.zeros(len(lines))
    np.maximum.at(worst, index[2:][same], turn[same])
    return worst


BRIDGE_M2, FORD_M2 = 2.0e7, 6.0e6
UNDERPASSES = 3


def crossings(
    scene: Scene, filler: Filler, river_sheet: gpd.GeoDataFrame, road_sheet: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Where a road meets a stream: a bridge over a large one, a culvert or a ford at a small one; and underpasses."""
    rng = filler.rng
    kept = np.asarray(shapely.intersects(scene.streams.lines, scene.outline))
    lines = scene.streams.lines[kept]
    road, river = shapely.STRtree(lines).query(scene.roads.lines, predicate="intersects")
    spot, piece = shapely.get_parts(shapely.intersection(scene.roads.lines[road], lines[river]), return_index=True)
    spot = shapely.point_on_surface(spot)  # of a point itself, of a stretch shared with the stream a vertex of it
    road, river = road[piece], river[piece]
    x, y = shapely.get_x(spot), shapely.get_y(spot)
    fresh = _apart(x, y, 45.0)
    road, river, x, y = road[fresh], river[fresh], x[fresh], y[fresh]
    at = scene.streams.nearest[np.maximum(scene.land.lattice.at(x, y), 0)]
    area, rank = scene.land.area_m2[at], scene.roads.rank[road]
    kind = _crossing_kind(area, rank, rng)
    under_road, ux, uy = _underpasses(scene, rng)
    kind = np.concatenate([kind, np.full(len(ux), "underpass", dtype=object)])
    area, rank = np.r_[area, np.full(len(ux), 1e5)], np.r_[rank, scene.roads.rank[under_road]]
    road_code, river_code = road_sheet["code"].to_numpy(), river_sheet["code"].to_numpy()
    x, y, count = np.r_[x, ux], np.r_[y, uy], len(kind)
    level = scene.height_at(x, y)
    bridge = np.isin(kind, ["bridge", "low_bridge"])
    columns: Columns = {
        "code": codes(f"{scene.code}-CR-", count),
        "name": np.array([f"演练{CROSSING_ZH[k]}{n:03d}" for n, k in enumerate(kind.tolist(), 1)], dtype=object),
        "kind": kind,
        "road": np.concatenate([road_code[road], road_code[under_road]]),
        "river": np.concatenate([river_code[river], np.full(len(ux), None, dtype=object)]),
        "length_m": np.where(bridge, 12 + 1.4 * np.sqrt(area / 1e5), 8).round(),
        "width_m": WIDTH_M[rank],
        "limit_height_m": np.where(kind == "underpass", 4.2, np.nan),
        "limit_load_t": np.where(kind == "underpass", np.nan, np.array([55, 55, 40, 30, 20.0])[rank]),
        "structure_state": rng.choice(
            np.array(["class1", "class2", "class3", "class4"], dtype=object), count, p=[0.3, 0.5, 0.17, 0.03]
        ),
        "deck_m": np.where(bridge, level + np.where(kind == "bridge", 5.0, 1.5), level).round(1),
        "low_point_m": np.where(kind == "underpass", level - 4.5, level).round(1),
        "control_points": objects([["上行端路口", "下行端路口"]] * count),
        "pumps": np.where(kind == "underpass", 2, 0),
        "elevation_m": level,
        "elev_datum": "h1985",
        "status": "open",
    }
    return filler.sheet("crossings", points(x, y), scene.town_code(x, y), columns)


CROSSING_ZH = {"bridge": "大桥", "low_bridge": "漫水桥", "ford": "漫水路", "culvert": "涵洞", "underpass": "下穿通道"}


def _crossing_kind(area: Floats, rank: Ints, rng: np.random.Generator) -> np.ndarray:
    small_road = rank >= 3
    low = small_road & (rng.random(len(area)) < 0.35)
    ford = (rank == 4) & (rng.random(len(area)) < 0.6)
    kind = np.where(area >= BRIDGE_M2, np.where(low, "low_bridge", "bridge"), np.where(ford, "ford", "culvert"))
    return np.where((area < BRIDGE_M2) & (area >= FORD_M2) & ~small_road, "bridge", kind).astype(object)


def _apart(x: Floats, y: Floats, spacing_m: float) -> Ints:
    """The first point of each square of a net, in order."""
    cell = np.floor(x / spacing_m).astype(np.int64) * 10_000_019 + np.floor(y / spacing_m).astype(np.int64)
    return np.sort(np.unique(cell, return_index=True)[1])


def _underpasses(scene: Scene, rng: np.random.Generator) -> tuple[Ints, Floats, Floats]:
    """Low points under the bypass beside the county seat, where towns flood first."""
    seat = scene.places.seats[0]
    here = shapely.Point(scene.land.lattice.x[seat], scene.land.lattice.y[seat])
    main = np.nonzero(scene.roads.rank <= 2)[0]
    near = main[np.argsort(shapely.distance(scene.roads.lines[main], here), kind="stable")[:UNDERPASSES]]
    spots = shapely.line_interpolate_point(scene.roads.lines[near], rng.uniform(0.3, 0.7, len(near)), normalized=True)
    return near, shapely.get_x(spots), shapely.get_y(spots)
