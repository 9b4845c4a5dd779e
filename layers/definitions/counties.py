"""Counties 县(市、区): the outline everything else lies in (domain §9)."""

from datetime import date

from layers.columns import household_count, persons, plain, quantity, text
from layers.common import NO_DUTY
from layers.fields import Check, CodeList, Layer, Legend, Row


class DivisionStatus(CodeList):
    IN_FORCE = "in_force", "现行", "In force"
    ABOLISHED = "abolished", "撤销", "Abolished"


class County(Row):
    en_name: str | None = text("英文名", "English name", upto=120)
    province: str | None = text("所属省份", "Province", upto=60)
    city: str | None = text("所属地市", "Prefecture", upto=60)
    seat: str | None = text("政府驻地", "Seat", upto=120)
    area_km2: float | None = quantity("面积", "Area", "km²", 1_000_000, need="r")
    households: int | None = household_count("户数", "Households")
    resident_people: int | None = persons("常住人口", "Resident people", need="r")
    registered_people: int | None = persons("户籍人口", "Registered people")
    code_valid_from: date | None = plain("代码启用日期", "Code valid from")
    code_valid_to: date | None = plain("代码停用日期", "Code valid to")
    former_names: list[str] | None = plain("曾用名", "Former names")


LAYER = Layer(
    name="counties",
    zh="县界",
    en="Counties",
    row=County,
    geometry="MultiPolygon",
    group="places",
    bureau="natural_resources",
    status=DivisionStatus,
    legend=Legend(glyph="县", colour="#24292f", width=2.5, dash="10 4 2 4", fill_opacity=0.0),
    checks=(
        Check(
            "county_people_not_fewer_than_households",
            "resident_people >= households",
            "常住人口少于户数",
            "Fewer residents than households",
            "query",
        ),
        Check(
            "county_code_dates_in_order",
            "code_valid_from <= code_valid_to",
            "停用日期早于启用日期",
            "The code ends before it begins",
        ),
    ),
    source="domain §9; GB/T 2260",
    writers=("admin",),
    must_lie_in_county=False,
    name_zoom=7,
    waives=NO_DUTY,
    help_zh="县级行政区范围。只有系统管理员可以修改,其他图层都以它判断是否在县内。",
    help_en="The outline of a county. Only the administrator changes it; every other layer is checked against it.",
)
