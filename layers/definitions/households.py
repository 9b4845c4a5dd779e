"""Households in danger zones 受威胁户 (sensitive, domain §4.10): who is moved, by whom, to where."""

from layers.columns import person, persons, phone_number, plain, text
from layers.fields import Check, CodeList, Layer, Legend, Row, field


class HouseholdStatus(CodeList):
    LIVED_IN = "lived_in", "在住", "Lived in"
    SEASONAL = "seasonal", "季节性居住", "Lived in part of the year"
    EMPTY = "empty", "空置", "Empty"
    RELOCATED = "relocated", "已搬迁", "Relocated"


class HouseKind(CodeList):
    CAVE = "cave", "窑洞", "Cave dwelling"
    EARTH = "earth", "土木", "Earth and timber"
    BRICK = "brick", "砖木砖混", "Brick"
    FRAME = "frame", "框架", "Concrete frame"
    TENT = "tent", "工棚帐篷", "Shed or tent"


class Weakness(CodeList):
    ELDERLY_ALONE = "elderly_alone", "独居老人", "Elderly living alone"
    DISABLED = "disabled", "残疾", "Disabled"
    PREGNANT = "pregnant", "孕妇", "Pregnant"
    CHILD = "child", "儿童", "Child"
    SICK = "sick", "病患", "Sick"


class Household(Row):
    head: str | None = person("户主", "Head of household", need="R", restricted=True)
    members: list[str] | None = plain("家庭成员", "Members", need="r", restricted=True)
    phone: str | None = phone_number("户主电话", "Household's phone", need="R")
    weak_kinds: list[Weakness] | None = plain("弱势情况", "Kinds of weakness", need="r", restricted=True)
    weak_people: int | None = persons("弱势人数", "Weak people", need="R")
    people: int | None = persons("人数", "People", need="R")
    house_kind: HouseKind | None = plain("房屋类型", "Kind of house", need="R")
    dangerous_house: bool | None = plain("危房", "Dangerous house", need="R")
    under_cut_slope: bool | None = plain("切坡建房", "Under a cut slope", need="r")
    geohazard: str | None = text("所属隐患点", "Geohazard point", upto=64, ref="geohazards")
    flash_flood_zone: str | None = text("所属山洪危险区", "Flash-flood zone", upto=64, ref="flash_flood_zones")
    risk_zone: str | None = text("所属风险区", "Risk zone", upto=64, ref="risk_zones")
    helper: str | None = person("一对一帮扶人", "Helper", need="R")
    helper_phone: str | None = phone_number("帮扶人电话", "Helper's phone", need="R")
    shelter: str | None = text("约定避险场所", "Agreed shelter", need="r", upto=64, ref="shelters")
    destination: str | None = text(
        "约定去向",
        "Agreed destination",
        help_zh="投亲靠友时填写",
        restricted=True,
        help_en="Where relatives or friends take them in.",
    )
    has_vehicle: bool = field("有车辆", "Has a vehicle", default=False)
    needs_carrying: bool = field("需背抬", "Must be carried", default=False)
    card_given: bool = field("避险明白卡已发", "Card handed over", default=False)


LAYER = Layer(
    name="households",
    zh="受威胁户",
    en="Households at risk",
    row=Household,
    geometry="Point",
    group="people",
    bureau="emergency",
    status=HouseholdStatus,
    legend=Legend(glyph="户", colour="#8250df"),
    checks=(
        Check("weak_within_household", "weak_people <= people", "弱势人数多于总人数", "More weak people than people"),
        Check("household_not_over_8", "people <= 8", "一户超过8人,请核对", "More than 8 people: please check", "query"),
        Check(
            "somebody_lives_there",
            "status <> 'lived_in' or people > 0",
            "在住户的人数不应为0",
            "A household that is lived in has people",
            "query",
        ),
    ),
    source="domain §4.10",
    name_zoom=16,
    help_zh="危险区内的每一户:人数、帮扶人、约定去向。名称请填门牌或院落,不要填户主姓名;户主、成员和电话只有负责转移的人可见。",
    help_en="Each household in a danger zone: people, helper, destination. Name the house, not its head; head, members "
    "and phone are seen only by those who move them.",
)
