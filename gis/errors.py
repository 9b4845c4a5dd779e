"""Refusal and its kinds: the bottom of the tree.

A Refusal is something a person asked for that cannot be done. It carries one sentence in Chinese and one in English:
what was found, and what to do. `api/errors.py` gives every kind its HTTP status; a house rule fails when one is missing.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """A request that cannot be carried out, said in both languages."""

    title_zh: ClassVar[str] = "无法执行"
    title_en: ClassVar[str] = "Cannot be done"

    def __init__(self, zh: str, en: str, **facts: Any) -> None:
        """`zh`, `en`: what was found and what to do. `facts`: machine-readable extras for the problem document."""
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.facts = facts


class ValueOutOfRange(Refusal):
    title_zh, title_en = "数值超出范围", "Value out of range"


class BadGeometry(Refusal):
    title_zh, title_en = "图形有误", "Geometry cannot be used"


class BadCoordinates(Refusal):
    title_zh, title_en = "坐标有误", "Coordinates cannot be used"


class UnknownCrs(Refusal):
    title_zh, title_en = "坐标系未知", "Coordinate system unknown"


class UnreadableFile(Refusal):
    title_zh, title_en = "文件无法读取", "File cannot be read"


class UnknownAnalysis(Refusal):
    title_zh, title_en = "没有这个分析", "No such analysis"


class OffTheNetwork(Refusal):
    title_zh, title_en = "离道路太远", "Too far from any road"


class NoAnswer(Refusal):
    """The question is sound, but there is nothing to answer it with: an empty layer, no roads, no elevation model."""

    title_zh, title_en = "无法计算", "Cannot be computed"
