"""Forest fire zones 森林火险区 (domain §4.4, rules R27, R28)."""

from datetime import date

from layers.columns import person, phone_number, plain, quantity, text
from layers.fields import Check, CodeList, Layer, Legend, Row


class FireZoneStatus(CodeList):
    NORMAL = "normal", "常态", "Normal"
    FIRE_SEASON = "fire_season", "防火期", "Fire season"
    HIGH_FIRE_SEASON = "high_fire_season", "高火险期", "High fire season"
    CLOSED = "closed", "封山", "Closed to the public"


class FireZoneGrade(CodeList):
    FIRST = "1", "Ⅰ级", "Grade I"
    SECOND = "2", "Ⅱ级", "Grade II"
    THIRD = "3", "Ⅲ级", "Grade III"


class ForestType(CodeList):
    CONIFER = "conifer", "针叶林", "Conifers"
    BROADLEAF = "broadleaf", "阔叶林", "Broadleaves"
    MIXED = "mixed", "混交林", "Mixed"
    SHRUB = "shrub", "灌木林", "Shrub"


class ForestOwner(CodeList):
    STATE = "state", "国有", "State"
    COLLECTIVE = "collective", "集体", "Collective"


class IgnitionSpot(CodeList):
    GRAVES = "graves", "坟地", "Graves"
    FARMING = "farming", "农事用火", "Farm fires"
    TOURISM = "tourism", "旅游", "Tourism"
    POWER_LINE = "power_line", "输电线路", "Power line"
    WORKS = "works", "施工", "Construction"


class FireZone(Row):
    grade: FireZoneGrade | None = plain("火险等级", "Fire danger grade", need="R")
    forest_type: ForestType | None = plain("林分类型", "Forest type", need="R")
    species: str | None = text("优势树种", "Dominant species", need="r")
    area_ha: float | None = quantity("面积", "Area", "ha", 10_000_000, need="r")
    owner: ForestOwner | None = plain("权属", "Owner", need="R")
    manager: str | None = person("管护责任人", "Manager", need="R")
    manager_phone: str | None = phone_number("管护责任人电话", "Manager's phone", need="R")
    season_from: date | None = plain("防火期开始", "Fire season from", need="R")
    season_to: date | None = plain("防火期结束", "Fire season to", need="R")
    high_from: date | None = plain(
        "高火险期开始", "High fire season from", help_zh="按县政府命令", help_en="By order of the county."
    )
    high_to: date | None = plain("高火险期结束", "High fire season to")
    order_no: str | None = text("禁火令文号", "Fire ban order", upto=120)
    ignition_spots: list[IgnitionSpot] | None = plain("火源点", "Where fires start", need="r")
    neighbours: str | None = text("联防单位", "Joint defence with", need="r", upto=500)


LAYER = Layer(
    name="fire_zones",
    zh="森林火险区",
    en="Forest fire zones",
    row=FireZone,
    geometry="MultiPolygon",
    group="forest",
    bureau="forestry",
    status=FireZoneStatus,
    legend=Legend(
        glyph="林",
        by="grade",
        worst_first=("1", "2", "3"),
        fill_opacity=0.15,
        colours={"1": "#E60012", "2": "#F39800", "3": "#FFD800"},
    ),
    checks=(
        Check(
            "fire_season_in_order", "season_from <= season_to", "防火期结束早于开始", "The season ends before it begins"
        ),
        Check(
            "high_season_in_order",
            "high_from <= high_to",
            "高火险期结束早于开始",
            "The high season ends before it begins",
        ),
        Check(
            "high_season_inside_season",
            "high_from >= season_from and high_to <= season_to",
            "高火险期超出防火期",
            "The high season lies outside the fire season",
            "query",
        ),
        Check(
            "high_season_by_order",
            "high_from is null or order_no is not null",
            "高火险期应有县政府命令文号",
            "A high fire season needs the county's order",
            "query",
        ),
    ),
    source="domain §4.4; 森林草原防灭火条例",
    name_zoom=11,
    help_zh="森林火险区范围、等级、防火期和高火险期。",
    help_en="Forest fire zones, their grade and their fire seasons.",
)
