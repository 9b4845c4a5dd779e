"""Mines 矿山: who is underground, how fast they come up, and where water could come in (domain §4.2, R01, R02, R31)."""

from datetime import datetime

from layers.columns import count, level, person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape


class MineStatus(CodeList):
    PRODUCING = "producing", "生产", "Producing"
    BUILDING = "building", "建设", "Under construction"
    SUSPENDED = "suspended", "停产", "Production suspended"
    BUILDING_SUSPENDED = "building_suspended", "停建", "Construction suspended"
    MERGING = "merging", "整合", "Being merged"
    CLOSED = "closed", "关闭", "Closed"
    LONG_SUSPENDED = "long_suspended", "长期停产", "Long suspended"
    PLANNED = "planned", "规划", "Planned"


class MineKind(CodeList):
    COAL = "coal", "煤矿", "Coal"
    NONCOAL_UNDERGROUND = "noncoal_underground", "非煤地下", "Non-coal, underground"
    NONCOAL_OPEN = "noncoal_open", "非煤露天", "Non-coal, open pit"
    QUARRY = "quarry", "小型露天采石场", "Small quarry"


class MiningMethod(CodeList):
    UNDERGROUND = "underground", "井工", "Underground"
    OPEN_PIT = "open_pit", "露天", "Open pit"


class GasClass(CodeList):
    LOW = "low", "低瓦斯", "Low gas"
    HIGH = "high", "高瓦斯", "High gas"
    OUTBURST = "outburst", "煤与瓦斯突出", "Coal and gas outburst"


class HydroType(CodeList):
    SIMPLE = "simple", "简单", "Simple"
    MEDIUM = "medium", "中等", "Medium"
    COMPLEX = "complex", "复杂", "Complex"
    VERY_COMPLEX = "very_complex", "极复杂", "Very complex"


class SelfIgnition(CodeList):
    EASY = "easy", "容易自燃", "Ignites easily"
    IGNITES = "ignites", "自燃", "Ignites"
    HARDLY = "hardly", "不易自燃", "Hardly ignites"


class MineSystem(CodeList):
    SAFETY = "safety", "安全监控", "Safety monitoring"
    PERSONNEL = "personnel", "人员定位", "Personnel positioning"
    HYDROLOGY = "hydrology", "水文监测", "Hydrology"
    VIDEO_AI = "video_ai", "视频AI", "Video analysis"


class Mine(Row):
    mine_kind: MineKind | None = plain("矿种", "Kind of mine", need="R")
    method: MiningMethod | None = plain("开采方式", "Method", need="R")
    mineral: str | None = text("开采矿物", "Mineral", upto=60)
    licence_no: str | None = text("采矿许可证号", "Licence", upto=64)
    capacity: float | None = quantity(
        "生产能力",
        "Capacity",
        "万吨/年",
        10_000,
        need="R",
        help_zh="单位是万吨/年,120万吨填120",
        help_en="In 10⁴ t a year: 1.2 Mt is 120.",
    )
    gas_class: GasClass | None = plain(
        "瓦斯等级", "Gas class", need="r", help_zh="煤矿必填", help_en="Coal mines need it."
    )
    hydro_type: HydroType | None = plain("水文地质类型", "Hydrogeological type", need="R")
    fire_class: SelfIgnition | None = plain("自燃倾向", "Self-ignition", need="r")
    dust_explosive: bool | None = plain("煤尘爆炸性", "Coal dust explosive", need="r")
    rockburst: bool | None = plain("冲击地压", "Rock burst", need="r")
    boundary: Shape | None = shape("井田范围", "Mine field", "MultiPolygon", need="r")
    workings: Shape | None = shape("采掘范围", "Workings", "MultiPolygon", need="r", restricted=True)
    goaf: Shape | None = shape("采空区", "Goaf", "MultiPolygon", need="r", restricted=True)
    goaf_water: Shape | None = shape("老空水范围", "Water in old workings", "MultiPolygon", need="r", restricted=True)
    main_shaft: Shape | None = shape("主井口", "Main shaft", "Point", need="r", restricted=True)
    aux_shaft: Shape | None = shape("副井口", "Auxiliary shaft", "Point", need="r", restricted=True)
    air_shaft: Shape | None = shape("风井口", "Air shaft", "Point", need="r", restricted=True)
    shaft_elev_m: float | None = level("井口标高(最低)", "Shaft mouth, the lowest", need="r")
    flood_level_m: float | None = level("历年最高洪水位", "Highest flood level", need="r")
    depth_m: float | None = quantity("开采深度", "Depth of mining", "m", 3000)
    normal_inflow_m3h: float | None = quantity("正常涌水量", "Normal inflow", "m³/h", 100_000)
    pump_capacity_m3h: float | None = quantity("排水能力", "Pump capacity", "m³/h", 100_000)
    workforce: int | None = persons("从业人数", "Workforce")
    max_underground: int | None = persons("单班井下最大人数", "Most people underground in a shift", need="R")
    underground_now: int | None = persons("当前井下人数", "Underground now", need="r")
    underground_at: datetime | None = plain("井下人数时间", "Moment of that number", need="r")
    evac_minutes: int | None = count(
        "升井用时",
        "Time to come up",
        "min",
        need="R",
        upto=1440,
        help_zh="全部人员升井所需分钟,代替规则R01的60分钟",
        help_en="Minutes for all to come up; takes the place of 60 in rule R01.",
    )
    manager: str | None = person("矿长", "Mine manager", need="R")
    manager_phone: str | None = phone_number("矿长电话", "Manager's phone", need="R")
    chief_engineer: str | None = person("总工程师", "Chief engineer", need="R")
    chief_engineer_phone: str | None = phone_number("总工程师电话", "Chief engineer's phone", need="R")
    dispatch_phone: str | None = phone_number("调度电话(24小时)", "Dispatch, 24 h", need="R")
    leader_guarantor: str | None = person("包保县领导", "County leader in charge", need="R")
    leader_phone: str | None = phone_number("包保县领导电话", "That leader's phone", need="r")
    supervisor: str | None = person("安全监管专员(驻矿)", "Safety supervisor at the mine", need="R")
    supervisor_phone: str | None = phone_number("监管专员电话", "Supervisor's phone", need="R")
    rescue_team: str | None = text("服务救护队", "Mine rescue team", need="R", upto=64, ref="rescue_teams")
    drive_min: int | None = count("救护队车程", "Rescue team's drive", "min", need="R", upto=600)
    monitoring: list[MineSystem] | None = plain("监测系统", "Monitoring systems", need="r")
    hidden_hazards: str | None = text(
        "隐蔽致灾因素",
        "Hidden hazards",
        need="r",
        upto=500,
        help_zh="普查结论或报告编号",
        help_en="Result of the survey or number of its report.",
    )


