"""Flash-flood danger zones 山洪危险区, with the rain and stage at which people leave (domain §4.5, §2.3, R08–R10).

Indicators come from the county's 山洪灾害调查评价; an empty one means "not loaded", and the rules then use the default.
"""

from layers.columns import count, household_count, level, person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape


class FlashFloodStatus(CodeList):
    IN_FORCE = "in_force", "在册", "On the register"
    NEW = "new", "新增待核", "New, to be verified"
    RELOCATED = "relocated", "已搬迁", "People relocated"
    LIFTED = "lifted", "已撤销", "Lifted"


class FlashFloodGrade(CodeList):
    VERY_HIGH = "very_high", "极高危险", "Very high danger"
    HIGH = "high", "高危险", "High danger"
    DANGER = "danger", "危险", "Danger"


RETURN_PERIODS_YR = {"very_high": 5, "high": 20, "danger": 100}
"""The longest return period of a damaging flood that still has the grade (domain §4.5); rarer floods have none."""

GRADE_SQL = (
    "case"
    + "".join(f" when return_period_yr <= {years} then '{grade}'" for grade, years in RETURN_PERIODS_YR.items())
    + " end"
)

RAIN_MAX_MM = 1000.0


class FlashFloodZone(Row):
    stream: str | None = text("所在沟道", "Stream", need="R", upto=64, ref="rivers")
    grade: FlashFloodGrade | None = plain("危险等级", "Grade", need="R")
    return_period_yr: float | None = quantity("成灾重现期", "Return period of damage", "年", 10_000, need="r")
    grade_computed: FlashFloodGrade | None = plain("危险等级(计算)", "Grade, computed", computed=GRADE_SQL)
    households: int | None = household_count("户数", "Households", need="R")
    people: int | None = persons("人数", "People", need="R")
    weak_people: int | None = persons("弱势人数", "Weak people", need="R")
    prepare_30min_mm: float | None = quantity(
        "准备转移30分钟雨量", "Prepare: rain in 30 min", "mm", RAIN_MAX_MM, need="R"
    )
    prepare_1h_mm: float | None = quantity("准备转移1小时雨量", "Prepare: rain in 1 h", "mm", RAIN_MAX_MM, need="R")
    prepare_3h_mm: float | None = quantity("准备转移3小时雨量", "Prepare: rain in 3 h", "mm", RAIN_MAX_MM, need="R")
    prepare_6h_mm: float | None = quantity("准备转移6小时雨量", "Prepare: rain in 6 h", "mm", RAIN_MAX_MM, need="R")
    leave_30min_mm: float | None = quantity("立即转移30分钟雨量", "Leave: rain in 30 min", "mm", RAIN_MAX_MM, need="R")
    leave_1h_mm: float | None = quantity("立即转移1小时雨量", "Leave: rain in 1 h", "mm", RAIN_MAX_MM, need="R")
    leave_3h_mm: float | None = quantity("立即转移3小时雨量", "Leave: rain in 3 h", "mm", RAIN_MAX_MM, need="R")
    leave_6h_mm: float | None = quantity("立即转移6小时雨量", "Leave: rain in 6 h", "mm", RAIN_MAX_MM, need="R")
    prepare_stage_m: float | None = level("准备转移水位", "Prepare: stage")
    leave_stage_m: float | None = level("立即转移水位", "Leave: stage")
    rain_station: str | None = text("雨量站", "Rain station", need="R", upto=64, ref="stations")
    stage_station: str | None = text("水位站", "Stage station", upto=64, ref="stations")
    response_min: int | None = count("汇流响应时间", "Response time", "min", need="r", upto=10_000)
    leader: str | None = person("转移责任人", "Responsible for moving people", need="R")
    leader_phone: str | None = phone_number("转移责任人电话", "Responsible person's phone", need="R")
    monitor: str | None = person("监测预警人", "Monitor", need="R")
    monitor_phone: str | None = phone_number("监测预警人电话", "Monitor's phone", need="R")
    route: Shape | None = shape("转移路线", "Way out", "LineString", need="R")
    shelter: str | None = text("避险场所", "Shelter", need="R", upto=64, ref="shelters")


def _prepare_before_leave(duration: str, zh: str, en: str) -> Check:
    return Check(
        f"prepare_before_leave_{duration}",
        f"prepare_{duration} <= leave_{duration}",
        f"{zh}:准备转移雨量大于立即转移雨量",
        f"{en}: rain to prepare is above rain to leave",
    )


LAYER = Layer(
    name="flash_flood_zones",
    zh="山洪危险区",
    en="Flash-flood zones",
    row=FlashFloodZone,
    geometry="MultiPolygon",
    group="flood",
    bureau="water",
    status=FlashFloodStatus,
    legend=Legend(
        glyph="洪",
        by="grade",
        worst_first=("very_high", "high", "danger"),
        colours={"very_high": "#E60012", "high": "#F39800", "danger": "#FFD800"},
    ),
    checks=(
        _prepare_before_leave("30min_mm", "30分钟", "30 min"),
        _prepare_before_leave("1h_mm", "1小时", "1 h"),
        _prepare_before_leave("3h_mm", "3小时", "3 h"),
        _prepare_before_leave("6h_mm", "6小时", "6 h"),
        Check(
            "prepare_before_leave_stage",
            "prepare_stage_m <= leave_stage_m",
            "准备转移水位高于立即转移水位",
            "Stage to prepare is above stage to leave",
        ),
        Check(
            "prepare_rain_grows",
            "prepare_30min_mm <= prepare_1h_mm and prepare_1h_mm <= prepare_3h_mm and prepare_3h_mm <= prepare_6h_mm",
            "准备转移雨量应随时段增大",
            "Rain to prepare should grow with duration",
            "query",
        ),
        Check(
            "leave_rain_grows",
            "leave_30min_mm <= leave_1h_mm and leave_1h_mm <= leave_3h_mm and leave_3h_mm <= leave_6h_mm",
            "立即转移雨量应随时段增大",
            "Rain to leave should grow with duration",
            "query",
        ),
        Check(
            "zone_grade_as_computed",
            "grade = grade_computed",
            "填报等级与按重现期算出的不同",
            "The entered grade differs from that of the return period",
            "query",
        ),
        Check("zone_weak_within_people", "weak_people <= people", "弱势人数多于总人数", "More weak people than people"),
        Check(
            "zone_people_not_fewer_than_households",
            "people >= households",
            "人数少于户数",
            "Fewer people than households",
            "query",
        ),
        Check(
            "zone_not_over_8_per_household",
            "people <= households * 8",
            "平均每户超过8人,请核对",
            "More than 8 people a household: please check",
            "query",
        ),
    ),
    source="domain §4.5, §2.3",
    name_zoom=12,
    help_zh="山洪危险区:等级、人数、准备转移和立即转移的分时段雨量、责任人、路线和避险场所。",
    help_en="Flash-flood zones: grade, people, rain by duration to prepare and to leave, who moves them, where to.",
)
