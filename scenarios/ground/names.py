"""Invented names, built from the morphemes of the loess country. None may be the name of a real village handed in."""

import itertools
from collections.abc import Iterator

import numpy as np

HEADS = (
    "枣 柏 榆 槐 杏 梨 桑 柳 松 椿 石 土 沙 红 白 青 黄 黑 东 西 南 北 前 后 上 下 大 小 高 平 长 圆 古 新 老 双 三 "
    "五 七 九 羊 牛 马 雁 鹊 鹤 龙 凤 泉 井 窑 磨 碾 堡 寨 庙 桥 风 云 月 晴 霜 雪 麦 谷 荞 豆 麻 药 蒿 苇 兰 竹"
).split()
MIDDLES = "树 家 坡 岭 崖 湾 咀 岔 滩 沟 川 河 台 垣 梁 峁 坳 窊 头 底 口 尖 条 林 花 泉".split()
VILLAGE_ENDS = "沟 峪 坪 塬 庄 圪垛 洼 岭 坡 湾 咀 岔 窑 塔 堎".split()
STREAM_ENDS = {1: "沟", 2: "沟", 3: "涧", 4: "河", 5: "河", 6: "河", 7: "河"}
COMMUNITY_HEADS = "朝阳 文昌 永宁 安澜 河畔 迎宾 康宁 新苑 和苑 盛景".split()


class Names:
    """Hands out names, each once."""

    def __init__(self, rng: np.random.Generator, real: frozenset[str]) -> None:
        self._real = {_stem(name) for name in real}
        stems = ["".join(pair) for pair in itertools.product(HEADS, MIDDLES) if pair[0] != pair[1]]
        order = rng.permutation(len(stems))
        self._stems: Iterator[str] = itertools.cycle([stems[int(i)] for i in order])
        self._rng = rng
        self._taken: set[str] = set()

    def _fresh(self, ends: list[str]) -> str:
        for stem in itertools.islice(self._stems, 200_000):
            end = ends[int(self._rng.integers(len(ends)))]
            name = stem + end
            if stem[-1] != end[0] and name not in self._taken and _stem(name) not in self._real:
                self._taken.add(name)
                return name
        raise ValueError("the stock of invented names is used up")

    def village(self) -> str:
        return self._fresh(VILLAGE_ENDS)

    def stream(self, order: int) -> str:
        return self._fresh([STREAM_ENDS[min(order, 7)]])

    def community(self, number: int) -> str:
        head = COMMUNITY_HEADS[number % len(COMMUNITY_HEADS)]
        return f"{head}社区" if _stem(head) not in self._real else f"第{number + 1}社区"


def _stem(name: str) -> str:
    """The part of a place's name that makes it that place."""
    for tail in ("社区居委会", "村委会", "村民委员会", "居委会", "社区", "村"):
        if name.endswith(tail) and len(name) > len(tail):
            return name.removesuffix(tail)
    return name
