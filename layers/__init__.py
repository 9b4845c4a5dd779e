"""What we store: one page per layer is the only source of table, checks, form, template, legend and API.

Start at definitions/shelters.py, then fields.py (the words of a definition), tables.py (definition -> PostgreSQL) and
store.py (every query on features). To add a layer, copy definitions/shelters.py and generate the migration.
"""
