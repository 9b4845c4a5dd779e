"""Refusal -> problem document (RFC 9457), in Chinese and English.

PROBLEMS gives every kind of refusal its HTTP status and the slug of its page under /problems. Nothing an error says
comes from a driver or a traceback: what is in no table here becomes "internal-error" with an id to look up in the log.
"""

import logging
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import challenge
from api.driver_errors import refusal_of
from gis import errors as gis_errors
from gis.errors import Refusal
from layers import errors as layer_errors
from layers.cluster import NotReady

log = logging.getLogger("anlan.api")

PROBLEM_JSON = "application/problem+json"
SHOWN_CHARACTERS = 200  # of a wrong value: enough to recognise it, too little to fill a log or a screen


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its status, its page, what it means and what to do."""

    status: int
    slug: str
    zh: str
    en: str


def _kind(status: int, slug: str, zh: str, en: str) -> Kind:
    return Kind(status, slug, zh, en)


PROBLEMS: dict[type[Refusal], Kind] = {
    Refusal: _kind(422, "refused", "请求无法执行,原因见说明。", "The request cannot be carried out; the detail says why."),
    gis_errors.ValueOutOfRange: _kind(
        422, "value-out-of-range", "某个数值超出允许范围。请检查单位和数量级。",
        "A number is outside what is allowed. Check its unit and its size."),
    gis_errors.BadGeometry: _kind(
        422, "bad-geometry", "图形自相交、未闭合或类型不对。请修正后重试。",
        "The shape crosses itself, is not closed or is of another kind. Correct it and try again."),
    gis_errors.BadCoordinates: _kind(
        422, "bad-coordinates", "坐标不在允许的范围内,或经纬度颠倒。顺序是经度、纬度。",
        "The coordinates are outside what is allowed, or swapped. The order is longitude, latitude."),
    gis_errors.UnknownCrs: _kind(
        400, "unknown-crs", "没有这个坐标系,或文件未说明坐标系。",
        "This coordinate system is not known, or the file does not name one."),
    gis_errors.UnreadableFile: _kind(
        422, "unreadable-file", "文件损坏或格式不符。请重新导出后再试。",
        "The file is damaged or of another format. Export it again and retry."),
    gis_errors.UnknownAnalysis: _kind(
        404, "no-such-process", "没有这个分析。全部分析见 /ogc/processes。",
        "There is no such analysis. /ogc/processes lists them all."),
    gis_errors.OffTheNetwork: _kind(
        422, "off-the-network", "起点或终点离任何可通行道路都太远。请选靠近道路的点,或修改 roads.snap_limit_m。",
        "A start or end is too far from any road. Choose a point near one, or change roads.snap_limit_m."),
    gis_errors.NoAnswer: _kind(
        422, "no-answer", "没有可用来计算的数据:图层为空,或没有道路、高程。",
        "There is nothing to compute with: an empty layer, no roads or no elevation model."),
    layer_errors.LayerNotFound: _kind(
        404, "layer-not-found", "没有这个图层。全部图层见 /api/layers。", "There is no such layer. /api/layers lists them all."),
    layer_errors.BadDefinition: _kind(
        500, "bad-definition", "服务器上的图层定义有误,请通知管理员。",
        "A layer definition on the server is wrong; tell the administrator."),
    layer_errors.CountyNotFound: _kind(
        404, "county-not-found", "没有导入这个县。已导入的县见 /api/counties。",
        "This county is not loaded. /api/counties lists those that are."),
    layer_errors.BadPack: _kind(
        422, "bad-pack", "县域数据包的某个文件、列或值有误,见说明。",
        "A file, column or value of the county pack is wrong; the detail says which."),
    layer_errors.DatabaseTooOld: _kind(
        503, "database-too-old", "数据库缺少 PostGIS 或版本过旧,请管理员升级。",
        "The database has no PostGIS, or an old one; the administrator must upgrade it."),
    NotReady: _kind(
        503, "database-not-ready", "本机数据库没有就绪,请管理员查看 ./anlan up 的输出。",
        "The private database is not ready; the administrator should look at what ./anlan up says."),
    layer_errors.FeatureNotFound: _kind(
        404, "feature-not-found", "没有这个要素,或者在所问的时刻它还不存在。",
        "There is no such feature, or it did not exist at the moment asked for."),
    layer_errors.ViewNotFound: _kind(
        404, "view-not-found", "这个保存的视图已被删除,或没有共享给您。",
        "This saved view was removed, or is not shared with you."),
    layer_errors.VersionConflict: _kind(
        412, "version-conflict", "您打开之后,别人已改过这条数据。请重新读取,核对差异,再保存。",
        "Somebody changed this feature after you opened it. Read it again, compare, then save."),
    layer_errors.PreconditionRequired: _kind(
        428, "precondition-required", "修改一条数据必须用 If-Match 带上读到的版本(ETag)。",
        "Changing a feature needs If-Match with the version (ETag) you read."),
    layer_errors.CodeExists: _kind(
        409, "code-exists", "编号在本图层内必须唯一,而这个编号已经有了。",
        "A code is unique in its layer, and this one exists already."),
    layer_errors.RowRefused: _kind(
        422, "row-refused", "数据不符合图层的规则。errors 列出每一处。",
        "The data break the layer's rules. `errors` lists every place."),
    layer_errors.BadFilter: _kind(
        400, "bad-filter", "筛选条件(CQL2)写错了,或用了不能筛选的字段。",
        "The filter (CQL2) is wrong or uses a field that cannot be filtered."),
    layer_errors.BadQuery: _kind(
        400, "bad-query", "网址中的某个参数写错了。errors 列出每一处。",
        "A parameter of the address is wrong. `errors` lists every place."),
    layer_errors.BadBody: _kind(
        400, "bad-body", "请求内容不是可读的 JSON 或表单。", "The body is not readable JSON or form data."),
    layer_errors.BadText: _kind(
        422, "bad-text", "文本中有不能保存的字符(如 NUL)。", "The text has characters that cannot be stored (such as NUL)."),
    layer_errors.Forbidden: _kind(
        403, "forbidden", "您的角色或管辖范围不允许这项操作。需要时请与管理员联系。",
        "Your role or your area does not allow this. Ask the administrator if you need it."),
    layer_errors.PasswordToChange: _kind(
        403, "password-to-change", "您还在用别人发给的密码。请先用 POST /api/me/password 改成自己的,再重新登录。",
        "You still use a password that somebody else gave you. Choose your own with POST /api/me/password, then sign in again."),
    layer_errors.NotSignedIn: _kind(
        401, "not-signed-in", "没有登录,或登录已过期。请在 /api/auth/token 登录。",
        "You are not signed in, or it has expired. Sign in at /api/auth/token."),
    layer_errors.Locked: _kind(
        423, "locked", "密码连续输错次数过多,账号暂时锁定。请按 Retry-After 等待,或请管理员解锁。",
        "Too many wrong passwords in a row; the account is locked for a while. Wait as Retry-After says, or ask the "
        "administrator to unlock it."),
    layer_errors.KeyReused: _kind(
        422, "key-reused", "同一个 Idempotency-Key 已用于另一个请求。新的写入请用新的键。",
        "This Idempotency-Key was used for another request. Use a new key for a new write."),
    layer_errors.UserRefused: _kind(
        422, "user-refused", "用户名、角色、管辖范围或密码不符合要求。",
        "The user name, role, area or password is not acceptable."),
    layer_errors.UserNotFound: _kind(
        404, "user-not-found", "没有这个用户。全部用户见系统室的用户表。",
        "There is no such user. The users' table of the system room lists them all."),
    layer_errors.JobNotFound: _kind(
        404, "no-such-job", "没有这个分析任务:已被删除,或未保留给他人查看。",
        "There is no such job: it was removed, or is not kept for others."),
    layer_errors.StandingNotFound: _kind(
        404, "no-such-standing-analysis", "没有这个自动监测,或者已经结束。",
        "There is no such standing analysis, or it has ended."),
    layer_errors.JobNotReady: _kind(
        404, "result-not-ready", "分析还在排队或计算中,或没有得出结果。进度见 /ogc/jobs/{id}。",
        "The analysis still waits or runs, or ended without a result. /ogc/jobs/{id} tells its progress."),
    layer_errors.TooMany: _kind(
        429, "too-many", "同时进行的太多。请按 Retry-After 等待,或取消一些。",
        "Too many at once. Wait as Retry-After says, or cancel some."),
    layer_errors.ThresholdNotFound: _kind(
        404, "threshold-not-found", "没有这个阈值。全部阈值见 /api/system/thresholds。",
        "There is no such threshold. /api/system/thresholds lists them all."),
    layer_errors.Unavailable: _kind(
        503, "unavailable", "数据库暂时连不上或太忙。请按 Retry-After 等待后重试,可放心重发带同一 Idempotency-Key 的写入。",
        "The database is away or too busy. Wait as Retry-After says and try again; a write with the same "
        "Idempotency-Key may safely be sent again."),
}

# Statuses that are raised by the web framework and not by us.
HTTP_KINDS: dict[int, Kind] = {
    400: _kind(400, "bad-request", "请求不完整或无法理解。", "The request is incomplete or cannot be understood."),
    404: _kind(404, "not-found", "没有这个网址。接口说明见 /api/docs。",
               "There is nothing at this address. /api/docs describes the interface."),
    405: _kind(405, "method-not-allowed", "这个网址不支持这种方法,可用的方法见 Allow。",
               "This address does not support the method; Allow lists those it does."),
    406: _kind(406, "not-acceptable", "没有您要的格式。", "The format asked for is not available."),
    413: _kind(413, "body-too-large", "内容太大。请分成几次发送。", "The body is too large. Send it in parts."),
    415: _kind(415, "unsupported-media-type", "不接受这种内容类型。", "This content type is not accepted."),
    500: _kind(500, "internal-error", "服务器出错,错误编号已记入日志。请把编号告诉管理员。",
               "The server failed and logged it under an id. Tell the administrator the id."),
}


class FieldProblem(BaseModel):
    """One wrong field."""

    field: str
    value: Any = None
    zh: str
    en: str


class Problem(BaseModel):
    """A problem document, RFC 9457."""

    type: str = Field(examples=["/problems/row-refused"])
    title: str
    title_zh: str
    status: int
    detail: str
    detail_zh: str
    instance: str
    errors: list[FieldProblem] | None = None


def kind_of(refusal: Refusal) -> Kind:
    """The kind of a refusal: its own, or that of the nearest class above it."""
    return next(PROBLEMS[cls] for cls in type(refusal).__mro__ if cls in PROBLEMS)


def kinds_by_slug() -> dict[str, tuple[Kind, str, str]]:
    """Every problem page: slug -> (kind, Chinese title, English title)."""
    ours = {kind.slug: (kind, cls.title_zh, cls.title_en) for cls, kind in PROBLEMS.items()}
    web = {kind.slug: (kind, *_http_titles(kind.status)) for kind in HTTP_KINDS.values()}
    return ours | web


def problem(request: Request, refusal: Refusal) -> Response:
    """The answer to a refused request."""
    kind = kind_of(refusal)
    headers = challenge(request) if kind.status == HTTPStatus.UNAUTHORIZED else {}
    if (wait_s := refusal.facts.get("retry_after_s")) is not None:
        headers["Retry-After"] = str(math.ceil(wait_s))
    document = _document(request, kind, (refusal.title_zh, refusal.title_en), (refusal.zh, refusal.en))
    return _response(document | refusal.facts, headers)


def install(app: FastAPI) -> None:
    """Give every error a problem document. `LastCatch` is a middleware and is added by main.py."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(psycopg.Error, _on_driver)
    app.add_exception_handler(UnicodeError, _on_bad_text)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return problem(request, error)


