"""Alembic's entry: online only, on the connection that layers.migrations hands over."""

from alembic import context

from layers.migrations.comparing import OPTIONS
from layers.tables import all_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    version_table_schema="public",
    **OPTIONS,
)
with context.begin_transaction():
    context.run_migrations()
