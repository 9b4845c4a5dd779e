"""Townships 乡镇: the unit that reports. Codes are not stable keys, so they carry dates and former names (domain §9)."""

from datetime import date

from layers.columns import household_count, person, persons, phone_number, plain, quantity, text
from layers.common import NO_DUTY
from layers.fields import Check, CodeList, Layer, Legend, Row


class TownshipStatus(CodeList):
    IN_FORCE = "in_force", "现行", "In force"
    MERGED = "merged", "已撤并", "Merged into another"


class TownshipKind(CodeList):
    TOWN = "town", "镇", "Town"
    TOWNSHIP = "township", "乡", "Township"
    SUBDISTRICT = "subdistrict", "街道", "Subdistrict"
    COMMUNITY_UNION = "community_union", "社区联合党委", "Union of town communities"


class Township(Row):
    kind: TownshipKind | None = plain("类别", "Kind", need="R")
    seat: str | None = text("政府驻地", "Seat", upto=120)
    area_km2: float | None = quantity("面积", "Area", "km²", 100_000, need="r")
    households: int | None = household_count("户数", "Households", need="r")
    resident_people: int | None = persons("常住人口", "Resident people", need="r")
    registered_people: int | None = persons("户籍人口", "Registered people")
    secretary: str | None = person("党委书记", "Party secretary", need="r")
    secretary_phone: str | None = phone_number("党委书记电话", "Party secretary's phone", need="r")
    head: str | None = person("乡镇长", "Township head", need="r")
    head_phone: str | None = phone_number("乡镇长电话", "Township head's phone", need="r")
    duty_desk_phone: str | None = phone_number("值班电话(24小时)", "Duty desk, 24 h", need="r")
    code_valid_from: date | None = plain("代码启用日期", "Code valid from")
    code_valid_to: date | None = plain("代码停用日期", "Code valid to")
    former_names: list[str] | None = plain(
        "曾用名",
        "Former names",
        help_zh="旧乡镇名,导入旧表时据此对应",
        help_en="Older names, used to place rows of older tables.",
    )
    former_codes: list[str] | None = plain("曾用代码", "Former codes")


LAYER = Layer(
    name="townships",
    zh="乡镇",
    en="Townships",
    row=Township,
    geometry="MultiPolygon",
    group="places",
    bureau="natural_resources",
    status=TownshipStatus,
    legend=Legend(glyph="乡", colour="#57606a", width=1.5, dash="6 4", fill_opacity=0.0),
    checks=(
        Check(
            "township_people_not_fewer_than_households",
            "resident_people >= households",
            "常住人口少于户数",
            "Fewer residents than households",
            "query",
        ),
        Check(
            "township_code_dates_in_order",
            "code_valid_from <= code_valid_to",
            "停用日期早于启用日期",
            "The code ends before it begins",
        ),
    ),
    source="domain §9; national statistical division codes",
    writers=("admin",),
    must_lie_in_county=False,
    name_zoom=9,
    waives=NO_DUTY,
    help_zh="乡镇范围、代码和值班电话,是统计上报的单元。只有系统管理员可以修改。",
    help_en="Outline, code and duty desk of a township, the unit that reports. Only the administrator changes it.",
)
