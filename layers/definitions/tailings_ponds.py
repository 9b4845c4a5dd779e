"""Tailings ponds 尾矿库: grade by volume and height, safety, who is below (domain §4.2, rule R05)."""

from layers.columns import level, person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape
from layers.grading import Steps, worst_grade_sql


class PondStatus(CodeList):
    IN_USE = "in_use", "在用", "In use"
    BUILDING = "building", "在建", "Under construction"
    SUSPENDED = "suspended", "停用", "Out of use"
    CLOSED = "closed", "闭库", "Closed"
    CANCELLED = "cancelled", "销号", "Struck off"


class PondGrade(CodeList):
    FIRST = "1", "一等", "Grade 1"
    SECOND = "2", "二等", "Grade 2"
    THIRD = "3", "三等", "Grade 3"
    FOURTH = "4", "四等", "Grade 4"
    FIFTH = "5", "五等", "Grade 5"


class PondSafety(CodeList):
    NORMAL = "normal", "正常库", "Normal"
    SICK = "sick", "病库", "Defective"
    RISKY = "risky", "险库", "At risk"
    DANGEROUS = "dangerous", "危库", "Dangerous"


class DamType(CodeList):
    UPSTREAM = "upstream", "上游式", "Upstream"
    DOWNSTREAM = "downstream", "下游式", "Downstream"
    CENTRELINE = "centreline", "中线式", "Centre line"
    ONE_STEP = "one_step", "一次建坝", "Built in one step"
    DRY = "dry", "干式堆存", "Dry stacking"


POND_GRADES: Steps = (("1", (50_000, 200)), ("2", (10_000, 100)), ("3", (1_000, 60)), ("4", (100, 30)))
"""Volume in 10⁴ m³ or dam height in m that reach a grade; less is grade 5 (domain §4.2, after GB 39496-2020, which lowers
the worse of the two by one where they differ by more than one grade: a query, so the entered grade may say so)."""


class TailingsPond(Row):
    grade: PondGrade | None = plain("等别", "Grade", need="R")
    grade_computed: PondGrade | None = plain(
        "等别(计算)", "Grade, computed", computed=worst_grade_sql(("volume", "height_m"), POND_GRADES, "5")
    )
    volume: float | None = quantity(
        "全库容V", "Volume V", "10⁴ m³", 1_000_000, need="R", help_zh="单位是万立方米", help_en="In 10⁴ m³."
    )
    height_m: float | None = quantity("坝高H", "Dam height H", "m", 500, need="R")
    safety: PondSafety | None = plain("安全度", "Safety", need="R")
    dam_type: DamType | None = plain("筑坝方式", "Dam type", need="R")
    flood_limit_m: float | None = level("汛限水位", "Flood-season level", need="R")
    water_level_m: float | None = level("当前水位", "Level now")
    min_beach_m: float | None = quantity("最小干滩长度", "Least dry beach", "m", 5000, need="R")
    beach_m: float | None = quantity("当前干滩长度", "Dry beach now", "m", 5000, need="r")
    above_heads: bool | None = plain(
        "头顶库",
        "Above people's heads",
        need="R",
        help_zh="下游1 km内有居民或重要设施",
        help_en="People within 1 km downstream.",
    )
    inundation: Shape | None = shape("溃坝淹没范围", "Dam-break area", "MultiPolygon", need="r")
    downstream_people: int | None = persons("下游人数", "People downstream", need="R")
    people_within_1km: int | None = persons("下游1 km内人数", "People within 1 km", need="R")
    owner: str | None = text("企业", "Owner", need="R")
    owner_phone: str | None = phone_number("企业值班电话", "Owner's duty phone", need="R")
    leader_guarantor: str | None = person("包保县领导", "County leader in charge", need="R")
    leader_phone: str | None = phone_number("包保县领导电话", "That leader's phone", need="r")
    monitor_station: str | None = text("监测站", "Monitoring station", need="r", upto=64, ref="stations")


LAYER = Layer(
    name="tailings_ponds",
    zh="尾矿库",
    en="Tailings ponds",
    row=TailingsPond,
    geometry="Point",
    group="industry",
    bureau="emergency",
    status=PondStatus,
    legend=Legend(
        glyph="尾",
        by="safety",
        worst_first=("dangerous", "risky", "sick", "normal"),
        colours={"dangerous": "#E60012", "risky": "#F39800", "sick": "#FFD800", "normal": "#57606a"},
    ),
    checks=(
        Check(
            "pond_grade_as_computed",
            "grade = grade_computed",
            "填报等别与按库容、坝高算出的等别不同",
            "The entered grade differs from that of volume and height",
            "query",
        ),
        Check(
            "above_heads_if_people_near",
            "above_heads = true or people_within_1km = 0",
            "下游1 km内有人,应为头顶库",
            "People live within 1 km downstream: it stands above their heads",
            "query",
        ),
        Check(
            "near_people_within_downstream",
            "people_within_1km <= downstream_people",
            "1 km内人数多于下游总人数",
            "More people within 1 km than downstream in all",
        ),
        Check(
            "level_below_flood_limit",
            "water_level_m <= flood_limit_m",
            "当前水位超过汛限水位",
            "The level is above the flood-season limit",
            "query",
        ),
        Check("beach_long_enough", "beach_m >= min_beach_m", "干滩长度不足", "The dry beach is too short", "query"),
    ),
    source="domain §4.2 and rule R05; GB 39496-2020",
    name_zoom=11,
    help_zh="尾矿库:等别、安全度、干滩、汛限水位、头顶库和下游人数。",
    help_en="Tailings ponds: grade, safety, dry beach, flood-season level, people below.",
)