LAYER = Layer(
    name="mines",
    zh="矿山",
    en="Mines",
    row=Mine,
    geometry="Point",
    group="industry",
    bureau="energy",
    status=MineStatus,
    legend=Legend(
        glyph="矿",
        by="status",
        worst_first=(
            "producing",
            "building",
            "merging",
            "suspended",
            "building_suspended",
            "long_suspended",
            "closed",
            "planned",
        ),
        colours={
            "producing": "#24292f",
            "building": "#7d4e00",
            "suspended": "#6e7781",
            "building_suspended": "#8c959f",
            "merging": "#6639ba",
            "closed": "#afb8c1",
            "long_suspended": "#8c959f",
            "planned": "#d0d7de",
        },
    ),
    checks=(
        Check(
            "underground_mine_needs_shaft_and_flood_level",
            "method = 'open_pit' or (shaft_elev_m is not null and flood_level_m is not null)",
            "井工矿应填井口标高和历年最高洪水位",
            "An underground mine needs its shaft level and highest flood level",
            "query",
        ),
        Check(
            "coal_needs_gas_class",
            "mine_kind <> 'coal' or gas_class is not null",
            "煤矿应填瓦斯等级",
            "A coal mine needs its gas class",
            "query",
        ),
        Check(
            "capacity_probably_in_megatonnes",
            "mine_kind <> 'coal' or capacity >= 30",
            "煤矿产能小于30万吨/年:单位是否误用了百万吨?",
            "Coal capacity below 30: was it given in Mt?",
            "query",
        ),
        Check(
            "capacity_not_over_1000",
            "mine_kind <> 'coal' or capacity <= 1000",
            "煤矿产能大于1000万吨/年,请核对",
            "Coal capacity above 1000 (10⁴ t): please check",
            "query",
        ),
        Check(
            "shaft_above_flood",
            "shaft_elev_m >= flood_level_m",
            "红旗:井口标高低于历年最高洪水位",
            "Red flag: the shaft mouth lies below the highest flood level",
            "query",
        ),
        Check(
            "underground_within_shift",
            "underground_now <= max_underground",
            "当前井下人数超过单班最大人数",
            "More people underground than a shift may have",
            "query",
        ),
        Check(
            "open_pit_has_nobody_underground",
            "method <> 'open_pit' or max_underground = 0",
            "露天矿的井下人数应为0",
            "An open pit has nobody underground",
            "query",
        ),
        Check(
            "kind_fits_method",
            "mine_kind not in ('noncoal_open','quarry') or method = 'open_pit'",
            "露天矿种应为露天开采",
            "An open-pit kind needs the open-pit method",
            "query",
        ),
        Check(
            "underground_kind_fits_method",
            "mine_kind <> 'noncoal_underground' or method = 'underground'",
            "地下矿种应为井工开采",
            "An underground kind needs the underground method",
            "query",
        ),
        Check(
            "rescue_within_30_min",
            "drive_min <= 30",
            "救护队车程超过30分钟",
            "The rescue team is over 30 minutes away",
            "query",
        ),
        Check(
            "pumps_carry_the_inflow",
            "normal_inflow_m3h <= pump_capacity_m3h",
            "排水能力小于正常涌水量",
            "Pumps carry less than the normal inflow",
            "query",
        ),
        Check(
            "underground_number_has_a_moment",
            "underground_now is null or underground_at is not null",
            "填了井下人数应注明时间",
            "The number underground needs its moment",
            "query",
        ),
    ),
    source="domain §4.2; mine rescue rules (30 min)",
    name_zoom=11,
    help_zh="煤矿和非煤矿山:井下人数、升井用时、调度电话、包保领导和驻矿专员。采掘、老空水范围和井口位置属内部资料。",
    help_en="Coal and other mines: people underground, time to come up, dispatch, leader and supervisor. Workings, old "
    "water and shafts are internal.",
)
