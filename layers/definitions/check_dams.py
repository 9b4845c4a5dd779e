"""Check dams 淤地坝 (domain §4.5, rule R06)."""

from layers.columns import person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape


class CheckDamStatus(CodeList):
    NORMAL = "normal", "正常", "Normal"
    DEFECTIVE = "defective", "病险", "Defective"
    SILTED_UP = "silted_up", "淤满", "Silted up"
    CANCELLED = "cancelled", "销号", "Struck off"


class CheckDamClass(CodeList):
    LARGE = "large", "大型", "Large"
    MEDIUM = "medium", "中型", "Medium"
    SMALL = "small", "小型", "Small"


class CheckDam(Row):
    dam_class: CheckDamClass | None = plain("规模", "Class", need="R")
    river: str | None = text("所在沟道", "Gully", need="r", upto=64, ref="rivers")
    height_m: float | None = quantity("坝高", "Dam height", "m", 200, need="R")
    capacity: float | None = quantity("总库容", "Total capacity", "10⁴ m³", 100_000, need="r")
    silted_pct: float | None = quantity("淤积比例", "Silted", "%", 100, need="R")
    spillway: bool | None = plain("溢洪道", "Spillway", need="R")
    danger: bool | None = plain("病险", "In danger", need="R")
    admin_keeper: str | None = person("行政责任人", "Administrative keeper", need="R")
    admin_keeper_phone: str | None = phone_number("行政责任人电话", "Administrative keeper's phone", need="R")
    tech_keeper: str | None = person("技术责任人", "Technical keeper", need="R")
    tech_keeper_phone: str | None = phone_number("技术责任人电话", "Technical keeper's phone", need="R")
    patrol_keeper: str | None = person("巡查责任人", "Patrol keeper", need="R")
    patrol_keeper_phone: str | None = phone_number("巡查责任人电话", "Patrol keeper's phone", need="R")
    downstream_people: int | None = persons("下游人数", "People downstream", need="R")
    inundation: Shape | None = shape("溃坝淹没范围", "Dam-break area", "MultiPolygon", need="r")


LAYER = Layer(
    name="check_dams",
    zh="淤地坝",
    en="Check dams",
    row=CheckDam,
    geometry="Point",
    group="flood",
    bureau="water",
    status=CheckDamStatus,
    legend=Legend(
        glyph="坝",
        by="status",
        worst_first=("defective", "silted_up", "normal", "cancelled"),
        colours={"normal": "#57606a", "defective": "#a40e26", "silted_up": "#7d4e00", "cancelled": "#afb8c1"},
    ),
    checks=(
        Check(
            "danger_flag_fits_status",
            "danger = false or status <> 'normal'",
            "标为病险但状态为正常",
            "In danger, yet the status is normal",
            "query",
        ),
        Check(
            "large_dam_has_a_spillway",
            "dam_class <> 'large' or spillway = true",
            "大型淤地坝应有溢洪道",
            "A large check dam should have a spillway",
            "query",
        ),
        Check(
            "check_dam_has_three_keepers",
            "admin_keeper <> tech_keeper and tech_keeper <> patrol_keeper and admin_keeper <> patrol_keeper",
            "三个责任人应为不同的人",
            "The three keepers should be three people",
            "query",
        ),
    ),
    source="domain §4.5 and rule R06",
    name_zoom=13,
    help_zh="淤地坝:坝高、淤积比例、溢洪道、病险、三个责任人和下游人数。",
    help_en="Check dams: height, silt, spillway, danger, three keepers, people downstream.",
)