async def _on_driver(request: Request, error: Exception) -> Response:
    return answer_to(request, error)


def answer_to(request: Request, error: Exception) -> Response:
    """The answer to any error that is not a refusal yet: the client's fault in its words, or an id."""
    if isinstance(error, Refusal):
        return problem(request, error)
    refusal = refusal_of(error) if isinstance(error, psycopg.Error) else None
    return internal_error(request, error) if refusal is None else problem(request, refusal)


async def _on_bad_text(request: Request, error: Exception) -> Response:
    """JSON may carry half a surrogate pair, which is no text in UTF-8; the driver fails while encoding it."""
    if not isinstance(error, UnicodeEncodeError) or error.reason != "surrogates not allowed":
        return internal_error(request, error)
    return problem(request, layer_errors.BadText("文本中有不完整的字符(半个代理对),请删去。",
                                                 "The text has an incomplete character (half a surrogate pair); "
                                                 "remove it."))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = HTTP_KINDS.get(error.status_code) or _kind(error.status_code, "bad-request", *_http_titles(error.status_code))
    document = _document(request, kind, _http_titles(error.status_code), (kind.zh, kind.en))
    return _response(document, dict(error.headers or {}))


async def _on_bad_request(request: Request, error: Exception) -> Response:
    """Wrong parameters are 400 (OGC API wants it so), a wrong body is 422, a body that is no JSON is 400."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(request, layer_errors.BadBody("内容不是合法的 JSON。", "The body is not valid JSON."))
    errors = [_field_problem(one) for one in found]
    zh = "有误:" + ";".join(f"{one['field']} {one['zh']}" for one in errors)
    en = "Wrong: " + "; ".join(f"{one['field']} {one['en']}" for one in errors)
    in_body = all(one["loc"] and one["loc"][0] == "body" for one in found)
    cls = layer_errors.RowRefused if in_body else layer_errors.BadQuery
    return problem(request, cls(zh[:1000], en[:1000], errors=errors))


# pydantic's commonest complaints in Chinese; {…} are its own context values. Others say what was expected in English.
COMPLAINTS_ZH = {
    "missing": "必须填写", "extra_forbidden": "不认识的字段", "int_parsing": "应为整数", "int_type": "应为整数",
    "int_from_float": "应为整数", "float_parsing": "应为数字", "float_type": "应为数字", "finite_number": "应为有限的数",
    "string_type": "应为文本", "bool_parsing": "应为 true 或 false", "bool_type": "应为 true 或 false",
    "datetime_parsing": "应为带时区的时间,如 2024-07-15T02:10:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间,如 2024-07-15T02:10:00+08:00",
    "timezone_aware": "时间必须带时区", "date_parsing": "应为日期,如 2024-07-15", "list_type": "应为列表",
    "dict_type": "应为对象", "model_attributes_type": "应为对象", "greater_than_equal": "应不小于 {ge}",
    "greater_than": "应大于 {gt}", "less_than_equal": "应不大于 {le}", "less_than": "应小于 {lt}",
    "string_too_short": "至少 {min_length} 个字符", "string_too_long": "至多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符", "enum": "应为 {expected} 之一", "literal_error": "应为 {expected} 之一",
    "applies": "{zh}",
}


def _field_problem(found: dict[str, Any]) -> dict[str, Any]:
    """One complaint of pydantic in both languages."""
    context = found.get("ctx", {})
    said = str(context.get("error", ""))
    try:
        zh = COMPLAINTS_ZH.get(found["type"], "不符合要求").format(**context)
    except KeyError:
        zh = "不符合要求"
    if " / " in said:  # our own validators say it as “Chinese / English”
        zh, _, english = said.partition(" / ")
        found = found | {"msg": english}
    field = ".".join(str(part) for part in found["loc"][1:]) or str(found["loc"][0] if found["loc"] else "")
    return {"field": field[:SHOWN_CHARACTERS], "value": shown(found.get("input")), "zh": zh, "en": found["msg"]}


def shown(value: Any) -> Any:
    """A wrong value as it may stand in a problem document: short, and always encodable."""
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # a number with more digits than Python prints, a body nested too deep
        return None
    return text[:SHOWN_CHARACTERS].encode("utf-8", "replace").decode()


def internal_error(request: Request, error: Exception) -> Response:
    """Log the error under a fresh id and tell only the id."""
    error_id = uuid.uuid4().hex[:12]
    log.error("internal error %s on %s %s", error_id, request.method, request.url.path, exc_info=error)
    kind = HTTP_KINDS[500]
    document = _document(request, kind, _http_titles(500), (f"服务器出错,编号 {error_id}。请把编号告诉管理员。",
                                                            f"The server failed, id {error_id}. Tell the administrator."))
    return _response(document | {"id": error_id}, {})


class LastCatch:
    """Answers with a problem when nothing else did. Outside of it a failing request would show a bare 500.

    Starlette's own handler for Exception sits outside every middleware, so its answers carry no security headers and
    count in no metric; therefore this one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            log.info("client left: %s %s", scope["method"], scope["path"])
        except Exception as error:
            if started:
                raise
            await answer_to(Request(scope), error)(scope, receive, send)


