"""Construction sites 在建工地 (domain §1.2: rules R07, R16, R21, R22)."""

from datetime import date

from layers.columns import person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape


class WorksiteStatus(CodeList):
    WORKING = "working", "施工", "Working"
    SUSPENDED = "suspended", "停工", "Suspended"
    FINISHED = "finished", "完工", "Finished"


class WorksiteKind(CodeList):
    HOUSING = "housing", "房建市政", "Buildings and streets"
    ROAD = "road", "公路", "Road"
    RAILWAY = "railway", "铁路", "Railway"
    WATER = "water", "水利", "Water works"
    RIVER = "river", "涉河工程", "Works in a river"
    POWER = "power", "电力", "Power"
    LAND = "land", "土地整治", "Land works"
    SURVEY = "survey", "勘探钻井", "Survey and drilling"


class SiteBureau(CodeList):
    HOUSING = "housing", "住建", "Housing"
    TRANSPORT = "transport", "交通", "Transport"
    WATER = "water", "水利", "Water"
    ENERGY = "energy", "能源", "Energy"
    NATURAL_RESOURCES = "natural_resources", "自然资源", "Natural resources"


class SiteDanger(CodeList):
    DEEP_PIT = "deep_pit", "深基坑", "Deep pit"
    HIGH_SLOPE = "high_slope", "高边坡", "High slope"
    IN_RIVER = "in_river", "临河涉河", "In or at a river"
    TUNNEL = "tunnel", "隧道", "Tunnel"
    TOWER_CRANE = "tower_crane", "塔吊", "Tower crane"
    CAMP_BELOW_SLOPE = "camp_below_slope", "工棚在坡下", "Camp below a slope"
    HOT_WORK = "hot_work", "动火作业", "Hot work"


class Worksite(Row):
    kind: WorksiteKind | None = plain("类别", "Kind", need="R")
    site_bureau: SiteBureau | None = plain("主管部门", "Bureau in charge", need="R")
    owner: str | None = text("建设单位", "Owner", need="R")
    contractor: str | None = text("施工单位", "Contractor", need="R")
    manager: str | None = person("项目经理", "Site manager", need="R")
    manager_phone: str | None = phone_number("项目经理电话", "Site manager's phone", need="R")
    dangers: list[SiteDanger] | None = plain("危险特征", "Dangers", need="R")
    people_on_site: int | None = persons("现场人数", "People on site", need="R")
    people_in_camp: int | None = persons("工棚住宿人数", "People sleeping in camp", need="R")
    camp_in_river: bool | None = plain("营地在河道内", "Camp in the river bed", need="R")
    machines_in_river: bool | None = plain("机械在河道内", "Machines in the river bed", need="r")
    site_area: Shape | None = shape("工地范围", "Site", "MultiPolygon", need="r")
    pit_depth_m: float | None = quantity("基坑深", "Pit depth", "m", 200)
    slope_height_m: float | None = quantity("边坡高", "Slope height", "m", 1000)
    starts_on: date | None = plain("开工日期", "Starts on")
    ends_on: date | None = plain("计划完工日期", "Planned end")


LAYER = Layer(
    name="worksites",
    zh="在建工地",
    en="Construction sites",
    row=Worksite,
    geometry="Point",
    group="industry",
    bureau="housing",
    status=WorksiteStatus,
    legend=Legend(
        glyph="工",
        by="status",
        worst_first=("working", "suspended", "finished"),
        colours={"working": "#bc4c00", "suspended": "#6e7781", "finished": "#afb8c1"},
    ),
    checks=(
        Check("worksite_dates_in_order", "starts_on <= ends_on", "完工日期早于开工日期", "It ends before it begins"),
        Check(
            "no_camp_in_the_river",
            "camp_in_river = false",
            "营地不应设在河道内",
            "No camp should stand in a river bed",
            "query",
        ),
        Check(
            "finished_site_is_empty",
            "status <> 'finished' or people_on_site = 0",
            "已完工但现场仍有人",
            "Finished, yet people are on site",
            "query",
        ),
    ),
    source="domain §1.2 (R07, R16, R21, R22)",
    name_zoom=13,
    help_zh="房建、交通、水利等在建工地:现场和工棚人数、深基坑、高边坡、是否在河道内。",
    help_en="Building, road and water works: people on site and in camp, pits, slopes, whether in a river bed.",
)
