"""Geohazard points 地质灾害隐患点: what may slide, whom it threatens, who watches (domain §4.1, §2.5, rules R14–R19)."""

from datetime import date

from layers.columns import household_count, money, person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape, UnitBy, field
from layers.grading import Steps, grade_by_kind_sql, worst_grade_sql


class GeohazardStatus(CodeList):
    REGISTERED = "registered", "在册", "On the register"
    NEW = "new", "新增待核", "New, to be verified"
    TREATED = "treated", "治理中", "Under treatment"
    RELOCATED = "relocated", "已搬迁", "People relocated"
    STRUCK_OFF = "struck_off", "核销", "Struck off"


class HazardType(CodeList):
    LANDSLIDE = "landslide", "滑坡", "Landslide"
    COLLAPSE = "collapse", "崩塌", "Collapse"
    DEBRIS_FLOW = "debris_flow", "泥石流", "Debris flow"
    GROUND_COLLAPSE = "ground_collapse", "地面塌陷", "Ground collapse"
    GROUND_FISSURE = "ground_fissure", "地裂缝", "Ground fissure"
    SUBSIDENCE = "subsidence", "地面沉降", "Land subsidence"
    UNSTABLE_SLOPE = "unstable_slope", "不稳定斜坡", "Unstable slope"


class Trigger(CodeList):
    RAIN = "rain", "降雨", "Rain"
    FREEZE_THAW = "freeze_thaw", "冻融", "Freeze and thaw"
    MINING = "mining", "采矿", "Mining"
    CUT_SLOPE = "cut_slope", "切坡", "Cut slope"
    RIVER = "river", "河流冲刷", "River erosion"
    EARTHQUAKE = "earthquake", "地震", "Earthquake"
    IRRIGATION = "irrigation", "灌溉", "Irrigation"
    OTHER = "other", "其他", "Other"


class SizeGrade(CodeList):
    SMALL = "small", "小型", "Small"
    MEDIUM = "medium", "中型", "Medium"
    LARGE = "large", "大型", "Large"
    EXTRA_LARGE = "extra_large", "特大型", "Very large"


class Stability(CodeList):
    UNSTABLE = "unstable", "不稳定", "Unstable"
    LESS_STABLE = "less_stable", "欠(较)稳定", "Less stable"
    STABLE = "stable", "稳定", "Stable"


class Trend(CodeList):
    WORSE = "worse", "趋于恶化", "Getting worse"
    SAME = "same", "无变化", "Unchanged"
    BETTER = "better", "趋于稳定", "Getting better"


class ThreatObject(CodeList):
    HOUSES = "houses", "居民", "Houses"
    SCHOOL = "school", "学校", "School"
    ROAD = "road", "道路", "Road"
    MINE = "mine", "矿山", "Mine"
    WORKS = "works", "工地", "Construction site"
    SCENIC = "scenic", "景区", "Scenic spot"
    RIVER = "river", "河道", "River"
    OTHER = "other", "其他", "Other"


class MonitorType(CodeList):
    COMMUNITY = "community", "群测群防", "Community watch"
    PROFESSIONAL = "professional", "专业监测", "Professional monitoring"
    AUTOMATIC = "automatic", "自动化普适", "Automatic low-cost"


class Measure(CodeList):
    MONITORING = "monitoring", "监测", "Monitoring"
    WORKS = "works", "工程治理", "Engineering"
    RELOCATION = "relocation", "避险搬迁", "Relocation"
    STRUCK_OFF = "struck_off", "已核销", "Struck off"


DANGER_GRADES: Steps = (("extra_large", (1000, 10_000)), ("large", (500, 5_000)), ("medium", (100, 500)))
"""险情等级 (domain §2.5): threatened people or assets in 万元 (10⁴ yuan) that reach a grade; less is small. 5, 50 and
100 million yuan are 500, 5 000 and 10 000 万元. The worse of the two decides."""