def problem_responses(statuses: Sequence[int]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a router: these statuses answer with a problem document."""
    return {status: {"description": _http_titles(status)[1], "content": {PROBLEM_JSON: {"schema": PROBLEM_REF}}}
            for status in statuses}


PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}


def _document(request: Request, kind: Kind, titles: tuple[str, str], details: tuple[str, str]) -> dict[str, Any]:
    zh, en = details
    return {"type": f"/problems/{kind.slug}", "title": titles[1], "title_zh": titles[0], "status": kind.status,
            "detail": en, "detail_zh": zh, "instance": request.url.path}


def _response(document: dict[str, Any], headers: dict[str, str]) -> Response:
    document["instance"] = shown(document["instance"])
    return Response(orjson.dumps(document, default=shown), document["status"],
                    headers={"Cache-Control": "no-store"} | headers, media_type=PROBLEM_JSON)


TITLES_ZH = {400: "请求有误", 401: "请先登录", 403: "没有权限", 404: "没有这个网址", 405: "方法不支持", 406: "没有这种格式",
             409: "冲突", 412: "版本已变", 413: "内容太大", 415: "内容类型不支持", 422: "数据有误", 423: "账号已锁定",
             428: "缺少版本号", 429: "请求太多", 500: "服务器出错", 503: "服务暂不可用"}


def _http_titles(status: int) -> tuple[str, str]:
    return TITLES_ZH.get(status, "请求无法执行"), HTTPStatus(status).phrase
