"""Rescue teams 救援队伍: who can come, with what, how soon (domain §4.6, §8.3)."""

from datetime import date

from layers.columns import count, person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Entry, Json, Layer, Legend, Row, Shape, field


class Readiness(CodeList):
    READY = "ready", "待命", "Ready"
    OUT = "out", "出动", "Out"
    RETURNING = "returning", "返程", "Returning"
    RESTING = "resting", "休整", "Resting"
    DISBANDED = "disbanded", "撤销", "Disbanded"


class TeamKind(CodeList):
    NATIONAL = "national", "国家综合性消防", "National fire and rescue"
    MINE = "mine", "专业骨干·矿山", "Professional: mines"
    FOREST = "forest", "专业骨干·森林", "Professional: forest"
    FLOOD = "flood", "专业骨干·防汛", "Professional: flood"
    CHEMICAL = "chemical", "专业骨干·危化", "Professional: chemicals"
    MEDICAL = "medical", "专业骨干·医疗", "Professional: medical"
    POWER = "power", "专业骨干·电力", "Professional: power"
    TELECOM = "telecom", "专业骨干·通信", "Professional: telecom"
    TRANSPORT = "transport", "专业骨干·交通", "Professional: transport"
    TOWNSHIP = "township", "辅助·乡镇", "Auxiliary: township"
    VILLAGE = "village", "辅助·村", "Auxiliary: village"
    ENTERPRISE = "enterprise", "辅助·企业", "Auxiliary: enterprise"
    MILITIA = "militia", "辅助·民兵", "Auxiliary: militia"
    SOCIAL = "social", "社会力量", "Volunteers"


class Skill(CodeList):
    FIRE = "fire", "灭火", "Fire fighting"
    FOREST_FIRE = "forest_fire", "森林扑火", "Forest fire"
    MINE_RESCUE = "mine_rescue", "矿山救护", "Mine rescue"
    SEARCH = "search", "搜救", "Search and rescue"
    WATER = "water", "水上救援", "Water rescue"
    ROPE = "rope", "绳索救援", "Rope rescue"
    PUMPING = "pumping", "排水", "Pumping"
    EARTHMOVING = "earthmoving", "土方机械", "Earthmoving"
    CHEMICAL = "chemical", "危化处置", "Chemicals"
    MEDICAL = "medical", "医疗救护", "Medical"
    POWER = "power", "抢修电力", "Power repair"
    TELECOM = "telecom", "通信保障", "Communications"
    ROAD = "road", "道路抢通", "Road clearing"
    DRONE = "drone", "无人机", "Drones"
    EVACUATION = "evacuation", "群众转移", "Moving people"


class ItemState(CodeList):
    GOOD = "good", "完好", "Good"
    TO_REPAIR = "to_repair", "待修", "To be repaired"
    SCRAPPED = "scrapped", "报废", "Scrapped"


class Equipment(Entry):
    """One kind of equipment, kept under its 7-digit code of GB/T 38565-2020."""

    key_zh, key_en = "物资编码", "Item code"

    name: str = field("名称", "Name", max_length=120)
    qty: int = field("数量", "Quantity", ge=0, le=1_000_000)
    state: ItemState = field("状态", "State", default=ItemState.GOOD)


class Vehicle(Entry):
    """One vehicle, kept under its number plate."""

    key_zh, key_en = "车牌号", "Number plate"

    type: str = field("车型", "Type", max_length=60)
    load_t: float | None = field("总重", "Gross weight", default=None, unit="t", ge=0, le=500)
    height_m: float | None = field("高", "Height", default=None, unit="m", ge=0, le=10)
    width_m: float | None = field("宽", "Width", default=None, unit="m", ge=0, le=10)
    seats: int | None = field("座位", "Seats", default=None, ge=0, le=200)


