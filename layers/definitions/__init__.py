"""One layer a file. Copy shelters.py, edit, run `./anlan migration "what changed"`: table, form, API and legend exist."""
