"""The edge: HTTP, command line, settings, sign-in. It wires everything and decides nothing.

Start at main.py (`create_app`). What a request may do is in auth.py and deps.py; every write goes through
idempotency.py; every refusal becomes a problem document in errors.py. To add a route, copy routers/audit.py.
Rules, formulas and SQL on features do not live here.
"""
