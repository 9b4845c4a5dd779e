"""Villages and communities 村(社区): who lives there, who is weak, and who wakes them (domain §4.10)."""

from layers.columns import count, household_count, person, persons, phone_number, plain, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape


class VillageStatus(CodeList):
    INHABITED = "inhabited", "有人居住", "Inhabited"
    MERGED = "merged", "已撤并", "Merged"
    RELOCATED = "relocated", "已搬迁", "Relocated"


class VillageKind(CodeList):
    VILLAGE = "village", "行政村", "Administrative village"
    COMMUNITY = "community", "社区", "Urban community"
    HAMLET = "hamlet", "自然村", "Hamlet"


class Village(Row):
    kind: VillageKind | None = plain("类别", "Kind", need="R")
    village_code: str | None = plain(
        "统计用区划代码",
        "Division code",
        need="R",
        pattern=r"^\d{12}$",
        help_zh="12位,按文本保存",
        help_en="12 digits, kept as text.",
    )
    former_names: list[str] | None = plain("曾用名", "Former names")
    area_shape: Shape | None = shape("村域", "Village area", "MultiPolygon")
    households: int | None = household_count("户数", "Households", need="R")
    resident_people: int | None = persons("常住人口", "Resident people", need="R")
    registered_people: int | None = persons("户籍人口", "Registered people", need="R")
    absent_workers: int | None = persons("外出务工", "Workers away", need="r")
    elderly_alone: int | None = persons("独居老人", "Elderly living alone", need="R")
    disabled: int | None = persons("残疾人", "Disabled people", need="R")
    pregnant: int | None = persons("孕妇", "Pregnant women", need="R")
    children: int | None = persons("儿童", "Children", need="R")
    sick: int | None = persons("病患", "Sick people", need="R")
    cave_households: int | None = household_count("窑洞户数", "Households in cave dwellings", need="R")
    cut_slope_households: int | None = household_count("切坡建房户数", "Households under cut slopes", need="r")
    secretary: str | None = person("村支书", "Village secretary", need="R")
    secretary_phone: str | None = phone_number("村支书电话", "Village secretary's phone", need="R")
    grid_workers: list[str] | None = plain("网格员", "Grid workers", need="R")
    grid_phone: str | None = phone_number("网格员电话", "Grid worker's phone", need="R")
    safety_officer: str | None = person("安全员", "Safety officer", need="R")
    safety_phone: str | None = phone_number("安全员电话", "Safety officer's phone", need="R")
    messenger: str | None = person("灾害信息员", "Disaster messenger", need="R")
    messenger_phone: str | None = phone_number("灾害信息员电话", "Disaster messenger's phone", need="R")
    loudspeakers: int | None = count("大喇叭", "Loudspeakers", "个", need="R", upto=10_000)
    signal_dead_area: bool | None = plain(
        "通信盲区",
        "No phone signal",
        need="r",
        help_zh="手机无信号或灾时易断",
        help_en="No signal, or lost in bad weather.",
    )
    satellite_phone: str | None = phone_number("卫星电话", "Satellite phone")
    assembly_point: str | None = text("集合点", "Assembly point")


LAYER = Layer(
    name="villages",
    zh="村(社区)",
    en="Villages",
    row=Village,
    geometry="Point",
    group="places",
    bureau="civil_affairs",
    status=VillageStatus,
    legend=Legend(glyph="村", colour="#6639ba"),
    checks=(
        Check(
            "village_people_not_fewer_than_households",
            "registered_people >= households",
            "户籍人口少于户数",
            "Fewer registered people than households",
            "query",
        ),
        Check(
            "village_not_over_8_per_household",
            "resident_people <= households * 8",
            "平均每户超过8人,请核对",
            "More than 8 people a household: please check",
            "query",
        ),
        Check(
            "caves_within_households",
            "cave_households <= households",
            "窑洞户数多于总户数",
            "More cave households than households",
        ),
        Check(
            "cut_slopes_within_households",
            "cut_slope_households <= households",
            "切坡建房户数多于总户数",
            "More households under cut slopes than households",
        ),
        Check(
            "absent_within_registered",
            "absent_workers <= registered_people",
            "外出务工多于户籍人口",
            "More workers away than registered people",
            "query",
        ),
        Check(
            "weak_within_residents",
            "elderly_alone + disabled + pregnant + children + sick <= resident_people",
            "各类弱势人员之和多于常住人口(一人可能重复统计)",
            "Weak people add up to more than residents (one person may be counted twice)",
            "query",
        ),
    ),
    source="domain §4.10",
    name_zoom=11,
    help_zh="行政村、社区和自然村:人口、弱势人员、窑洞户和负责叫应的人。",
    help_en="Villages, communities and hamlets: people, weak people, cave dwellings, and those who wake them.",
)
