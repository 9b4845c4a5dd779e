"""Scenic and water spots 景区和涉水场所: places closed to the public first (domain §4.10, rules R11, R28)."""

from layers.columns import persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape


class ScenicStatus(CodeList):
    OPEN = "open", "开放", "Open"
    CONTROLLED = "controlled", "限流管控", "Controlled"
    CLOSED = "closed", "关闭", "Closed"
    SEASONAL = "seasonal", "季节性停业", "Out of season"


class ScenicKind(CodeList):
    SCENIC = "scenic", "景区", "Scenic area"
    WATER = "water", "涉水场所", "Water site"
    INFORMAL = "informal", "网红打卡地", "Unmanaged spot"
    CAMPSITE = "campsite", "营地", "Campsite"
    FARM_STAY = "farm_stay", "农家乐", "Farm stay"
    MARKET = "market", "市场集市", "Market"
    UNDERGROUND = "underground", "地下商场", "Underground mall"
    RELIC = "relic", "文物古迹", "Cultural relic"


class ScenicGrade(CodeList):
    A5 = "5A", "5A级", "5A"
    A4 = "4A", "4A级", "4A"
    A3 = "3A", "3A级", "3A"
    A2 = "2A", "2A级", "2A"
    A1 = "A", "A级", "A"
    NONE = "none", "未评级", "Ungraded"


class ScenicSpot(Row):
    kind: ScenicKind | None = plain("类别", "Kind", need="R")
    grade: ScenicGrade | None = plain("等级", "Grade", need="R")
    operator: str | None = text("经营单位", "Operator", need="R")
    operator_phone: str | None = phone_number("经营单位电话", "Operator's phone", need="R")
    max_visitors: int | None = persons("最大承载量", "Most visitors", need="R")
    visitors_now: int | None = persons("当前游客", "Visitors now")
    overnight_people: int | None = persons("过夜人数", "People staying overnight")
    in_valley: bool | None = plain("位于沟谷", "In a valley", need="R")
    in_forest: bool | None = plain("位于林区", "In forest", need="r")
    fire_allowed: bool | None = plain("允许用火", "Fire allowed", need="r")
    open_hours: str | None = text("开放时间", "Opening hours", upto=120)
    entrances: list[str] | None = plain("入口和封控点", "Entrances, where to close", need="r")
    boundary: Shape | None = shape("范围", "Area", "MultiPolygon")
    loudspeaker: bool | None = plain("广播", "Loudspeakers", need="r")
    area_ha: float | None = quantity("面积", "Area", "ha", 1_000_000)


LAYER = Layer(
    name="scenic_spots",
    zh="景区和涉水场所",
    en="Scenic and water spots",
    row=ScenicSpot,
    geometry="Point",
    group="people",
    bureau="culture",
    status=ScenicStatus,
    legend=Legend(
        glyph="景",
        by="status",
        worst_first=("open", "controlled", "seasonal", "closed"),
        colours={"open": "#2da44e", "controlled": "#9a6700", "closed": "#82071e", "seasonal": "#8c959f"},
    ),
    checks=(
        Check(
            "visitors_within_limit",
            "visitors_now <= max_visitors",
            "当前游客超过最大承载量",
            "More visitors than the limit",
            "query",
        ),
        Check(
            "closed_spot_has_no_visitors",
            "status <> 'closed' or visitors_now = 0",
            "已关闭但仍有游客",
            "Closed, yet visitors remain",
            "query",
        ),
        Check(
            "no_fire_in_forest",
            "in_forest = false or fire_allowed = false",
            "林区内不应允许用火",
            "No fire may be allowed in forest",
            "query",
        ),
    ),
    source="domain §4.10 and rules R11, R28",
    name_zoom=12,
    help_zh="景区、涉水场所、打卡地、营地、农家乐、市场和文物:最大承载量、是否在沟谷、封控入口。",
    help_en="Scenic areas, water sites, unmanaged spots, campsites, farm stays, markets, relics: most visitors, in a "
    "valley or not, where to close.",
)
