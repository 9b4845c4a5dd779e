"""Schools and kindergartens 学校 (domain §4.10, rule R23)."""

from layers.columns import count, person, persons, phone_number, plain, text
from layers.fields import Check, CodeList, Layer, Legend, Row


class SchoolStatus(CodeList):
    IN_SESSION = "in_session", "上课", "In session"
    SUSPENDED = "suspended", "停课", "Classes suspended"
    HOLIDAY = "holiday", "放假", "Holiday"
    CLOSED = "closed", "撤并", "Closed"


class SchoolKind(CodeList):
    KINDERGARTEN = "kindergarten", "幼儿园", "Kindergarten"
    PRIMARY = "primary", "小学", "Primary"
    MIDDLE = "middle", "初中", "Middle"
    NINE_YEAR = "nine_year", "九年一贯制", "Nine-year"
    HIGH = "high", "高中", "High"
    VOCATIONAL = "vocational", "职业学校", "Vocational"
    SPECIAL = "special", "特殊教育", "Special"


class School(Row):
    kind: SchoolKind | None = plain("类别", "Kind", need="R")
    students: int | None = persons("学生数", "Students", need="R")
    boarders: int | None = persons("寄宿生", "Boarders", need="R")
    staff: int | None = persons("教职工", "Staff", need="R")
    master: str | None = person("校长(园长)", "Head", need="R")
    master_phone: str | None = phone_number("校长(园长)电话", "Head's phone", need="R")
    gate_phone: str | None = phone_number("门卫电话", "Gate phone")
    buses: int | None = count("校车", "School buses", "辆", upto=1000)
    bus_seats: int | None = count("校车座位", "Bus seats", "座", upto=100_000)
    under_slope: bool | None = plain("位于边坡下方", "Below a slope", need="r")
    in_flood_zone: bool | None = plain("位于山洪危险区", "In a flash-flood zone", need="r")
    usable_as_shelter: str | None = text("兼作避难场所", "Also a shelter", upto=64, ref="shelters")


LAYER = Layer(
    name="schools",
    zh="学校",
    en="Schools",
    row=School,
    geometry="Point",
    group="people",
    bureau="education",
    status=SchoolStatus,
    legend=Legend(glyph="校", colour="#953800"),
    checks=(
        Check("boarders_within_students", "boarders <= students", "寄宿生多于学生数", "More boarders than students"),
        Check(
            "staff_plausible",
            "staff <= students",
            "教职工多于学生,请核对",
            "More staff than students: please check",
            "query",
        ),
    ),
    source="domain §4.10 and rule R23",
    name_zoom=14,
    help_zh="学校和幼儿园:学生、寄宿生、校长电话、校车。",
    help_en="Schools and kindergartens: students, boarders, head's phone, buses.",
)
