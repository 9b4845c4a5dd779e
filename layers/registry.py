"""Finds the layers: every module of layers/definitions holds one `LAYER`.

    from layers.registry import LAYERS, layer_named

`LAYERS` is in drawing order: areas, then lines, then points; within these by group, then by name. A wrong definition
stops the import with a BadDefinition that says which layer and what to change.
"""

import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import get_args

from layers import definitions
from layers.common import BUREAUS, COMMON_CHECKS, Common
from layers.errors import BadDefinition, LayerNotFound
from layers.fields import CodeList, GeometryKind, Group, Layer, Need, Words, words_of

DRAWN: tuple[GeometryKind, ...] = ("MultiPolygon", "Polygon", "MultiLineString", "LineString", "Point")
GROUPS: tuple[str, ...] = get_args(Group)
STATUS = "status"


def words(layer: Layer) -> dict[str, Words]:
    """The words of every column a person fills in, common ones first. `status` is not among them: see Layer.status."""
    columns = Common.model_fields | layer.row.model_fields
    return {name: words_of(info) for name, info in columns.items()}


def needs(layer: Layer) -> dict[str, Need]:
    """How much each column is needed to publish a row of this layer.

    Common columns the layer waives are optional, and so are coordinates as typed where the shape is not a point.
    """
    waived = set(layer.waives) | (set() if layer.geometry == "Point" else {"coord_raw"})
    return {name: "" if name in waived else said.need for name, said in words(layer).items()}


def code_list_of(layer: Layer, name: str) -> type[CodeList] | None:
    """The code list of a column (or of the list a column holds), if it has one."""
    if name == STATUS:
        return layer.status
    info = (Common.model_fields | layer.row.model_fields).get(name)
    return None if info is None else next(_code_lists_in(info.annotation), None)


def layer_named(name: str) -> Layer:
    """The layer of that name. Raises LayerNotFound."""
    try:
        return LAYERS[name]
    except KeyError:
        raise LayerNotFound(
            f"没有名为“{name[:60]}”的图层。可用的图层见 /api/layers。",
            f"There is no layer “{name[:60]}”. /api/layers lists those there are.",
        ) from None


def checked_layers(found: Iterable[Layer]) -> dict[str, Layer]:
    """The layers by name in drawing order, each with the checks all layers share. Raises BadDefinition."""
    layers: dict[str, Layer] = {}
    for layer in sorted(found, key=_drawing_order):
        if layer.name in layers:
            raise _wrong(layer, "名称重复", "its name is taken by another definition")
        layers[layer.name] = replace(layer, checks=COMMON_CHECKS + layer.checks)
    for layer in layers.values():
        _refuse_a_wrong_one(layer, layers)
    return layers


def _code_lists_in(annotation: object) -> Iterator[type[CodeList]]:
    if isinstance(annotation, type) and issubclass(annotation, CodeList):
        yield annotation
    for part in get_args(annotation):
        yield from _code_lists_in(part)


def _drawing_order(layer: Layer) -> tuple[int, int, str]:
    return DRAWN.index(layer.geometry), GROUPS.index(layer.group), layer.name


def _refuse_a_wrong_one(layer: Layer, layers: dict[str, Layer]) -> None:
    if layer.bureau not in BUREAUS:
        raise _wrong(layer, f"未知主管部门 {layer.bureau}", f"its bureau {layer.bureau} is not in BUREAUS")
    taken = set(Common.model_fields) & set(layer.row.model_fields)
    if taken:
        raise _wrong(layer, f"与公共字段重名 {sorted(taken)}", f"it repeats common columns {sorted(taken)}")
    for name, said in words(layer).items():
        if said.ref is not None and said.ref not in layers:
            raise _wrong(
                layer, f"字段 {name} 引用了不存在的图层 {said.ref}", f"{name} refers to an unknown layer {said.ref}"
            )
    _refuse_a_legend_with_gaps(layer)


def _refuse_a_legend_with_gaps(layer: Layer) -> None:
    legend = layer.legend
    if legend.by is None:
        return
    codes = code_list_of(layer, legend.by)
    if codes is None:
        raise _wrong(
            layer, f"图例字段 {legend.by} 没有代码表", f"its legend goes by {legend.by}, which has no code list"
        )
    values = {str(member.value) for member in codes}
    for what, given in (("colours", set(legend.colours)), ("worst_first", set(legend.worst_first) or values)):
        if given != values:
            raise _wrong(
                layer,
                f"图例 {what} 与代码表不一致 {sorted(given ^ values)}",
                f"legend {what} and the code list differ by {sorted(given ^ values)}",
            )


def _wrong(layer: Layer, zh: str, en: str) -> BadDefinition:
    return BadDefinition(f"图层 {layer.name}:{zh}。", f"Layer {layer.name}: {en}.", layer=layer.name)


def _found() -> Iterator[Layer]:
    for module in sorted(pkgutil.iter_modules(definitions.__path__), key=lambda module: module.name):
        layer = getattr(import_module(f"{definitions.__name__}.{module.name}"), "LAYER", None)
        if not isinstance(layer, Layer):
            raise BadDefinition(
                f"layers/definitions/{module.name}.py 没有 LAYER。",
                f"layers/definitions/{module.name}.py holds no LAYER.",
            )
        yield layer


LAYERS: dict[str, Layer] = checked_layers(_found())
