"""Alembic's entry: online only, on the connection that layers.migrations hands over."""

from alembic import context

from layers.tables import all_tables

config = context.config


def _ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare: object) -> bool:
    return not (kind == "table" and getattr(_object, "schema", None) != "layers") and kind not in (
        "index",
        "check_constraint",
    )


connection = config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=all_tables(),
    include_schemas=True,
    include_object=_ours,
    version_table_schema="public",
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
