"""Care homes 养老福利机构: people who must be carried first (domain §4.10)."""

from layers.columns import count, person, persons, phone_number, plain, text
from layers.fields import Check, CodeList, Layer, Legend, Row


class CareHomeStatus(CodeList):
    OPEN = "open", "在营", "Open"
    EVACUATED = "evacuated", "已转移", "Evacuated"
    CLOSED = "closed", "停办", "Closed"


class CareHomeKind(CodeList):
    ELDERLY = "elderly", "敬老院、养老院", "Home for the elderly"
    DAY_CARE = "day_care", "日间照料中心", "Day centre"
    CHILDREN = "children", "儿童福利院", "Children's home"
    DISABLED = "disabled", "残疾人托养", "Home for the disabled"


class CareHome(Row):
    kind: CareHomeKind | None = plain("类别", "Kind", need="R")
    beds: int | None = count("床位", "Beds", "张", need="R", upto=10_000)
    residents: int | None = persons("入住人数", "Residents", need="R")
    bedridden: int | None = persons("卧床人数", "Bedridden", need="R")
    staff: int | None = persons("工作人员", "Staff", need="R")
    night_staff: int | None = persons("夜间值班人数", "Staff at night", need="R")
    master: str | None = person("负责人", "Head", need="R")
    master_phone: str | None = phone_number("负责人电话", "Head's phone", need="R")
    vehicles: int | None = count("车辆", "Vehicles", "辆", need="r", upto=100)
    heating: bool | None = plain("采暖", "Heating", need="r")
    shelter: str | None = text("约定避险场所", "Agreed shelter", need="r", upto=64, ref="shelters")


LAYER = Layer(
    name="care_homes",
    zh="养老福利机构",
    en="Care homes",
    row=CareHome,
    geometry="Point",
    group="people",
    bureau="civil_affairs",
    status=CareHomeStatus,
    legend=Legend(glyph="老", colour="#99286e"),
    checks=(
        Check(
            "bedridden_within_residents",
            "bedridden <= residents",
            "卧床人数多于入住人数",
            "More bedridden than residents",
        ),
        Check(
            "night_staff_within_staff", "night_staff <= staff", "夜间值班多于工作人员", "More staff at night than staff"
        ),
        Check(
            "residents_within_beds",
            "kind = 'day_care' or residents <= beds",
            "入住人数多于床位",
            "More residents than beds",
            "query",
        ),
    ),
    source="domain §4.10",
    name_zoom=14,
    help_zh="敬老院、福利院等:入住和卧床人数、夜间值班、约定避险场所。",
    help_en="Homes for the elderly and others: residents, bedridden, staff at night, agreed shelter.",
)