class RescueTeam(Row):
    kind: TeamKind | None = plain("类别", "Kind", need="R")
    skills: list[Skill] | None = plain("专长", "Skills", need="R")
    people_total: int | None = persons("总人数", "People in all", need="R")
    people_on_duty: int | None = persons("在岗人数", "People on duty", need="R")
    commander: str | None = person("队长", "Commander", need="R")
    commander_phone: str | None = phone_number("队长电话(24小时)", "Commander's phone, 24 h", need="R")
    unit_name: str | None = text("所属单位", "Belongs to", need="r")
    equipment: Json | None = plain(
        "装备",
        "Equipment",
        need="R",
        entry=Equipment,
        help_zh="以7位物资编码为键:名称、数量、状态",
        help_en="By 7-digit item code: name, quantity, state.",
        example={"2030199": {"name": "潜水泵", "qty": 4, "state": "good"}},
    )
    vehicles: Json | None = plain(
        "车辆",
        "Vehicles",
        need="r",
        entry=Vehicle,
        help_zh="以车牌号为键:车型、总重、高、宽",
        help_en="By number plate: type, gross weight, height, width.",
        example={"演A00001": {"type": "水罐车", "load_t": 18, "height_m": 3.4, "width_m": 2.5}},
    )
    vehicle_load_t: float | None = quantity(
        "最重车辆总重",
        "Heaviest vehicle",
        "t",
        500,
        need="r",
        help_zh="选路时对照道路限载",
        help_en="Compared with load limits of roads.",
    )
    vehicle_height_m: float | None = quantity("最高车辆高度", "Tallest vehicle", "m", 10, need="r")
    vehicle_width_m: float | None = quantity("最宽车辆宽度", "Widest vehicle", "m", 10, need="r")
    turnout_min: int | None = count(
        "集结出动用时",
        "Turnout time",
        "min",
        need="R",
        upto=600,
        help_zh="消防一般1分钟,其他5–30分钟",
        help_en="Fire service 1 min, others 5–30.",
    )
    service_area: Shape | None = shape("服务范围", "Service area", "MultiPolygon", need="r")
    certificate: str | None = text("资质证书", "Certificate")
    certificate_until: date | None = plain("证书有效期至", "Certificate valid to")
    last_drill_on: date | None = plain("最近演练日期", "Last drill on")


LAYER = Layer(
    name="rescue_teams",
    zh="救援队伍",
    en="Rescue teams",
    row=RescueTeam,
    geometry="Point",
    group="resources",
    bureau="emergency",
    status=Readiness,
    legend=Legend(
        glyph="队",
        by="status",
        worst_first=("out", "returning", "resting", "ready", "disbanded"),
        colours={
            "ready": "#1a7f37",
            "out": "#bf3989",
            "returning": "#8250df",
            "resting": "#6e7781",
            "disbanded": "#d0d7de",
        },
    ),
    checks=(
        Check(
            "on_duty_within_total",
            "people_on_duty <= people_total",
            "在岗人数多于总人数",
            "More on duty than there are",
        ),
        Check(
            "turnout_plausible",
            "turnout_min <= 30",
            "集结出动超过30分钟,请核对",
            "Turnout over 30 minutes: please check",
            "query",
        ),
        Check(
            "fire_turnout_quick",
            "kind <> 'national' or turnout_min <= 5",
            "消防队出动用时偏长,请核对",
            "Slow turnout for the fire service: please check",
            "query",
        ),
        Check(
            "ready_team_has_people",
            "status <> 'ready' or people_on_duty > 0",
            "待命队伍应有在岗人员",
            "A team that is ready has people on duty",
            "query",
        ),
    ),
    source="domain §4.6, §8.3",
    must_lie_in_county=False,
    name_zoom=12,
    help_zh="救援队伍:类别、专长、在岗人数、24小时电话、装备、车辆尺寸和出动用时。签有协议的外县队伍也可登记。",
    help_en="Rescue teams: kind, skills, people on duty, 24 h phone, equipment, vehicle sizes, turnout. Teams of "
    "neighbours under agreement belong here too.",
)
