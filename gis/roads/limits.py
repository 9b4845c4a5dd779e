"""Numbers of the road analyses that a county may change, each with its basis. Those of the build are read when it is made."""

from gis.analysis import Limit

_OURS = "default of the project, to be confirmed by the county"

SPEED_KPH = Limit(
    "roads.speed_kph",
    {"national": 60, "provincial": 50, "county": 40, "township": 35, "village": 25, "special": 20, "street": 30,
     "forest": 20, "track": 15},
    "km/h", "各等级道路的行车速度", "Driving speed by rank of road",
    "about three quarters of the design speeds of JTG B01-2014 (class 2 to 4: 60–80, 30–40, 20) for a loaded vehicle by "
    "night; a road's own limit goes before it; " + _OURS,
)  # fmt: skip
TOP_KPH = Limit(
    "roads.top_kph", {"truck": 60, "fire_engine": 70, "bus": 60, "foot": 4}, "km/h", "各类车辆的最高速度",
    "Top speed by kind of vehicle",
    "Road Traffic Safety Law regulations art. 46 for heavy vehicles off motorways; 4 km/h for groups on foot; " + _OURS,
)  # fmt: skip
JOIN_M = Limit(
    "roads.join_m", 10.0, "m", "道路断头相接的最大间距", "Gap at which a loose end is joined to another road",
    "accuracy of points picked on the map (domain §4.0)",
)  # fmt: skip
SNAP_LIMIT_M = Limit(
    "roads.snap_limit_m", 500.0, "m", "地点离道路的最大距离", "How far a place may lie from a road",
    "about eight minutes on foot; " + _OURS,
)  # fmt: skip
AVOID_AREAS = Limit(
    "roads.avoid_max_areas", 500, "个", "一次避让区域的最多个数", "Most areas to avoid at once",
    "keeps one question under a second; " + _OURS,
)  # fmt: skip
AVOID_VERTICES = Limit(
    "roads.avoid_max_vertices", 20_000, "个", "避让区域的最多顶点数", "Most vertices of areas to avoid",
    "keeps one question under a second; " + _OURS,
)  # fmt: skip
AVOID_WIDEN_M = Limit(
    "roads.avoid_widen_m", 15.0, "m", "点、线对象避让时的外扩距离", "Width about points and lines to avoid",
    "a bridge or piece of road with the accuracy of its position (domain §4.0); " + _OURS,
)  # fmt: skip
AIR_FACTOR = Limit(
    "roads.air_factor", 1.5, "", "直线距离折算系数", "Road distance as a multiple of air distance",
    "domain §8.3, [D]",
)  # fmt: skip
AIR_KPH = Limit(
    "roads.air_kph", 30.0, "km/h", "直线估算的行车速度", "Speed of the air-distance estimate", "domain §8.3, [D]"
)
BUILD_LIMITS = (SPEED_KPH, TOP_KPH, JOIN_M)
ROUTE_LIMITS = (SNAP_LIMIT_M, AVOID_AREAS, AVOID_VERTICES, AVOID_WIDEN_M)
ESTIMATE_LIMITS = (AIR_FACTOR, AIR_KPH)
