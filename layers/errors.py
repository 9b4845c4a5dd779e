"""Refusals of the layer registry."""

from gis.errors import Refusal


class LayerNotFound(Refusal):
    title_zh, title_en = "没有这个图层", "No such layer"


class BadDefinition(Refusal):
    """A definition file is wrong; raised when the registry loads, never because of a user's request."""

    title_zh, title_en = "图层定义有误", "Layer definition is wrong"


class FeatureNotFound(Refusal):
    title_zh, title_en = "没有这个要素", "No such feature"


class VersionConflict(Refusal):
    """Somebody else wrote the feature first (If-Match names an older version)."""

    title_zh, title_en = "版本已变", "Changed by somebody else"


class PreconditionRequired(Refusal):
    title_zh, title_en = "缺少版本号", "Version required"


class CodeExists(Refusal):
    title_zh, title_en = "编号已存在", "Code exists already"


class RowRefused(Refusal):
    """`errors=[{"field", "value", "zh", "en"}, …]` names every field that is wrong, all at once."""

    title_zh, title_en = "数据不合规则", "Data break a rule"


class BadFilter(Refusal):
    title_zh, title_en = "筛选条件有误", "Filter cannot be used"


class BadQuery(Refusal):
    title_zh, title_en = "查询参数有误", "Query cannot be used"


class BadBody(Refusal):
    title_zh, title_en = "请求内容有误", "Body cannot be read"


class BadText(Refusal):
    title_zh, title_en = "文本含非法字符", "Text has characters that cannot be stored"


class Forbidden(Refusal):
    title_zh, title_en = "没有权限", "Not allowed"


class PasswordToChange(Refusal):
    """Signed in with a password that somebody else gave out."""

    title_zh, title_en = "请先修改密码", "Change the password first"


class NotSignedIn(Refusal):
    title_zh, title_en = "请先登录", "Sign in first"


class Locked(Refusal):
    """Too many failed sign-ins; `retry_after_s` says when to try again."""

    title_zh, title_en = "账号已锁定", "Account locked"


class KeyReused(Refusal):
    title_zh, title_en = "幂等键已用于其他请求", "Idempotency key used for another request"


class UserRefused(Refusal):
    title_zh, title_en = "用户资料有误", "User cannot be stored"


class UserNotFound(Refusal):
    title_zh, title_en = "没有这个用户", "No such user"


class ThresholdNotFound(Refusal):
    title_zh, title_en = "没有这个阈值", "No such threshold"


class Unavailable(Refusal):
    """The database is away or too busy; `retry_after_s` says when to try again."""

    title_zh, title_en = "服务暂不可用", "Service not available now"


class CountyNotFound(Refusal):
    title_zh, title_en = "找不到该县", "No such county"


class BadPack(Refusal):
    """A county pack is wrong: county.toml, a column, a value. Says which file and what to change."""

    title_zh, title_en = "县域数据包有误", "County pack is wrong"


class DatabaseTooOld(Refusal):
    """The server's PostGIS is missing or older than what is tested."""

    title_zh, title_en = "数据库版本过旧", "Database too old"


class ViewNotFound(Refusal):
    """A saved view that was removed, or is somebody else's and not shared."""

    title_zh, title_en = "没有这个视图", "No such view"


class JobNotFound(Refusal):
    """A job that was removed, or is somebody else's and not kept."""

    title_zh, title_en = "没有这个分析任务", "No such job"


class StandingNotFound(Refusal):
    """A standing analysis that was never there, or has ended."""

    title_zh, title_en = "没有这个自动监测", "No such standing analysis"


class JobNotReady(Refusal):
    """The job still waits or runs, or ended without a result."""

    title_zh, title_en = "结果尚未就绪", "No result yet"


class TooMany(Refusal):
    """So many at once that others would wait; `retry_after_s` says when to try again."""

    title_zh, title_en = "太多了", "Too many at once"
