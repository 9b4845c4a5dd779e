"""Depots of relief goods 应急物资库 (domain §4.7)."""

from datetime import date

from layers.columns import count, person, phone_number, plain, quantity, text
from layers.common import InUse
from layers.definitions.rescue_teams import ItemState
from layers.fields import CodeList, Entry, Json, Layer, Legend, Row, field


class DepotLevel(CodeList):
    COUNTY = "county", "县级", "County"
    TOWNSHIP = "township", "乡镇级", "Township"
    VILLAGE = "village", "村级", "Village"
    ENTERPRISE = "enterprise", "企业协议", "Enterprise, by agreement"
    FORWARD = "forward", "前置点", "Forward point"


class TruckClass(CodeList):
    TRICYCLE = "tricycle", "三轮车", "Tricycle"
    LIGHT = "light", "轻型货车", "Light truck"
    MEDIUM = "medium", "中型货车", "Medium truck"
    HEAVY = "heavy", "重型货车", "Heavy truck"
    TRAILER = "trailer", "半挂车", "Articulated truck"


class StockMode(CodeList):
    GOODS = "goods", "实物储备", "Goods in store"
    AGREEMENT = "agreement", "协议储备", "By agreement"
    OUTPUT = "output", "产能储备", "Production capacity"


class StockItem(Entry):
    """One batch of goods, kept under its 7-digit code of GB/T 38565-2020 (with "-batch" where there are several)."""

    key_zh, key_en = "物资编码", "Item code"

    name: str = field("名称", "Name", max_length=120)
    spec: str | None = field("规格", "Specification", default=None, max_length=200)
    unit: str = field("单位", "Unit", max_length=20)
    qty: float = field("数量", "Quantity", ge=0, le=1_000_000_000)
    safety_qty: float | None = field("安全库存", "Safety stock", default=None, ge=0, le=1_000_000_000)
    batch: str | None = field("批次", "Batch", default=None, max_length=60)
    made_on: date | None = field("生产日期", "Made on", default=None)
    expires_on: date | None = field("有效期至", "Expires on", default=None)
    state: ItemState = field("状态", "State", default=ItemState.GOOD)
    mode: StockMode = field("储备方式", "Mode", default=StockMode.GOODS)
    supplier: str | None = field("供应单位", "Supplier", default=None, max_length=200)
    delivery_h: float | None = field("供货时间", "Delivery", default=None, unit="h", ge=0, le=1000)


class Depot(Row):
    level: DepotLevel | None = plain("级别", "Level", need="R")
    area_m2: float | None = quantity("库房面积", "Floor area", "m²", 10_000_000, need="r")
    keeper: str | None = person("保管员", "Keeper", need="R")
    keeper_phone: str | None = phone_number("保管员电话(24小时)", "Keeper's phone, 24 h", need="R")
    access: TruckClass | None = plain("可进车型", "Trucks that can get in", need="R")
    open_min: int | None = count("开库用时", "Opening time", "min", need="R", upto=1440)
    forklift: bool | None = plain("叉车", "Forklift")
    agreement_no: str | None = text("协议编号", "Agreement", upto=120)
    stock: Json | None = plain(
        "物资",
        "Stock",
        need="r",
        entry=StockItem,
        help_zh="以7位物资编码(GB/T 38565-2020)为键;多批次加“-批次”",
        help_en="By 7-digit item code of GB/T 38565-2020, with “-batch” where there are several.",
        example={"1010101": {"name": "棉被", "unit": "床", "qty": 300, "safety_qty": 200}},
    )
    counted_on: date | None = plain("盘点日期", "Counted on", need="r")


LAYER = Layer(
    name="depots",
    zh="应急物资库",
    en="Relief depots",
    row=Depot,
    geometry="Point",
    group="resources",
    bureau="emergency",
    status=InUse,
    legend=Legend(
        glyph="物",
        by="level",
        worst_first=("county", "township", "village", "enterprise", "forward"),
        colours={
            "county": "#0550ae",
            "township": "#1b7c83",
            "village": "#4d2d00",
            "enterprise": "#6639ba",
            "forward": "#bf3989",
        },
    ),
    source="domain §4.7; GB/T 38565-2020",
    name_zoom=12,
    help_zh="县、乡、村和协议企业的物资库:保管员电话、可进车型、开库用时和物资清单。",
    help_en="Depots of county, townships, villages and firms under agreement: keeper, trucks, opening time, goods.",
)
