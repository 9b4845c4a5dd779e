"""The columns every layer has (domain §4.0), and the bureaus that verify layers."""

from datetime import date

from layers.fields import Check, CodeList, Row, field

BUREAUS = {
    "emergency": ("应急管理局", "Emergency management bureau"),
    "natural_resources": ("自然资源局", "Natural resources bureau"),
    "water": ("水利局", "Water bureau"),
    "forestry": ("林业局", "Forestry bureau"),
    "transport": ("交通运输局", "Transport bureau"),
    "housing": ("住房和城乡建设局", "Housing and construction bureau"),
    "education": ("教育科技局", "Education and science bureau"),
    "health": ("卫生健康局", "Health bureau"),
    "culture": ("文化和旅游局", "Culture and tourism bureau"),
    "civil_affairs": ("民政局", "Civil affairs bureau"),
    "energy": ("能源局", "Energy bureau"),
    "weather": ("气象局", "Weather bureau"),
}


class InUse(CodeList):
    """The plainest status: for layers whose objects are simply there or not."""

    IN_USE = "in_use", "在用", "In use"
    OUT_OF_USE = "out_of_use", "停用", "Out of use"


class CoordSystem(CodeList):
    CGCS2000 = "cgcs2000", "CGCS2000", "CGCS2000"
    WGS84 = "wgs84", "WGS84", "WGS84"
    GCJ02 = "gcj02", "GCJ-02", "GCJ-02"
    BD09 = "bd09", "BD-09", "BD-09"
    XIAN80 = "xian80", "西安80", "Xian 1980"
    BEIJING54 = "beijing54", "北京54", "Beijing 1954"
    UNKNOWN = "unknown", "未知", "Unknown"


class CoordMethod(CodeList):
    GNSS = "gnss", "GNSS", "GNSS receiver"
    MAP = "map", "图上点选", "Picked on the map"
    SHEET = "sheet", "表格", "From a table"
    DERIVED = "derived", "推算", "Derived"


class ElevationDatum(CodeList):
    H1985 = "h1985", "1985国家高程基准", "1985 National Height Datum"
    H1956 = "h1956", "1956黄海高程", "Yellow Sea 1956"
    ELLIPSOID = "ellipsoid", "椭球高", "Ellipsoidal height"
    UNKNOWN = "unknown", "未知", "Unknown"


class Verify(CodeList):
    PENDING = "pending", "待核", "To be verified"
    VERIFIED = "verified", "已核", "Verified"
    RETURNED = "returned", "退回", "Returned"
    RETIRED = "retired", "停用", "Out of use"


class Secrecy(CodeList):
    PUBLIC = "public", "公开", "Public"
    INTERNAL = "internal", "内部", "Internal"
    SENSITIVE = "sensitive", "敏感", "Sensitive"


PHONE = r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|110|119|120|122|12379)$"


class Common(Row):
    """Columns shared by all layers. `id`, `version`, `updated_at`, `updated_by` are the database's own."""

    code: str = field(
        "编号",
        "Code",
        need="R",
        min_length=1,
        max_length=64,
        help_zh="本图层内唯一,按文本保存",
        help_en="Unique in the layer; kept as text.",
    )
    name: str = field("名称", "Name", need="R", min_length=1, max_length=120)
    admin_code: str = field(
        "行政区划代码",
        "Statistical code",
        need="R",
        pattern=r"^\d{6}(\d{3}(\d{3})?)?$",
        help_zh="6位县、9位乡镇或12位村代码",
        help_en="6-digit county, 9-digit township or 12-digit village.",
        aliases=("乡镇代码", "town_code", "区划代码"),
    )
    village: str | None = field("村(社区)", "Village", default=None, max_length=80)
    source: str = field("来源", "Source", need="R", min_length=1, max_length=200)
    surveyed_on: date | None = field(
        "调查日期", "Surveyed on", default=None, need="R", help_zh="不得晚于今天", help_en="Not in the future."
    )
    verify: Verify = field("核实状态", "Verification", default=Verify.PENDING, need="R")
    secrecy: Secrecy = field("公开级别", "Secrecy", default=Secrecy.INTERNAL, need="R")
    coord_raw: str | None = field("原始坐标", "Coordinates as typed", default=None, need="R", max_length=200)
    coord_crs: CoordSystem = field("坐标系", "Coordinate system", default=CoordSystem.CGCS2000, need="R")
    coord_method: CoordMethod = field("采集方式", "How taken", default=CoordMethod.MAP, need="R")
    coord_accuracy_m: float = field("精度", "Accuracy", default=100.0, unit="m", need="r", ge=0, le=100_000)
    elevation_m: float | None = field("高程", "Elevation", default=None, unit="m", ge=-200, le=9000)
    elev_datum: ElevationDatum | None = field("高程基准", "Height datum", default=None)
    duty_person: str | None = field("责任人", "Responsible person", default=None, need="R", max_length=60)
    duty_post: str | None = field("职务", "Post", default=None, need="R", max_length=60)
    duty_phone: str | None = field(
        "责任人电话",
        "Responsible person's phone",
        default=None,
        need="R",
        restricted=True,
        pattern=PHONE,
        help_zh="11位手机号或带区号的固定电话",
        help_en="11-digit mobile or a landline with area code.",
    )
    backup_person: str | None = field("B角", "Deputy", default=None, need="r", max_length=60)
    backup_phone: str | None = field(
        "B角电话", "Deputy's phone", default=None, need="r", restricted=True, pattern=PHONE
    )
    photos: list[str] | None = field("照片", "Photos", default=None)
    note: str | None = field("备注", "Note", default=None, max_length=2000)


COMMON_CHECKS = (
    Check(
        "deputy_is_another_person",
        "backup_person <> duty_person",
        "B角应与责任人不是同一人",
        "The deputy should be another person than the responsible one",
        "query",
    ),
    Check(
        "deputy_has_another_phone",
        "backup_phone <> duty_phone",
        "B角电话应与责任人电话不同",
        "The deputy should have another phone than the responsible person",
        "query",
    ),
    Check(
        "height_has_a_datum",
        "elevation_m is null or elev_datum is not null",
        "填了高程就应写明高程基准",
        "An elevation needs its height datum",
        "query",
    ),
)

NO_DUTY = ("duty_person", "duty_post", "duty_phone", "backup_person", "backup_phone")
"""What reference layers (boundaries, rivers, faults) can be published without: nobody is called about them."""
