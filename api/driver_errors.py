"""What the database refused, said in words of the definitions. Errors that are our own fault give None.

The database is the last to judge (CHECKs, row policies, types), so its refusals must read like ours: a CHECK answers
with the words of the rule in the layer's definition, never with the driver's message, which may quote other rows.
"""

import psycopg
from psycopg import errors as pg
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from gis.errors import Refusal, ValueOutOfRange
from layers.errors import BadText, CodeExists, Forbidden, RowRefused, Unavailable
from layers.fields import Layer
from layers.registry import LAYERS, words
from layers.secured import constraint_name

# Seconds a client should wait. A restart of PostgreSQL takes about 5 s; a lock or a deadlock clears within one
# transaction; a statement that timed out will time out again unless load falls.
RETRY_AFTER_S = {"away": 5, "busy": 2, "slow": 10}

AWAY = (pg.AdminShutdown, pg.CrashShutdown, pg.CannotConnectNow, pg.TooManyConnections, PoolClosed, PoolTimeout,
        TooManyRequests)
BUSY = (pg.LockNotAvailable, pg.DeadlockDetected, pg.SerializationFailure, pg.IdleInTransactionSessionTimeout)
OUT_OF_RANGE = (pg.NumericValueOutOfRange, pg.DatetimeFieldOverflow, pg.IntervalFieldOverflow,
                pg.InvalidDatetimeFormat, pg.InvalidTextRepresentation, pg.StringDataRightTruncation,
                pg.InvalidTimeZoneDisplacementValue, pg.DivisionByZero, pg.ProgramLimitExceeded)
NOT_TEXT = (pg.CharacterNotInRepertoire, pg.UntranslatableCharacter)


def refusal_of(error: psycopg.Error) -> Refusal | None:
    """The refusal a person should read, or None when the fault is ours and belongs in the log."""
    if isinstance(error, pg.QueryCanceled):
        return Unavailable("查询用时过长,已停止。请缩小范围或稍后再试。",
                           "The query took too long and was stopped. Ask for a smaller area or try again later.",
                           retry_after_s=RETRY_AFTER_S["slow"])
    if isinstance(error, BUSY):
        return Unavailable("别人正在写同一条数据,请稍后再试。", "Somebody is writing the same data; try again shortly.",
                           retry_after_s=RETRY_AFTER_S["busy"])
    if isinstance(error, AWAY) or (isinstance(error, psycopg.OperationalError) and error.sqlstate is None):
        return Unavailable("数据库暂时连不上,请稍后再试。", "The database cannot be reached; try again shortly.",
                           retry_after_s=RETRY_AFTER_S["away"])
    return _fault_of_the_data(error)


def _fault_of_the_data(error: psycopg.Error) -> Refusal | None:
    if isinstance(error, pg.InsufficientPrivilege):
        return Forbidden("您的角色或管辖范围不允许这项操作。", "Your role or your area does not allow this.")
    if isinstance(error, pg.CheckViolation):
        return broken_rule(error.diag.table_name, error.diag.constraint_name)
    if isinstance(error, pg.UniqueViolation):
        return CodeExists("这个编号已经有了,请换一个或修改原有的一条。",
                          "This code exists already; choose another or edit the existing one.",
                          constraint=error.diag.constraint_name)
    if isinstance(error, pg.NotNullViolation):
        column = error.diag.column_name or ""
        return _one_field(_layer_of(error.diag.table_name), column, "不能为空", "must not be empty")
    if isinstance(error, pg.ForeignKeyViolation):
        return RowRefused("引用的对象不存在或仍被引用。", "What is referred to does not exist, or is still in use.",
                          constraint=error.diag.constraint_name)
    if isinstance(error, NOT_TEXT) or (isinstance(error, psycopg.DataError) and "NUL" in str(error)):
        return BadText("文本中有不能保存的字符(如 NUL),请删去。",
                       "The text has characters that cannot be stored (such as NUL); remove them.")
    if isinstance(error, OUT_OF_RANGE):
        return ValueOutOfRange("某个数值、日期或文本超出可保存的范围。",
                               "A number, date or text is outside what can be stored.")
    return None


def broken_rule(table: str | None, constraint: str | None) -> Refusal:
    """The rule of the definition behind a CHECK: one over several fields, or the limits of one field."""
    layer = _layer_of(table)
    if layer is None or constraint is None:
        return RowRefused("数据不符合规则。", "The data break a rule.", constraint=constraint)
    check = next((c for c in layer.checks if constraint == constraint_name(c)), None)
    if check is not None:
        return RowRefused(f"{check.zh}。", f"{check.en}.", constraint=constraint,
                          errors=[{"field": check.name, "value": None, "zh": check.zh, "en": check.en}])
    return _one_field(layer, constraint.removeprefix("ck_"), "不在允许的范围内", "is outside what is allowed")


def _layer_of(table: str | None) -> Layer | None:
    return LAYERS.get((table or "").removesuffix("_restricted"))


def _one_field(layer: Layer | None, field: str, zh: str, en: str) -> RowRefused:
    said = words(layer).get(field) if layer else None
    zh, en = f"{said.zh if said else field}{zh}", f"{said.en if said else field} {en}"
    return RowRefused(f"{zh}。", f"{en}.", errors=[{"field": field, "value": None, "zh": zh, "en": en}])
