"""When a parameter applies: only with certain choices of another one, or where another one is filled in or left empty.

    radius_m: float | None = param("半径", "Radius", None, when={"code": ("BUF",)}, needed=True)
    filter: str | None = param("筛选", "Filter", None, when={"layer": True})
    geometry: dict | None = param("图形", "Shape", None, when={"layer": False})

The form shows what applies now. A value given where it does not apply is refused at its field and never left aside in
silence: whoever names a radius means to get one. What does not apply may stand there with its default.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

When = Mapping[str, Sequence[str] | bool]
"""Other parameters by name: the choices that make this one apply, True for "filled in", False for "left empty". All must hold."""

KIND: Final = "applies"  # of the complaints; their context has `zh` and `en`
NOTHING: Final[tuple[Any, ...]] = (None, (), {}, "", [])


def conditions(model: type[BaseModel]) -> Mapping[str, When]:
    """Of every parameter that has one. `only_when` of a page speaks of those that it inherits."""
    return _conditions(model)


@cache
def _conditions(model: type[BaseModel]) -> Mapping[str, When]:
    own = {name: _extra(found).get("when", {}) for name, found in model.model_fields.items()}
    inherited: Mapping[str, When] = getattr(model, "only_when", {})
    return {name: {**when, **inherited.get(name, {})} for name, when in own.items() if when or name in inherited}


def refuse_unfit(params: BaseModel) -> None:
    """Raises ValidationError, each complaint at its field: what does not apply is given, or what is needed is not."""
    value_of = {name: getattr(params, name) for name in type(params).model_fields}
    found = _complaints(type(params), value_of, {}, ())
    for name, value in value_of.items():
        if isinstance(value, BaseModel):  # a part may depend on what stands beside it
            inner = {part: getattr(value, part) for part in type(value).model_fields}
            found += _complaints(type(value), inner, value_of, (_alias(type(params), name),), type(params))
    if found:
        raise ValidationError.from_exception_data(type(params).__name__, found)


def _complaints(model: type[BaseModel], own: Mapping[str, Any], beside: Mapping[str, Any], at: tuple[str, ...],
                outer: type[BaseModel] | None = None) -> list[InitErrorDetails]:  # fmt: skip
    known = {**beside, **own}
    found = []
    for name, when in conditions(model).items():
        if not set(when) <= set(known):
            continue  # it depends on what stands beside the part: asked when the whole is there
        field = model.model_fields[name]
        failing = _failing(when, known, model)
        fields = {**(outer.model_fields if outer else {}), **model.model_fields}
        if failing is not None and own[name] != field.get_default(call_default_factory=True):
            found.append(_complaint(at, model, name, own, _unfit(fields, name, *failing)))
        elif failing is None and _extra(field).get("needed") and own[name] in NOTHING:
            found.append(_complaint(at, model, name, own, _missing(fields, when, known)))
    return found


def _failing(when: When, known: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, Sequence[str] | bool] | None:
    """The first condition that does not hold. What does not apply itself makes nothing apply: then its own condition."""
    for other, wanted in when.items():
        if (above := _failing(conditions(model).get(other, {}), known, model)) is not None:
            return above
        value = known[other]
        if not ((value not in NOTHING) is wanted if isinstance(wanted, bool) else value in wanted):
            return other, wanted
    return None


def _complaint(at: tuple[str, ...], model: type[BaseModel], name: str, own: Mapping[str, Any], words: tuple[str, str]) -> InitErrorDetails:
    zh, en = words
    return InitErrorDetails(type=PydanticCustomError(KIND, "{en}", {"zh": zh, "en": en}), loc=(*at, _alias(model, name)), input=own[name])


def _unfit(fields: Mapping[str, FieldInfo], name: str, other: str, wanted: Sequence[str] | bool) -> tuple[str, str]:
    (zh, en), (other_zh, other_en) = _called(fields[name], name), _called(fields[other], other)
    if wanted is True:
        return f"须同时填写“{other_zh}”", f"needs “{other_en}” to be given as well"
    if wanted is False:
        return f"“{zh}”与“{other_zh}”只填一个", f"give either “{en}” or “{other_en}”, not both"
    others = [code for code in _extra(fields[other]).get("labels", {}) if code not in wanted]
    is_shorter = 0 < len(others) < len(wanted)
    choices_zh, choices_en = _choices(fields[other], others if is_shorter else wanted)
    is_zh, is_en = ("不为", "is not") if is_shorter else ("为", "is")
    return (f"只在“{other_zh}”{is_zh}{choices_zh}时有用。请去掉,或改“{other_zh}”",
            f"counts only where “{other_en}” {is_en} {choices_en}: leave it out, or change “{other_en}”")  # fmt: skip


def _missing(fields: Mapping[str, FieldInfo], when: When, known: Mapping[str, Any]) -> tuple[str, str]:
    other = next(name for name, wanted in when.items() if not isinstance(wanted, bool))
    other_zh, other_en = _called(fields[other], other)
    choice_zh, choice_en = _choices(fields[other], (known[other],))
    return f"“{other_zh}”为{choice_zh}时必须填写", f"needed where “{other_en}” is {choice_en}"


def _called(field: FieldInfo, name: str) -> tuple[str, str]:
    extra = _extra(field)
    return extra.get("zh", name), extra.get("en", name)


def _choices(field: FieldInfo, codes: Sequence[str]) -> tuple[str, str]:
    labels = _extra(field).get("labels", {})
    zh, en = ([labels.get(code, {}).get(language, code) for code in codes] for language in ("zh", "en"))
    return "或".join(f"“{one}”" for one in zh), " or ".join(f"“{one}”" for one in en)


def _alias(model: type[BaseModel], name: str) -> str:
    return model.model_fields[name].alias or name


def _extra(field: FieldInfo) -> Mapping[str, Any]:
    extra: Mapping[str, Any] | Callable[..., None] | None = field.json_schema_extra
    return extra if isinstance(extra, Mapping) else {}
