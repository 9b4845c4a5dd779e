"""Who helps and where people go: teams, depots, shelters, schools, hospitals, care homes, scenic spots, works."""

from datetime import date

import geopandas as gpd
import numpy as np
import shapely

from scenarios.ground.filling import Columns, Filler, codes, objects, points
from scenarios.ground.hazards import away_from
from scenarios.ground.lattice import Floats, Ints
from scenarios.ground.scene import Scene

Sheets = dict[str, gpd.GeoDataFrame]
SAFE_M = 45.0  # a shelter, school or depot keeps this far from any danger zone


def resource_rows(scene: Scene, filler: Filler, sheets: Sheets) -> Sheets:
    spots = Spots(scene, filler.rng)
    out = {"shelters": shelters(scene, filler, spots)}
    out["rescue_teams"] = rescue_teams(scene, filler, spots)
    out["depots"] = depots(scene, filler, spots)
    out["schools"] = schools(scene, filler, spots)
    out["hospitals"] = hospitals(scene, filler, spots)
    out["care_homes"] = care_homes(scene, filler, spots)
    out["scenic_spots"] = scenic_spots(scene, filler, spots)
    out["worksites"] = worksites(scene, filler, spots)
    return out


class Spots:
    """Safe building plots: houses outside danger, by village."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        places = scene.places
        away = away_from(scene.danger, scene.land.lattice)[places.house_node]
        safe = np.nonzero((away >= SAFE_M) & scene.inside_at(places.house_x, places.house_y))[0]
        self._order = safe[np.argsort(places.house_village[safe], kind="stable")]
        self._village = places.house_village[self._order]
        self._scene, self._rng = scene, rng
        self.seat = np.nonzero(np.r_[True, np.diff(places.village_town) != 0])[0]  # the first village of every township

    def near(self, village: Ints) -> tuple[Floats, Floats]:
        """x, y of a safe plot in each village; a village with none takes the nearest plot of another."""
        first, last = np.searchsorted(self._village, village), np.searchsorted(self._village, village, side="right")
        pick = first + (self._rng.random(len(village)) * (last - first)).astype(np.int64)
        house = self._order[np.minimum(pick, len(self._order) - 1)]
        places, lattice = self._scene.places, self._scene.land.lattice
        for k in np.nonzero(last == first)[0]:
            node = places.village_node[village[k]]
            gap = np.hypot(places.house_x[self._order] - lattice.x[node], places.house_y[self._order] - lattice.y[node])
            house[k] = self._order[int(np.argmin(gap))]
        return places.house_x[house] + 6.0, places.house_y[house] + 6.0


def _sheet(
    scene: Scene, filler: Filler, layer: str, tag: str, x: Floats, y: Floats, columns: Columns
) -> gpd.GeoDataFrame:
    height: Columns = {"elevation_m": scene.height_at(x, y), "elev_datum": "h1985"}
    code: Columns = {"code": codes(f"{scene.code}-{tag}-", len(x))}
    return filler.sheet(layer, points(x, y), scene.town_code(x, y), code | height | columns)


PER_PERSON_M2 = {"emergency": 1.0, "short": 2.0, "long": 4.5}  # domain §4.8


def shelters(scene: Scene, filler: Filler, spots: Spots) -> gpd.GeoDataFrame:
    """One in every village (its school or committee house), squares and a gymnasium at the seats."""
    rng, seats = filler.rng, spots.seat
    every = np.arange(len(scene.places.village_node))
    village = np.concatenate([every, seats, seats[:1], seats[:1]])
    x, y = spots.near(village)
    count = len(village)
    at_seat = np.arange(count) >= len(every)
    outdoor = at_seat & (rng.random(count) < 0.5)
    kind = np.where(at_seat & ~outdoor, "long", np.where(outdoor, "emergency", "short")).astype(object)
    area = np.where(at_seat, rng.uniform(900, 5_000, count), rng.uniform(160, 700, count)).round()
    capacity = np.floor(area / np.array([PER_PERSON_M2[k] for k in kind.tolist()])).astype(int)
    level = np.where(at_seat, "township", "village").astype(object)
    level[-2:] = "county"
    names = scene.village_names[village]
    what = np.where(outdoor, "广场", np.where(at_seat, "体育馆", np.where(rng.random(count) < 0.4, "小学", "村委会")))
    safe_for = ["flood", "geohazard", "fire"]
    return _sheet(
        scene,
        filler,
        "shelters",
        "SL",
        x,
        y,
        {
            "name": np.array(
                [f"{v}{w}避难场所{n:03d}" for n, (v, w) in enumerate(zip(names, what, strict=True), 1)], dtype=object
            ),
            "village": names,
            "level": level,
            "duration_class": kind,
            "space": np.where(outdoor, "outdoor", "indoor").astype(object),
            "function": "combined",
            "hazards_served": objects(
                [["geohazard", "flood", "earthquake"] if o else safe_for for o in outdoor.tolist()]
            ),
            "area_m2": area,
            "capacity": capacity,
            "beds": np.where(outdoor, 0, capacity // 4),
            "water": True,
            "power": True,
            "toilets": np.maximum(capacity // 60, 2),
            "heating": ~outdoor & (rng.random(count) < 0.85),
            "barrier_free": rng.random(count) < 0.5,
            "medical": at_seat,
            "open_min": rng.integers(10, 40, count),
        },
    )


TEAMS = (
    # name, kind, skills, people, turnout minutes, heaviest vehicle t
    ("县消防救援站", "national", ["fire", "search", "rope", "water"], 36, 1, 16.0),
    ("矿山救护队", "mine", ["mine_rescue", "search"], 42, 5, 12.0),
    ("森林消防中队", "forest", ["forest_fire", "drone"], 60, 10, 8.0),
    ("防汛抢险队", "flood", ["pumping", "water"], 40, 20, 14.0),
    ("公路抢通队", "transport", ["road", "earthmoving"], 30, 25, 25.0),
    ("医疗急救队", "medical", ["medical"], 16, 5, 4.5),
    ("电力抢修队", "power", ["power"], 24, 20, 10.0),
    ("通信保障队", "telecom", ["telecom", "drone"], 12, 20, 6.0),
    ("危化处置队", "chemical", ["chemical", "fire"], 18, 15, 14.0),
    ("社会救援队", "social", ["search", "drone", "rope"], 25, 30, 4.5),
)
GEAR = {
    "national": {"2030101": ("消防水泵", 4), "2050101": ("破拆工具组", 3)},
    "mine": {"2010101": ("正压氧气呼吸器", 40)},
    "forest": {"2030201": ("风力灭火机", 30), "2030202": ("水泵", 6)},
    "flood": {"2060101": ("移动排水泵", 6)},
    "transport": {"3020101": ("装载机", 3), "3020102": ("挖掘机", 2)},
    "medical": {"2080101": ("急救箱", 10)},
    "power": {"2070101": ("发电机", 6)},
    "telecom": {"2090101": ("卫星电话", 8)},
    "chemical": {"2010201": ("重型防化服", 12)},
}
HAND_TOOLS = {"2050201": ("铁锹", 40), "2099999": ("手持扩音器", 4)}
# 7-digit classes of GB/T 38565-2020: first digit is the class (1 living, 2 equipment, 3 works); the rest is invented here.
STOCK = {
    "1010101": ("帐篷", "顶", 120.0),
    "1020101": ("棉被", "床", 600.0),
    "1030101": ("方便食品", "箱", 200.0),
    "2060101": ("排水泵", "台", 12.0),
    "3010101": ("编织袋", "条", 20_000.0),
}
STOCK_SHARE = {"county": 1.0, "township": 0.12, "forward": 0.03}


def gear(kind: str) -> dict[str, dict[str, object]]:
    """Equipment of a kind of team, by item code."""
    return {
        code: {"name": name, "qty": qty, "state": "good"} for code, (name, qty) in GEAR.get(kind, HAND_TOOLS).items()
    }


def stock(level: str) -> dict[str, dict[str, object]]:
    """What a depot of a level holds, by item code."""
    return {
        code: {
            "name": name,
            "unit": unit,
            "qty": float(round(most * STOCK_SHARE[level])),
            "safety_qty": float(round(most * STOCK_SHARE[level] * 0.5)),
            "state": "good",
            "mode": "goods",
        }
        for code, (name, unit, most) in STOCK.items()
    }


def rescue_teams(scene: Scene, filler: Filler, spots: Spots) -> gpd.GeoDataFrame:
    rng, seats = filler.rng, spots.seat
    county = [spots.seat[0]] * len(TEAMS)
    village = np.concatenate([county, seats]).astype(np.int64)
    if len(seats) > 2:
        village[1], village[2] = seats[2], seats[len(seats) // 2]  # mine rescue and foresters stand nearer their work
    x, y = spots.near(village)
    local = [(f"{t.name}应急分队", "township", ["evacuation", "search"], 20, 15, 4.5) for t in scene.towns]
    rows = [*TEAMS, *local]
    total = np.array([r[3] for r in rows])
    return _sheet(
        scene,
        filler,
        "rescue_teams",
        "RT",
        x,
        y,
        {
            "name": np.array(
                [("演练" if k < len(TEAMS) else "") + str(r[0]) for k, r in enumerate(rows)], dtype=object
            ),
            "kind": np.array([r[1] for r in rows], dtype=object),
            "skills": objects([list(r[2]) for r in rows]),
            "people_total": total,
            "people_on_duty": np.maximum((total * rng.uniform(0.3, 0.8, len(rows))).astype(int), 2),
            "turnout_min": np.array([r[4] for r in rows]),
            "vehicle_load_t": np.array([r[5] for r in rows]),
            "vehicle_height_m": rng.uniform(2.4, 3.6, len(rows)).round(1),
            "vehicle_width_m": 2.4,
            "equipment": objects([gear(str(r[1])) for r in rows]),
            "vehicles": objects(
                [{f"演练{n:03d}": {"type": "救援车", "load_t": float(str(r[5]))}} for n, r in enumerate(rows, 1)]
            ),
            "last_drill_on": date(2025, 6, 1),
            "status": "ready",
        },
    )


def depots(scene: Scene, filler: Filler, spots: Spots) -> gpd.GeoDataFrame:
    """County store, one a township, and stock set forward in some villages."""
    rng, seats = filler.rng, spots.seat
    forward = np.setdiff1d(np.arange(len(scene.places.village_node)), seats)[::6]
    village = np.concatenate([seats[:1], seats, forward])
    level = np.array(["county"] + ["township"] * len(seats) + ["forward"] * len(forward), dtype=object)
    zh = {"county": "县级应急物资库", "township": "乡镇应急物资库", "forward": "前置物资点"}
    x, y = spots.near(village)
    area = np.array([{"county": 1_200.0, "township": 150.0, "forward": 30.0}[k] for k in level.tolist()])
    access = np.array(
        [{"county": "heavy", "township": "medium", "forward": "light"}[k] for k in level.tolist()], dtype=object
    )
    return _sheet(
        scene,
        filler,
        "depots",
        "DP",
        x,
        y,
        {
            "name": np.array(
                [
                    f"{scene.village_names[v]}{zh[k]}{n:02d}"
                    for n, (v, k) in enumerate(zip(village.tolist(), level.tolist(), strict=True), 1)
                ],
                dtype=object,
            ),
            "village": scene.village_names[village],
            "level": level,
            "area_m2": area,
            "access": access,
            "stock": objects([stock(k) for k in level.tolist()]),
            "open_min": rng.integers(10, 40, len(village)),
            "counted_on": date(2025, 9, 1),
            "status": "in_use",
        },
    )


def schools(scene: Scene, filler: Filler, spots: Spots) -> gpd.GeoDataFrame:
    """A high school and middle schools at the county seat, a nine-year school and kindergarten at each seat, some primaries."""
    rng, seats = filler.rng, spots.seat
    rural = np.setdiff1d(np.arange(len(scene.places.village_node)), seats)[::5]
    plan = [
        (seats[0], "high", 1_400),
        (seats[0], "middle", 900),
        (seats[0], "vocational", 500),
        (seats[0], "primary", 1_100),
    ]
    plan += [(s, "nine_year", 320) for s in seats] + [(s, "kindergarten", 120) for s in seats]
    plan += [(v, "primary", 45) for v in rural]
    village = np.array([p[0] for p in plan], np.int64)
    kind = np.array([p[1] for p in plan], dtype=object)
    students = (np.array([p[2] for p in plan]) * rng.uniform(0.7, 1.2, len(plan))).astype(int)
    boards = np.isin(kind, ["high", "middle", "nine_year", "vocational"])
    zh = {
        "high": "高级中学",
        "middle": "初级中学",
        "vocational": "职业中学",
        "primary": "小学",
        "nine_year": "九年制学校",
        "kindergarten": "幼儿园",
    }
    x, y = spots.near(village)
    return _sheet(
        scene,
        filler,
        "schools",
        "SC",
        x,
        y,
        {
            "name": np.array([f"演练{zh[k]}{n:02d}" for n, k in enumerate(kind.tolist(), 1)], dtype=object),
            "village": scene.village_names[village],
            "kind": kind,
            "students": students,
            "boarders": np.where(boards, (students * 0.5).astype(int), 0),
            "staff": np.maximum(students // 11, 4),
            "under_slope": False,
            "in_flood_zone": False,
            "status": "in_session",
        },
    )


def hospitals(scene: Scene, filler: Filler, spots: Spots) -> gpd.GeoDataFrame:
    rng, seats = filler.rng, spots.seat
    clinics = np.setdiff1d(np.arange(len(scene.places.village_node)), seats)[::4]
    plan = [(seats[0], "second", 260, "县人民医院"), (seats[0], "second", 120, "县中医医院")]
    plan += [(s, "township", 20, "卫生院") for s in seats] + [(v, "village", 2, "村卫生室") for v in clinics]
    village = np.array([p[0] for p in plan], np.int64)
    beds = np.array([p[2] for p in plan])
    large = beds >= 100
    x, y = spots.near(village)
    return _sheet(
        scene,
        filler,
        "hospitals",
        "HP",
        x,
        y,
        {
            "name": np.array([f"演练{p[3]}{n:02d}" for n, p in enumerate(plan, 1)], dtype=object),
            "village": scene.village_names[village],
            "level": np.array([p[1] for p in plan], dtype=object),
            "beds": beds,
            "free_beds": (beds * rng.uniform(0.1, 0.4, len(plan))).astype(int),
            "icu_beds": np.where(large, 8, 0),
            "emergency": beds >= 20,
            "ambulances": np.where(large, 4, np.where(beds >= 20, 1, 0)),
            "blood": large,
            "burns": large,
            "decontamination": large,
            "staff": np.maximum(beds, 2),
            "power_backup_h": np.where(large, 24.0, 2.0),
            "status": "open",
        },
    )


def care_homes(scene: Scene, filler: Filler, spots: Spots) -> gpd.GeoDataFrame:
    rng = filler.rng
    village = np.concatenate([spots.seat, np.setdiff1d(np.arange(len(scene.places.village_node)), spots.seat)[::9]])
    beds = rng.integers(20, 90, len(village))
    residents = (beds * rng.uniform(0.5, 0.95, len(village))).astype(int)
    x, y = spots.near(village)
    return _sheet(
        scene,
        filler,
        "care_homes",
        "CH",
        x,
        y,
        {
            "name": np.array([f"演练养老院{n:02d}" for n in range(1, len(village) + 1)], dtype=object),
            "village": scene.village_names[village],
            "kind": "elderly",
            "beds": beds,
            "residents": residents,
            "bedridden": (residents * rng.uniform(0.1, 0.3, len(village))).astype(int),
            "staff": np.maximum(residents // 6, 4),
            "night_staff": np.maximum(residents // 20, 2),
            "vehicles": 1,
            "heating": True,
            "status": "open",
        },
    )


SCENIC = (
    ("scenic", "3A", "林谷景区", 1_500),
    ("water", "none", "溪谷戏水点", 200),
    ("informal", "none", "崖壁打卡地", 120),
    ("campsite", "none", "河滩露营地", 150),
    ("farm_stay", "none", "农家乐", 80),
    ("market", "none", "集贸市场", 800),
    ("relic", "none", "古建筑", 300),
    ("underground", "none", "地下商场", 400),
)


def scenic_spots(scene: Scene, filler: Filler, spots: Spots) -> gpd.GeoDataFrame:
    """In valleys, as they are: that is why flood warnings close them. Markets and underground shops at the seats."""
    rng, places = filler.rng, scene.places
    count = max(4, len(places.village_node) // 4)
    which = np.arange(count) % len(SCENIC)
    town_kind = np.isin(which, [5, 7])
    village = np.where(
        town_kind, spots.seat[np.arange(count) % len(spots.seat)], rng.integers(0, len(places.village_node), count)
    )
    x, y = spots.near(village)
    stream = scene.streams.nearest[places.village_node[village]]
    wet = np.isin(which, [0, 1, 3])
    x = np.where(wet, scene.streams.x[stream] + 20, x)
    y = np.where(wet, scene.streams.y[stream] + 20, y)
    return _sheet(
        scene,
        filler,
        "scenic_spots",
        "SP",
        x,
        y,
        {
            "name": np.array([f"演练{SCENIC[w][2]}{n:02d}" for n, w in enumerate(which.tolist(), 1)], dtype=object),
            "village": scene.village_names[village],
            "kind": np.array([SCENIC[w][0] for w in which.tolist()], dtype=object),
            "grade": np.array([SCENIC[w][1] for w in which.tolist()], dtype=object),
            "operator": "演练文旅公司",
            "max_visitors": np.array([SCENIC[w][3] for w in which.tolist()]),
            "visitors_now": 0,
            "in_valley": wet,
            "in_forest": which == 0,
            "fire_allowed": False,
            "entrances": objects([["主入口"]] * count),
            "loudspeaker": rng.random(count) < 0.6,
            "status": "open",
        },
    )


WORKS = (
    ("road", "transport", ["high_slope"]),
    ("river", "water", ["in_river"]),
    ("housing", "housing", ["deep_pit", "tower_crane"]),
    ("power", "energy", ["high_slope"]),
    ("land", "natural_resources", ["camp_below_slope"]),
    ("water", "water", ["deep_pit"]),
)


def worksites(scene: Scene, filler: Filler, spots: Spots) -> gpd.GeoDataFrame:
    rng, places = filler.rng, scene.places
    count = max(3, len(places.village_node) // 4)
    which = np.arange(count) % len(WORKS)
    village = rng.integers(0, len(places.village_node), count)
    x, y = spots.near(village)
    stream = scene.streams.nearest[places.village_node[village]]
    river = which == 1
    x, y = np.where(river, scene.streams.x[stream], x), np.where(river, scene.streams.y[stream], y)
    people = rng.integers(8, 60, count)
    return _sheet(
        scene,
        filler,
        "worksites",
        "WK",
        x,
        y,
        {
            "name": np.array([f"演练工地{n:02d}" for n in range(1, count + 1)], dtype=object),
            "village": scene.village_names[village],
            "kind": np.array([WORKS[w][0] for w in which.tolist()], dtype=object),
            "site_bureau": np.array([WORKS[w][1] for w in which.tolist()], dtype=object),
            "owner": "演练建设单位",
            "contractor": "演练施工单位",
            "dangers": objects([list(WORKS[w][2]) for w in which.tolist()]),
            "people_on_site": people,
            "people_in_camp": (people * 0.6).astype(int),
            "camp_in_river": river & (np.arange(count) % 12 == 1),
            "machines_in_river": river,
            "site_area": shapely.buffer(points(x, y), 60.0, quad_segs=3),
            "starts_on": date(2025, 3, 15),
            "ends_on": date(2026, 6, 30),
            "status": "working",
        },
    )
