"""Rivers and gullies 河流沟道: the lines water follows; buffers of rules R07 and R09 start from them."""

from layers.columns import person, phone_number, plain, quantity, text
from layers.common import NO_DUTY
from layers.fields import Check, CodeList, Layer, Legend, Row, field


class RiverStatus(CodeList):
    PERENNIAL = "perennial", "常年有水", "Perennial"
    SEASONAL = "seasonal", "季节性", "Seasonal"
    DRY = "dry", "干沟", "Dry gully"


class RiverOrder(CodeList):
    MAIN = "main", "干流", "Main river"
    TRIBUTARY = "tributary", "支流", "Tributary"
    GULLY = "gully", "沟道", "Gully"


class River(Row):
    river_order: RiverOrder | None = plain("级别", "Order", need="R")
    flows_into: str | None = text("汇入", "Flows into", upto=64, ref="rivers")
    basin: str | None = text("所属流域", "Basin", upto=120)
    catchment_km2: float | None = quantity("流域面积", "Catchment", "km²", 1_000_000, need="r")
    length_km: float | None = quantity("河长", "Length", "km", 10_000)
    gradient_permille: float | None = quantity("平均比降", "Mean gradient", "‰", 1000)
    bed_width_m: float | None = quantity("河槽宽", "Bed width", "m", 10_000)
    safe_flow_m3s: float | None = quantity("安全泄量", "Safe discharge", "m³/s", 100_000)
    camps_in_bed: bool = field("河道内有施工营地", "Camps in the river bed", default=False)
    river_chief: str | None = person("河长", "River chief", need="r")
    river_chief_phone: str | None = phone_number("河长电话", "River chief's phone", need="r")


LAYER = Layer(
    name="rivers",
    zh="河流沟道",
    en="Rivers and gullies",
    row=River,
    geometry="LineString",
    group="flood",
    bureau="water",
    status=RiverStatus,
    legend=Legend(glyph="河", colour="#218bff", width=2.0),
    checks=(
        Check(
            "river_does_not_flow_into_itself",
            "flows_into <> code",
            "河流不能汇入自身",
            "A river cannot flow into itself",
        ),
    ),
    source="domain §4.5 and §1.2 (R07, R09)",
    must_lie_in_county=False,
    name_zoom=11,
    waives=NO_DUTY,
    help_zh="河流与沟道中心线,从上游向下游数字化。",
    help_en="Centre lines of rivers and gullies, drawn from upstream to downstream.",
)
