"""Forest fire facilities 防火设施: checkpoints, towers, water, fire roads, breaks (domain §4.4)."""

from layers.columns import count, persons, phone_number, plain, quantity, shape, text
from layers.definitions.roads import Surface
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape


class FacilityStatus(CodeList):
    IN_SERVICE = "in_service", "在用", "In service"
    BROKEN = "broken", "待修", "To be repaired"
    OUT_OF_SERVICE = "out_of_service", "停用", "Out of service"


class FacilityKind(CodeList):
    CHECKPOINT = "checkpoint", "检查站(卡口)", "Checkpoint"
    TOWER = "tower", "瞭望塔", "Lookout tower"
    CAMERA = "camera", "视频监控", "Camera"
    FIRE_ROAD = "fire_road", "防火道路", "Fire road"
    FIREBREAK = "firebreak", "防火隔离带", "Firebreak"
    WATER = "water", "取水点", "Water point"
    HELIPAD = "helipad", "停机坪", "Helicopter pad"
    STORE = "store", "物资点", "Store"
    VOICE_POLE = "voice_pole", "语音宣传杆", "Voice pole"
    LIGHTNING = "lightning", "雷电监测", "Lightning detector"


class WaterKind(CodeList):
    RESERVOIR = "reservoir", "水库", "Reservoir"
    POND = "pond", "塘坝", "Pond"
    RIVER = "river", "河流", "River"
    TANK = "tank", "蓄水池", "Tank"
    HYDRANT = "hydrant", "消火栓", "Hydrant"


class VehicleClass(CodeList):
    MOTORCYCLE = "motorcycle", "摩托车", "Motorcycle"
    PICKUP = "pickup", "皮卡", "Pickup"
    LIGHT = "light", "轻型消防车", "Light fire engine"
    HEAVY = "heavy", "重型消防车", "Heavy fire engine"


class FireFacility(Row):
    kind: FacilityKind | None = plain("类别", "Kind", need="R")
    fire_zone: str | None = text("所属火险区", "Fire zone", upto=64, ref="fire_zones")
    line: Shape | None = shape(
        "线位", "Course", "LineString", help_zh="防火道路、隔离带的走向", help_en="Course of a fire road or firebreak."
    )
    staff: int | None = persons("值守人数", "Staff")
    gate: bool | None = plain("有栏杆大门", "Gate")
    hours: str | None = text("值守时间", "Hours", upto=120)
    duty_desk_phone: str | None = phone_number("值守电话", "Phone on duty")
    height_m: float | None = quantity("塔高", "Height", "m", 300)
    range_km: float | None = quantity("瞭望半径", "Range", "km", 100)
    azimuth_from_deg: float | None = quantity(
        "可视方位起", "Sees from", "°", 360, help_zh="从北顺时针", help_en="Clockwise from north."
    )
    azimuth_to_deg: float | None = quantity("可视方位止", "Sees to", "°", 360)
    width_m: float | None = quantity("宽度", "Width", "m", 500)
    vehicle_class: VehicleClass | None = plain("可通行车型", "Vehicles that can pass")
    surface: Surface | None = plain("路面", "Surface")
    water_kind: WaterKind | None = plain("水源类型", "Kind of water")
    water_m3: float | None = quantity("蓄水量", "Water held", "m³", 1_000_000_000)
    winter_ice: bool | None = plain("冬季结冰", "Freezes in winter")
    pump_access: bool | None = plain("水泵可到", "Pumps can reach it")
    helicopter_dip: bool | None = plain("直升机可取水", "Helicopters can dip")
    pad_length_m: float | None = quantity("停机坪边长", "Pad side", "m", 500)
    stock: str | None = text("物资", "Stock", upto=500)
    solar_power: bool | None = plain("太阳能供电", "Solar power")
    patrol_min: int | None = count("巡护间隔", "Patrol interval", "min", upto=10_080)


LAYER = Layer(
    name="fire_facilities",
    zh="森林防火设施",
    en="Forest fire facilities",
    row=FireFacility,
    geometry="Point",
    group="forest",
    bureau="forestry",
    status=FacilityStatus,
    legend=Legend(
        glyph="防",
        by="status",
        worst_first=("out_of_service", "broken", "in_service"),
        colours={"in_service": "#116329", "broken": "#9a6700", "out_of_service": "#8c959f"},
    ),
    checks=(
        Check(
            "checkpoint_is_staffed",
            "kind <> 'checkpoint' or staff > 0",
            "检查站应有值守人员",
            "A checkpoint needs staff",
            "query",
        ),
        Check(
            "water_point_says_how_much",
            "kind <> 'water' or water_m3 is not null",
            "取水点应填蓄水量",
            "A water point says how much it holds",
            "query",
        ),
        Check(
            "tower_says_its_range",
            "kind not in ('tower','camera') or range_km is not null",
            "瞭望塔、视频应填瞭望半径",
            "A tower or camera says how far it sees",
            "query",
        ),
        Check(
            "line_facility_has_its_course",
            "kind not in ('fire_road','firebreak') or width_m is not null",
            "防火道路、隔离带应填宽度",
            "A fire road or firebreak says its width",
            "query",
        ),
    ),
    source="domain §4.4",
    name_zoom=13,
    help_zh="检查站、瞭望塔、取水点、防火道路、隔离带、停机坪等。按类别填写相应字段。",
    help_en="Checkpoints, towers, water, fire roads, firebreaks, pads. Fill in what belongs to the kind.",
)
