"""Hazardous chemical sites 危化品企业 (domain §4.3, rules R26, R30)."""

from layers.columns import person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Entry, Json, Layer, Legend, Row, Shape, field
from layers.grading import Steps, worst_grade_sql


class SiteStatus(CodeList):
    WORKING = "working", "在营", "Working"
    SUSPENDED = "suspended", "停产停业", "Suspended"
    BUILDING = "building", "在建", "Under construction"
    CLOSED = "closed", "关闭", "Closed"


class SiteKind(CodeList):
    PRODUCTION = "production", "生产", "Production"
    STORAGE = "storage", "储存", "Storage"
    TRADE = "trade", "经营", "Trade"
    PETROL = "petrol", "加油站", "Petrol station"
    GAS = "gas", "加气站", "Gas station"
    FILLING = "filling", "气体充装", "Gas filling"
    USE = "use", "使用", "Use"
    PARKING = "parking", "运输停车", "Tanker parking"
    EXPLOSIVES = "explosives", "民爆仓库", "Explosives store"


class MajorHazard(CodeList):
    FIRST = "1", "一级", "Level 1"
    SECOND = "2", "二级", "Level 2"
    THIRD = "3", "三级", "Level 3"
    FOURTH = "4", "四级", "Level 4"
    NONE = "none", "非重大危险源", "Not a major hazard"


MAJOR_HAZARD_LEVELS: Steps = (("1", (100,)), ("2", (50,)), ("3", (10,)))
"""R value of GB 18218-2018 that reaches a level; below 10 is level 4. Sites below the critical quantity have no R."""


class Substance(Entry):
    """One substance of a site, kept under its CAS number."""

    key_zh, key_en = "CAS号", "CAS number"

    name: str = field("名称", "Name", max_length=120)
    max_t: float | None = field("最大存量", "Most held", default=None, unit="t", ge=0, le=1_000_000)
    pressure_mpa: float | None = field("压力", "Pressure", default=None, unit="MPa", ge=0, le=1000)


class ChemicalSite(Row):
    site_kind: SiteKind | None = plain("类别", "Kind", need="R")
    operator: str | None = text("经营单位", "Operator", need="R")
    substances: Json | None = plain(
        "危险物质",
        "Substances",
        need="R",
        entry=Substance,
        help_zh="以CAS号为键:名称、最大存量(t)、压力(MPa)",
        help_en="By CAS number: name, most held (t), pressure (MPa).",
        example={"8006-61-9": {"name": "汽油", "max_t": 60}},
    )
    major_hazard_level: MajorHazard | None = plain("重大危险源等级", "Major hazard level", need="R")
    r_value: float | None = quantity("R值", "R value", "1", 1_000_000, need="r")
    major_hazard_computed: MajorHazard | None = plain(
        "重大危险源等级(计算)",
        "Major hazard level, computed",
        computed=worst_grade_sql(("r_value",), MAJOR_HAZARD_LEVELS, "4"),
    )
    safety_distance: Shape | None = shape("外部安全防护距离", "Outer safety distance", "MultiPolygon", need="r")
    toxic: bool | None = plain("有毒", "Toxic", need="R")
    explosive: bool | None = plain("易爆", "Explosive", need="R")
    flammable: bool | None = plain("易燃", "Flammable", need="R")
    chief: str | None = person("主要包保人", "Chief responsible", need="R")
    chief_phone: str | None = phone_number("主要包保人电话", "Chief's phone", need="R")
    engineer: str | None = person("技术包保人", "Technical responsible", need="R")
    engineer_phone: str | None = phone_number("技术包保人电话", "Technical responsible's phone", need="R")
    operator_person: str | None = person("操作包保人", "Operating responsible", need="R")
    operator_phone: str | None = phone_number("操作包保人电话", "Operating responsible's phone", need="R")
    dispatch_phone: str | None = phone_number("值班电话(24小时)", "Duty phone, 24 h", need="r")
    shift_people: int | None = persons("单班人数", "People per shift", need="r")
    shut_off: bool | None = plain("紧急切断", "Emergency shut-off", need="r")
    fire_water_m3: float | None = quantity("消防水", "Fire water", "m³", 1_000_000, need="r")
    wind_sensor: bool | None = plain("风向标或测风仪", "Wind sensor", need="r")


LAYER = Layer(
    name="chemical_sites",
    zh="危化品企业",
    en="Hazardous chemical sites",
    row=ChemicalSite,
    geometry="Point",
    group="industry",
    bureau="emergency",
    status=SiteStatus,
    legend=Legend(
        glyph="危",
        by="major_hazard_level",
        worst_first=("1", "2", "3", "4", "none"),
        colours={"1": "#E60012", "2": "#F39800", "3": "#FFD800", "4": "#0068B7", "none": "#57606a"},
    ),
    checks=(
        Check(
            "major_hazard_as_computed",
            "major_hazard_level = major_hazard_computed",
            "填报的重大危险源等级与R值算出的不同",
            "The entered level differs from that of the R value",
            "query",
        ),
        Check(
            "major_hazard_has_r",
            "major_hazard_level = 'none' or r_value is not null",
            "重大危险源应填R值",
            "A major hazard needs its R value",
            "query",
        ),
        Check(
            "hazard_flag_set",
            "toxic = true or explosive = true or flammable = true",
            "有毒、易爆、易燃至少应有一项",
            "At least one of toxic, explosive, flammable should be set",
            "query",
        ),
    ),
    source="domain §4.3; GB 18218-2018",
    name_zoom=12,
    help_zh="危险化学品企业、加油加气站和民爆仓库:物质、最大存量、重大危险源等级、三级包保人。",
    help_en="Chemical sites, petrol and gas stations, explosives stores: substances, amounts, level, three responsible.",
)
