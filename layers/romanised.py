"""English names of townships and counties: their pinyin, the generic part as a word of its own.

    romanised("蒲城镇", "puchengzhen") == "Pucheng Zhen"

The rule is that of the survey's romanised names (GB 28039 and Pinyin rules of place names): the specific part is one word
with a capital, the generic part (镇 Zhen, 乡 Xiang, 街道 Jiedao, 县 Xian …) follows as another, untranslated. Without tones,
as app.names has it (name_index.py). A name that is not Chinese is its own English name.
"""

from typing import Final

GENERIC: Final = {
    "街道": "jiedao", "镇": "zhen", "乡": "xiang", "县": "xian", "区": "qu", "市": "shi", "村": "cun", "社区": "shequ",
    "林场": "linchang", "农场": "nongchang",
}  # fmt: skip
"""Last part of a division's name -> its pinyin; the longer ones are tried first."""


def romanised(name: str, latin: str) -> str:
    """The English name of a division.

    name : as registered.
    latin : its pinyin in one word, lower case, without tones, as in app.names; former names may follow after a space.
    """
    spelled = latin.partition(" ")[0]
    if not spelled or name.isascii() or not any("\u4e00" <= char <= "\u9fff" for char in name):
        return name
    for generic in sorted(GENERIC, key=len, reverse=True):
        said = GENERIC[generic]
        if name.endswith(generic) and spelled.endswith(said) and len(spelled) > len(said):
            return f"{spelled[: -len(said)].capitalize()} {said.capitalize()}"
    return spelled.capitalize()
