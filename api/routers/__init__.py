"""One router a subject: a signature and one call each. Lookups and limits are dependencies (api/deps.py)."""
