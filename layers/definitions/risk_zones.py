"""Geohazard risk zones 地质灾害风险区: "points and zones" are controlled together (domain §4.1)."""

from layers.columns import household_count, money, person, persons, phone_number, plain, quantity
from layers.fields import Check, CodeList, Layer, Legend, Row


class RiskZoneStatus(CodeList):
    IN_FORCE = "in_force", "在册", "On the register"
    NEW = "new", "新增待核", "New, to be verified"
    LIFTED = "lifted", "已撤销", "Lifted"


class RiskLevel(CodeList):
    VERY_HIGH = "very_high", "极高", "Very high"
    HIGH = "high", "高", "High"
    MEDIUM = "medium", "中", "Medium"
    LOW = "low", "低", "Low"


class RiskZone(Row):
    level: RiskLevel | None = plain("风险等级", "Risk level", need="R")
    area_km2: float | None = quantity("面积", "Area", "km²", 10_000)
    households: int | None = household_count("户数", "Households", need="R")
    people: int | None = persons("人数", "People", need="R")
    assets: float | None = money("财产", "Assets", need="r")
    geohazards: list[str] | None = plain("区内隐患点编号", "Codes of points inside", need="r")
    leader: str | None = person("风险区责任人", "Responsible for the zone", need="R")
    leader_phone: str | None = phone_number("风险区责任人电话", "Responsible person's phone", need="R")
    patroller: str | None = person("巡查员", "Patroller", need="r")
    patroller_phone: str | None = phone_number("巡查员电话", "Patroller's phone", need="r")
    census_id: str | None = plain(
        "普查编号",
        "Census id",
        max_length=64,
        help_zh="自然灾害风险普查成果编号,不随日常更新",
        help_en="Id of the risk census; kept as it is.",
    )


LAYER = Layer(
    name="risk_zones",
    zh="地质灾害风险区",
    en="Geohazard risk zones",
    row=RiskZone,
    geometry="MultiPolygon",
    group="hazards",
    bureau="natural_resources",
    status=RiskZoneStatus,
    legend=Legend(
        glyph="险",
        by="level",
        worst_first=("very_high", "high", "medium", "low"),
        colours={"very_high": "#E60012", "high": "#F39800", "medium": "#FFD800", "low": "#0068B7"},
    ),
    checks=(
        Check(
            "risk_people_not_fewer_than_households",
            "people >= households",
            "人数少于户数",
            "Fewer people than households",
            "query",
        ),
        Check(
            "risk_not_over_8_per_household",
            "people <= households * 8",
            "平均每户超过8人,请核对",
            "More than 8 people a household: please check",
            "query",
        ),
    ),
    source="domain §4.1, §8.1",
    name_zoom=12,
    help_zh="地质灾害风险区范围和等级,与隐患点双控。",
    help_en="Zones of geohazard risk and their level, controlled together with the points.",
)
