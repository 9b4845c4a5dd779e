"""Refusals of the layer registry."""

from gis.errors import Refusal


class LayerNotFound(Refusal):
    title_zh, title_en = "没有这个图层", "No such layer"


class BadDefinition(Refusal):
    """A definition file is wrong; raised when the registry loads, never because of a user's request."""

    title_zh, title_en = "图层定义有误", "Layer definition is wrong"
