"""River cross-sections 河道断面: the stages that matter (domain §4.5, §2.3)."""

from datetime import date

from layers.columns import level, plain, quantity, text
from layers.common import InUse
from layers.fields import Check, Layer, Legend, Row


class RiverSection(Row):
    river: str | None = text("所在河流", "River", need="R", upto=64, ref="rivers")
    warning_level_m: float | None = level(
        "警戒水位", "Warning stage", need="R", help_zh="1985国家高程基准", help_en="1985 national height datum."
    )
    guarantee_level_m: float | None = level(
        "保证水位",
        "Guarantee stage",
        need="R",
        help_zh="到达即组织下游立即转移",
        help_en="Reached: people downstream leave at once.",
    )
    bank_left_m: float | None = level("左岸高程", "Left bank", need="r")
    bank_right_m: float | None = level("右岸高程", "Right bank", need="r")
    bed_m: float | None = level("河底高程", "River bed")
    flood_mark_m: float | None = level("历史最高洪痕", "Highest flood mark")
    flood_mark_on: date | None = plain("洪痕日期", "Date of the mark")
    station: str | None = text("水位站", "Stage station", need="r", upto=64, ref="stations")
    upstream_km: float | None = quantity("距河源", "Distance from the source", "km", 10_000)
    catchment_km2: float | None = quantity("以上集水面积", "Catchment above", "km²", 1_000_000)
    bearing_deg: float | None = quantity("断面方位", "Direction of the section", "°", 360)


LAYER = Layer(
    name="river_sections",
    zh="河道断面",
    en="River sections",
    row=RiverSection,
    geometry="Point",
    group="flood",
    bureau="water",
    status=InUse,
    legend=Legend(glyph="断", colour="#0550ae"),
    checks=(
        Check(
            "warning_below_guarantee",
            "warning_level_m <= guarantee_level_m",
            "警戒水位高于保证水位",
            "The warning stage is above the guarantee stage",
        ),
        Check(
            "bed_below_warning", "bed_m < warning_level_m", "警戒水位低于河底", "The warning stage lies below the bed"
        ),
        Check(
            "guarantee_within_left_bank",
            "guarantee_level_m <= bank_left_m",
            "保证水位高于左岸",
            "The guarantee stage is above the left bank",
            "query",
        ),
        Check(
            "guarantee_within_right_bank",
            "guarantee_level_m <= bank_right_m",
            "保证水位高于右岸",
            "The guarantee stage is above the right bank",
            "query",
        ),
        Check(
            "section_has_a_height_datum",
            "elev_datum = 'h1985'",
            "断面水位应采用1985国家高程基准",
            "Stages should be in the 1985 height datum",
            "query",
        ),
    ),
    source="domain §4.5",
    must_lie_in_county=False,
    name_zoom=13,
    help_zh="河道控制断面的警戒水位、保证水位和岸高。",
    help_en="Control sections of rivers: warning stage, guarantee stage, banks.",
)
