"""What units are called: the words of a definition (人, 万元) and of a threshold (times, row) in both languages.

    word_of("万元", "en") == "CNY 10,000"; word_of("个", "en") == ""; word_of("km²", "en") == "km²"

A unit that is not here is a symbol (m, t/a, ‰) and the same in every language. Measure words (个, 张, 辆) have no English:
there the number's own name says what is counted ("Beds 30"). A definition writes the unit as the register does.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # of registers and analyses
    "人": ("人", "people"), "户": ("户", "households"), "支": ("支", "teams"), "人·min": ("人·分钟", "people·min"), "个": ("个", ""),
    "处": ("处", ""), "项": ("项", ""), "段": ("段", ""), "条": ("条", ""), "张": ("张", ""), "辆": ("辆", ""),
    "座": ("座", ""), "台": ("台", ""), "趟": ("趟", ""), "级": ("级", ""), "度": ("度", ""),
    "1": ("", ""), "对": ("对", "pairs"), "万元": ("万元", "CNY 10,000"),
    "万吨/年": ("万吨/年", "10⁴ t/a"), "年": ("年", "years"), "按单位": ("按单位", "in the unit given"),
    "min": ("分钟", "min"), "h": ("小时", "h"), "d": ("天", "days"), "s": ("秒", "s"),
    # of thresholds
    "times": ("次", "times"), "byte": ("字节", "bytes"), "vertex": ("个顶点", "vertices"), "row": ("行", "rows"), "zoom": ("级", "zoom"),
    "job": ("项", "jobs"), "pair": ("对", "pairs"), "cell": ("格", "cells"), "tower": ("座", "towers"),
}  # fmt: skip
"""Unit as written -> Chinese, English; an empty word is not shown."""


M2_PER_KM2: Final = 1_000_000
LARGE_M2: Final = 10_000_000  # eight digits: nobody reads 352,191,790 m², while 1,130,973 m² tell more than 1.13 km²


def sized(value: float, unit: str) -> tuple[float, str]:
    """A figure and its unit as people read them: large areas in km²."""
    return (value / M2_PER_KM2, "km²") if unit == "m²" and abs(value) >= LARGE_M2 else (value, unit)


def word_of(unit: str, lang: Literal["zh", "en"]) -> str:
    """The unit as it is shown in a language."""
    zh, en = WORDS.get(unit, (unit, unit))
    return zh if lang == "zh" else en


def with_unit(label: str, unit: str, lang: Literal["zh", "en"]) -> str:
    """A heading with its unit: `容量(人)`, `Capacity (people)`. A word the label says already is not repeated: `People threatened`."""
    word = word_of(unit, lang)
    is_said = word.lower() in re.split(r"[^\w]+", label.lower())
    gap = "" if lang == "zh" else " "
    return label if not word or is_said else f"{label}{gap}({word})"