SCALES: tuple[tuple[str, Steps, str], ...] = (
    ("landslide", (("extra_large", (10_000_000,)), ("large", (1_000_000,)), ("medium", (100_000,))), "small"),
    ("collapse", (("extra_large", (1_000_000,)), ("large", (100_000,)), ("medium", (10_000,))), "small"),
    ("debris_flow", (("extra_large", (500_000,)), ("large", (200_000,)), ("medium", (20_000,))), "small"),
    ("ground_collapse", (("extra_large", (10,)), ("large", (1,)), ("medium", (0.1,))), "small"),
)
"""规模等级 (domain §4.1): m³ for slides, collapses and flows, km² for ground collapse. The other types have no table."""


SIZE_UNITS = UnitBy("hazard_type", {
    "landslide": "m³", "collapse": "m³", "debris_flow": "m³", "unstable_slope": "m³", "ground_collapse": "km²",
    "subsidence": "km²", "ground_fissure": "m",
})  # fmt: skip
"""规模 is a volume, an area or a length (domain §4.1)."""


class Geohazard(Row):
    unified_code: str | None = plain(
        "统一编号",
        "Unified code",
        need="R",
        pattern=r"^\d{12,20}$",
        help_zh="12–20位,前6位为县代码",
        help_en="12–20 digits; the first 6 are the county code.",
    )
    unified_code_fits: bool | None = plain(
        "编号与县一致", "Code fits the county", computed="left(unified_code, 6) = left(admin_code, 6)"
    )
    hazard_type: HazardType | None = plain("灾害类型", "Type", need="R")
    triggers: list[Trigger] | None = plain("引发因素", "Triggers", need="r")
    size: float | None = quantity(
        "规模数值",
        "Size",
        "m³ | km² | m",
        10_000_000_000,
        need="R",
        unit_by=SIZE_UNITS,
        help_zh="滑坡、崩塌、泥石流填m³;塌陷、沉降填km²;地裂缝填m",
        help_en="m³ for slides, collapses, flows; km² for subsidence; m for fissures.",
    )
    scale: SizeGrade | None = plain("规模等级", "Scale", need="R")
    scale_computed: SizeGrade | None = plain(
        "规模等级(计算)", "Scale, computed", computed=grade_by_kind_sql("hazard_type", "size", SCALES)
    )
    length_m: float | None = quantity("长", "Length", "m", 100_000, need="r")
    width_m: float | None = quantity("宽", "Width", "m", 100_000, need="r")
    height_m: float | None = quantity("高", "Height", "m", 5000, need="r")
    slope_deg: float | None = quantity("坡度", "Slope", "°", 90, need="r")
    slope_bearing_deg: float | None = quantity(
        "坡向", "Slope direction", "°", 360, need="r", help_zh="从北顺时针", help_en="Clockwise from north."
    )
    stability: Stability | None = plain("稳定性", "Stability", need="R")
    trend: Trend | None = plain("变化趋势", "Trend", need="r")
    threat_households: int | None = household_count("威胁户数", "Households threatened", need="R")
    threat_people: int | None = persons("威胁人数", "People threatened", need="R")
    threat_assets: float | None = money(
        "威胁财产", "Assets threatened", need="R", help_zh="单位是万元", help_en="In 10⁴ yuan."
    )
    threat_objects: list[ThreatObject] | None = plain("威胁对象", "What is threatened", need="R")
    danger_grade: SizeGrade | None = plain("险情等级", "Danger grade", need="R")
    danger_grade_computed: SizeGrade | None = plain(
        "险情等级(计算)",
        "Danger grade, computed",
        computed=worst_grade_sql(("threat_people", "threat_assets"), DANGER_GRADES, "small"),
        help_zh="按威胁人数和财产,取高者",
        help_en="From people and assets; the worse decides.",
    )
    danger_zone: Shape | None = shape("危险区", "Danger zone", "MultiPolygon", need="r")
    monitor_type: list[MonitorType] | None = plain("监测方式", "Monitoring", need="R")
    monitor_station: str | None = text("自动监测站", "Automatic station", need="r", upto=64, ref="stations")
    leader: str | None = person("防灾责任人", "Responsible for prevention", need="R")
    leader_phone: str | None = phone_number("防灾责任人电话", "Responsible person's phone", need="R")
    monitor: str | None = person("监测人", "Monitor", need="R")
    monitor_phone: str | None = phone_number("监测人电话", "Monitor's phone", need="R")
    monitor_in_village: bool | None = plain("监测人住在本村", "Monitor lives in the village", need="r")
    tech: str | None = person("技术责任人", "Technical responsible", need="R")
    tech_phone: str | None = phone_number("技术责任人电话", "Technical responsible's phone", need="R")
    measures: Measure | None = plain("防治措施", "Measures", need="R")
    shelter: str | None = text("避险场所", "Shelter", need="R", upto=64, ref="shelters")
    route: Shape | None = shape("撤离路线", "Way out", "LineString", need="R")
    signal: str | None = text(
        "预警信号",
        "Signal",
        need="R",
        help_zh="器具和信号,如:锣,急促连续",
        help_en="Instrument and pattern, such as: gong, quick and unbroken.",
    )
    work_card: bool = field("工作明白卡已发", "Duty card given", default=False, need="r")
    escape_card: bool = field("避险明白卡已发", "Household cards given", default=False, need="r")
    found_on: date | None = plain("发现日期", "Found on")
    struck_off_on: date | None = plain("核销日期", "Struck off on")
    struck_off_paper: str | None = text("核销文号", "Paper of striking off")


