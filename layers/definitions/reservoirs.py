"""Reservoirs 水库: levels that matter, three keepers, who is below (domain §4.5, rule R06)."""

from layers.columns import level, person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape
from layers.grading import Steps, worst_grade_sql


class ReservoirStatus(CodeList):
    NORMAL = "normal", "正常", "Normal"
    DEFECTIVE = "defective", "病险", "Defective"
    EMPTY = "empty", "空库运行", "Kept empty"
    OUT_OF_USE = "out_of_use", "降等报废", "Given up"


class ReservoirClass(CodeList):
    LARGE = "large", "大型", "Large"
    MEDIUM = "medium", "中型", "Medium"
    SMALL1 = "small1", "小(1)型", "Small (1)"
    SMALL2 = "small2", "小(2)型", "Small (2)"


class ReservoirDam(CodeList):
    EARTH = "earth", "土坝", "Earth"
    ROCKFILL = "rockfill", "堆石坝", "Rockfill"
    CONCRETE = "concrete", "混凝土坝", "Concrete"
    MASONRY = "masonry", "浆砌石坝", "Masonry"


RESERVOIR_CLASSES: Steps = (("large", (10_000,)), ("medium", (1_000,)), ("small1", (100,)), ("small2", (10,)))
"""Total capacity in 10⁴ m³ that reaches a class (SL 252-2017); below 10 it is a pond and has none."""


class Reservoir(Row):
    reservoir_class: ReservoirClass | None = plain("规模", "Class", need="R")
    capacity: float | None = quantity(
        "总库容", "Total capacity", "10⁴ m³", 10_000_000, need="R", help_zh="单位是万立方米", help_en="In 10⁴ m³."
    )
    class_computed: ReservoirClass | None = plain(
        "规模(计算)", "Class, computed", computed=worst_grade_sql(("capacity",), RESERVOIR_CLASSES, None)
    )
    river: str | None = text("所在河流", "River", need="r", upto=64, ref="rivers")
    flood_limit_m: float | None = level("汛限水位", "Flood-season level", need="R")
    design_level_m: float | None = level("设计洪水位", "Design flood level", need="R")
    check_level_m: float | None = level("校核洪水位", "Check flood level", need="R")
    crest_m: float | None = level("坝顶高程", "Dam crest", need="r")
    water_level_m: float | None = level("当前水位", "Level now")
    dam_type: ReservoirDam | None = plain("坝型", "Dam type", need="r")
    dam_height_m: float | None = quantity("坝高", "Dam height", "m", 400, need="R")
    spillway: bool | None = plain("溢洪道", "Spillway", need="r")
    spillway_m3s: float | None = quantity("最大泄量", "Greatest release", "m³/s", 100_000)
    admin_keeper: str | None = person("行政责任人", "Administrative keeper", need="R")
    admin_keeper_phone: str | None = phone_number("行政责任人电话", "Administrative keeper's phone", need="R")
    tech_keeper: str | None = person("技术责任人", "Technical keeper", need="R")
    tech_keeper_phone: str | None = phone_number("技术责任人电话", "Technical keeper's phone", need="R")
    patrol_keeper: str | None = person("巡查责任人", "Patrol keeper", need="R")
    patrol_keeper_phone: str | None = phone_number("巡查责任人电话", "Patrol keeper's phone", need="R")
    downstream_people: int | None = persons("下游人数", "People downstream", need="R")
    inundation: Shape | None = shape("溃坝淹没范围", "Dam-break area", "MultiPolygon", need="r")
    station: str | None = text("水位站", "Level station", upto=64, ref="stations")


LAYER = Layer(
    name="reservoirs",
    zh="水库",
    en="Reservoirs",
    row=Reservoir,
    geometry="Point",
    group="flood",
    bureau="water",
    status=ReservoirStatus,
    legend=Legend(
        glyph="库",
        by="status",
        worst_first=("defective", "normal", "empty", "out_of_use"),
        colours={"normal": "#0969da", "defective": "#a40e26", "empty": "#54aeff", "out_of_use": "#8c959f"},
    ),
    checks=(
        Check(
            "limit_below_design",
            "flood_limit_m <= design_level_m",
            "汛限水位高于设计洪水位",
            "The flood-season level is above the design level",
        ),
        Check(
            "design_below_check",
            "design_level_m <= check_level_m",
            "设计洪水位高于校核洪水位",
            "The design level is above the check level",
        ),
        Check(
            "limit_below_check",
            "flood_limit_m <= check_level_m",
            "汛限水位高于校核洪水位",
            "The flood-season level is above the check level",
        ),
        Check(
            "check_below_crest",
            "check_level_m <= crest_m",
            "校核洪水位高于坝顶",
            "The check level is above the crest",
            "query",
        ),
        Check(
            "class_as_computed",
            "reservoir_class = class_computed",
            "填报规模与按库容算出的不同",
            "The entered class differs from that of the capacity",
            "query",
        ),
        Check(
            "level_within_flood_limit",
            "water_level_m <= flood_limit_m",
            "当前水位超过汛限水位",
            "The level is above the flood-season limit",
            "query",
        ),
        Check(
            "three_different_keepers",
            "admin_keeper <> tech_keeper and tech_keeper <> patrol_keeper and admin_keeper <> patrol_keeper",
            "三个责任人应为不同的人",
            "The three keepers should be three people",
            "query",
        ),
    ),
    source="domain §4.5 and rule R06; SL 252-2017",
    name_zoom=11,
    help_zh="水库:汛限、设计、校核水位,三个责任人,下游人数和淹没范围。",
    help_en="Reservoirs: the three levels, three keepers, people downstream, dam-break area.",
)
