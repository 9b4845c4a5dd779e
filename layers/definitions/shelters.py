"""Emergency shelters 避难场所: where people can sleep, and how many (domain §4.8)."""

from layers.common import PHONE
from layers.fields import Check, CodeList, Layer, Legend, Row, field


class ShelterStatus(CodeList):
    AVAILABLE = "available", "可用", "Available"
    OPEN = "open", "启用", "Open"
    FULL = "full", "满", "Full"
    CLOSED = "closed", "停用", "Out of use"


class ShelterLevel(CodeList):
    PROVINCE = "province", "省级", "Province"
    CITY = "city", "市级", "City"
    COUNTY = "county", "县级", "County"
    TOWNSHIP = "township", "乡镇级", "Township"
    VILLAGE = "village", "村级", "Village"


class DurationClass(CodeList):
    EMERGENCY = "emergency", "紧急(≤1天)", "Emergency (up to 1 day)"
    SHORT = "short", "短期(2–14天)", "Short (2–14 days)"
    LONG = "long", "长期(≥15天)", "Long (15 days or more)"


class ShelterSpace(CodeList):
    INDOOR = "indoor", "室内", "Indoor"
    OUTDOOR = "outdoor", "室外", "Outdoor"


class ShelterFunction(CodeList):
    COMBINED = "combined", "综合", "Combined"
    SINGLE = "single", "单一", "Single"
    SPECIAL = "special", "特定", "Special"


class HazardServed(CodeList):
    FLOOD = "flood", "洪涝", "Flood"
    GEOHAZARD = "geohazard", "地质灾害", "Geological hazard"
    FIRE = "fire", "森林火灾", "Forest fire"
    EARTHQUAKE = "earthquake", "地震", "Earthquake"
    COLD = "cold", "低温冰雪", "Cold and snow"
    CHEMICAL = "chemical", "危化品泄漏", "Chemical release"


AREA_PER_PERSON_M2 = {"emergency": 1.0, "short": 2.0, "long": 4.5}
"""Default of the project where the county has set none (domain §4.8, [D]); GB/T 44013-2024 states the method."""

PLACES_SQL = (
    "floor(area_m2 / case duration_class "
    + " ".join(f"when '{duration}' then {area}" for duration, area in AREA_PER_PERSON_M2.items())
    + " end)::integer"
)


class Shelter(Row):
    level: ShelterLevel | None = field("级别", "Level", default=None, need="R")
    duration_class: DurationClass | None = field("时长类别", "Duration class", default=None, need="R")
    space: ShelterSpace | None = field("空间", "Space", default=None, need="R")
    function: ShelterFunction | None = field("功能", "Function", default=None)
    hazards_served: list[HazardServed] | None = field("适用灾种", "Hazards served", default=None, need="R")
    area_m2: float | None = field("有效面积", "Effective area", default=None, unit="m²", need="R", ge=0, le=10_000_000)
    capacity: int | None = field(
        "容量",
        "Capacity",
        default=None,
        unit="人",
        need="R",
        ge=0,
        le=10_000_000,
        help_zh="有效面积÷人均面积,按时长类别取值",
        help_en="Effective area ÷ area per person.",
    )
    capacity_by_area: int | None = field(
        "按面积容量",
        "Capacity by area",
        default=None,
        unit="人",
        ge=0,
        le=10_000_000,
        computed=PLACES_SQL,
        help_zh="有效面积÷人均面积:紧急1.0、短期2.0、长期4.5 m²",
        help_en="Effective area ÷ 1.0, 2.0 or 4.5 m² a person by duration class.",
    )
    occupied: int = field("现有人数", "Occupied", default=0, unit="人", ge=0, le=10_000_000)
    beds: int | None = field("床位", "Beds", default=None, unit="张", ge=0, le=10_000_000)
    water: bool | None = field("供水", "Water", default=None)
    power: bool | None = field("供电", "Power", default=None)
    toilets: int | None = field("厕所", "Toilets", default=None, unit="个", ge=0, le=100_000)
    heating: bool | None = field("采暖", "Heating", default=None, need="R")
    barrier_free: bool | None = field("无障碍", "Barrier-free", default=None)
    medical: bool | None = field("医疗点", "Medical post", default=None)
    keeper: str | None = field("管理人", "Keeper of the keys", default=None, need="R", max_length=60)
    keeper_phone: str | None = field(
        "管理人电话", "Keeper's phone", default=None, need="R", restricted=True, pattern=PHONE
    )
    open_min: int | None = field("开启用时", "Opening time", default=None, unit="min", need="R", ge=0, le=1440)


LAYER = Layer(
    name="shelters",
    zh="避难场所",
    en="Emergency shelters",
    row=Shelter,
    geometry="Point",
    group="resources",
    bureau="emergency",
    status=ShelterStatus,
    legend=Legend(
        glyph="避",
        by="status",
        worst_first=("full", "closed", "open", "available"),
        colours={"available": "#1a7f37", "open": "#0550ae", "full": "#bf3989", "closed": "#6e7781"},
    ),
    checks=(
        Check("beds_within_capacity", "beds <= capacity", "床位不能多于容量", "Beds cannot exceed capacity", "query"),
        Check("not_over_full", "occupied <= capacity", "现有人数超过容量", "More people than capacity", "query"),
        Check(
            "capacity_fits_the_area",
            "capacity <= capacity_by_area",
            "容量大于按有效面积算出的容量",
            "Capacity is more than the effective area allows",
            "query",
        ),
    ),
    source="domain §4.8; GB/T 44012–44014-2024",
    help_zh="人可以过夜的地方和能容纳的人数。危险区内的避难场所不得用于该灾种。",
    help_en="Where people can sleep, and how many. A shelter inside a danger zone is refused for that hazard.",
)