LAYER = Layer(
    name="geohazards",
    zh="地质灾害隐患点",
    en="Geohazard points",
    row=Geohazard,
    geometry="Point",
    group="hazards",
    bureau="natural_resources",
    status=GeohazardStatus,
    legend=Legend(
        glyph="灾",
        by="danger_grade",
        worst_first=("extra_large", "large", "medium", "small"),
        colours={"extra_large": "#E60012", "large": "#F39800", "medium": "#FFD800", "small": "#0068B7"},
    ),
    checks=(
        Check(
            "people_not_fewer_than_households",
            "threat_people >= threat_households",
            "威胁人数少于户数",
            "Fewer people than households",
            "query",
        ),
        Check(
            "not_over_8_per_household",
            "threat_people <= threat_households * 8",
            "平均每户超过8人,请核对",
            "More than 8 people a household: please check",
            "query",
        ),
        Check(
            "danger_grade_as_computed",
            "danger_grade = danger_grade_computed",
            "填报险情等级与计算结果不同",
            "The entered danger grade differs from the computed one",
            "query",
        ),
        Check(
            "scale_as_computed",
            "scale = scale_computed",
            "填报规模等级与计算结果不同",
            "The entered scale differs from the computed one",
            "query",
        ),
        Check(
            "unified_code_of_this_county",
            "unified_code_fits = true",
            "统一编号前6位与所在县代码不同",
            "The first 6 digits of the unified code are not this county's",
            "query",
        ),
        Check(
            "subsidence_in_km2",
            "hazard_type not in ('ground_collapse','subsidence') or size <= 1000",
            "塌陷、沉降的规模单位是km²,数值过大",
            "Subsidence is measured in km²: the number is too large",
            "query",
        ),
        Check("size_is_positive", "size > 0", "规模数值应大于0", "The size should be above 0", "query"),
        Check(
            "monitor_lives_near",
            "monitor_in_village = true",
            "监测人应住在本村",
            "The monitor should live in the village",
            "query",
        ),
        Check(
            "struck_off_with_date_and_paper",
            "status <> 'struck_off' or (struck_off_on is not null and struck_off_paper is not null)",
            "核销应有日期和文号",
            "Striking off needs a date and a paper",
            "query",
        ),
        Check(
            "struck_off_after_found",
            "found_on <= struck_off_on",
            "核销日期早于发现日期",
            "Struck off before it was found",
        ),
        Check(
            "struck_off_threatens_nobody",
            "status <> 'struck_off' or threat_people = 0",
            "已核销的隐患点仍有威胁人数",
            "A point struck off still threatens people",
            "query",
        ),
    ),
    source="domain §4.1, §2.5",
    name_zoom=12,
    help_zh="滑坡、崩塌、泥石流等隐患点:规模、威胁的人和财产、责任人与监测人、撤离路线和信号。",
    help_en="Points that may slide, fall or flow: size, people and assets threatened, who watches, way out and signal.",
)
