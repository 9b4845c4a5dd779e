"""CQL2 filters: what a person asks (text or JSON) → parameterised SQL over one layer's table.

    where = where_from(layer, "capacity > 200 and s_intersects(geom, bbox(111, 36, 111.2, 36.5))")
    where.sql, where.params   # '"capacity" > %(f0)s and …', {"f0": 200, …}

`parsing.py` reads and bounds the text, `translate.py` writes SQL from the tree with `spatial.py` and `temporal.py`;
 `evaluate.py` answers the same tree for a row in memory, for the checks of a definition. We translate ourselves and
do not use cql2's own `to_sql`: it knows neither columns nor their types, and writes literals into the text.
"""

from layers.filters.evaluate import holds
from layers.filters.parsing import JSON, TEXT, parsed
from layers.filters.translate import CONFORMANCE, Where, check_sql, where_from, where_of

__all__ = ["CONFORMANCE", "JSON", "TEXT", "Where", "check_sql", "holds", "parsed", "where_from", "where_of"]
