"""What layers, their columns and the codes in these are called, read from the definitions: the words analyses write into
their answers."""

from functools import cache
from typing import Final

from gis.analysis import Bilingual, Wording
from layers.described import Column, columns_of, entry_columns
from layers.registry import LAYERS

INVENTED: Final = ("source", "exercise")  # a text, no code list: what stands there in invented rows
INVENTED_WORDS: Final = Bilingual("演练数据", "Exercise data")


class LayerWording(Wording):
    """A layer, column or code that no definition knows is called by its own name."""

    def layer(self, layer: str) -> Bilingual:
        found = LAYERS.get(layer)
        return super().layer(layer) if found is None else Bilingual(found.zh, found.en)

    def column(self, layer: str, column: str) -> Bilingual:
        found = _column(layer, column)
        return super().column(layer, column) if found is None else Bilingual(found.words.zh, found.words.en)

    def code(self, layer: str, column: str, code: str) -> Bilingual:
        if (column, code) == INVENTED:
            return INVENTED_WORDS
        found = _column(layer, column)
        known = list(found.codes) if found is not None and found.codes is not None else []
        return next((Bilingual(one.zh, one.en) for one in known if one == code), super().code(layer, column, code))


@cache
def _column(layer: str, column: str) -> Column | None:
    """A column of a layer; of `stock.mode` the key `mode` of the entries in `stock`."""
    if layer not in LAYERS:
        return None
    name, _, key = column.partition(".")
    found = columns_of(LAYERS[layer]).get(name)
    if found is None or not key:
        return found
    return entry_columns(found.words.entry).get(key) if found.words.entry is not None else None
