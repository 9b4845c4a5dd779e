"""When a parameter applies: conditions name what there is, and what does not apply is refused at its field."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from gis.analyses.nearest import NearestParams
from gis.analyses.zones import Kind, ZonesParams
from gis.analysis import Params, param
from gis.conditions import conditions
from gis.registry import all_analyses
from layers.registry import LAYERS

DRAWN = {"type": "Point", "coordinates": [111.02, 36.05]}
HERE = {"from": [111.02, 36.05]}
COMPLETE: dict[str, dict[str, Any]] = {
    "POLY": {}, "BUF": {"radius_m": 200}, "DOWN": {"length_m": 1000, "half_width_m": 50}, "SLOPE": {"times_height": 1.5}, "SEG": {},
    "WIND": {"length_m": 3000, "half_angle_deg": 30, "wind_from_deg": 90}, "ADMIN": {"places": ["西镇"]},
}  # fmt: skip


def asked(code: str, **more: Any) -> dict[str, Any]:
    """A whole question of a zone code."""
    return {"code": code, **COMPLETE[code], **({} if code == "ADMIN" else {"layer": "geohazards"}), **more}


def models() -> Iterator[tuple[str, type[BaseModel], tuple[type[BaseModel], ...]]]:
    """Every analysis's parameters and parts of parameters, with the models a condition may speak of."""
    for analysis in all_analyses().values():
        yield analysis.id, analysis.params, (analysis.params,)
        for name, field in analysis.params.model_fields.items():
            for part in (field.annotation, *get_args(field.annotation)):
                if isinstance(part, type) and issubclass(part, BaseModel):
                    yield f"{analysis.id}.{name}", part, (part, analysis.params)


def complaints(model: type[Params], inputs: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What is wrong, by field."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(inputs)
    return {".".join(str(part) for part in one["loc"]): one["ctx"] for one in caught.value.errors()}


@pytest.mark.parametrize(("model", "around"), [pytest.param(model, around, id=id) for id, model, around in models()])
def test_conditions_name_real_parameters_and_real_choices(model: type[BaseModel], around: tuple[type[BaseModel], ...]) -> None:
    for name, when in conditions(model).items():
        assert name in model.model_fields
        for other, wanted in when.items():
            field = next(one.model_fields[other] for one in around if other in one.model_fields)
            choices = set(get_args(field.annotation)) or set(LAYERS)
            assert isinstance(wanted, bool) or set(wanted) < choices


def test_each_zone_code_asks_for_something_of_its_own_or_for_nothing() -> None:
    assert set(COMPLETE) == set(get_args(Kind))
    for code in COMPLETE:
        ZonesParams.model_validate(asked(code))


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, inputs in COMPLETE.items() for name in inputs])
def test_what_a_zone_code_needs_is_asked_for_at_its_field(code: str, name: str) -> None:
    inputs = {key: value for key, value in asked(code).items() if key != name}
    assert "必须填写" in complaints(ZonesParams, inputs)[name]["zh"]


def test_what_does_not_apply_is_refused_and_the_choice_that_wants_it_is_named() -> None:
    said = complaints(ZonesParams, asked("POLY", radius_m=500))
    assert said["radius_m"]["zh"] == "只在“区域代码”为“对象周围”时有用。请去掉,或改“区域代码”"
    assert said["radius_m"]["en"] == "counts only where “Zone code” is “Around the object”: leave it out, or change “Zone code”"
    assert "不为“乡镇或村”" in complaints(ZonesParams, asked("ADMIN", layer="geohazards"))["layer"]["zh"]
    assert complaints(ZonesParams, asked("BUF", geometry=DRAWN))["geometry"]["zh"] == "“图形”与“图层”只填一个"
    assert complaints(ZonesParams, {"geometry": DRAWN, "filter": "true"})["filter"]["zh"] == "须同时填写“图层”"


def test_a_default_that_does_not_apply_may_stand_there_so_that_a_filed_question_is_read_again() -> None:
    for code in COMPLETE:
        params = ZonesParams.model_validate(asked(code))
        assert ZonesParams.model_validate(params.model_dump(mode="json", exclude_none=True)) == params


def test_a_vehicle_counts_only_on_roads_and_its_size_only_on_wheels() -> None:
    NearestParams.model_validate(HERE | {"height_m": 3.5})
    assert "“按”" in complaints(NearestParams, HERE | {"by": "air", "height_m": 3.5})["height_m"]["zh"]
    assert "不为“步行”" in complaints(NearestParams, HERE | {"costing": "foot", "height_m": 3.5})["height_m"]["zh"]


def test_a_part_may_depend_on_what_stands_beside_it() -> None:
    NearestParams.model_validate(HERE | {"layer": "shelters", "need": {"places": 200}})
    assert set(complaints(NearestParams, HERE | {"layer": "depots", "need": {"places": 200}})) == {"need.places"}


def test_what_does_not_apply_itself_makes_nothing_apply() -> None:
    class Chain(Params):
        how: str = param("怎样", "How", "a", choices={"a": ("甲", "A"), "b": ("乙", "B")})
        what: str = param("什么", "What", "c", when={"how": ("b",)}, choices={"c": ("丙", "C"), "d": ("丁", "D")})
        much: float = param("多少", "How much", 0.0, when={"what": ("c",)})

    assert Chain.model_validate({"how": "b", "much": 3}).much == 3
    assert "“怎样”为“乙”" in complaints(Chain, {"much": 3})["much"]["zh"]
