"""From a bare machine to a served map, step by step: the Python half of the front door (`./anlan`).

Start at up.py. Each step looks whether its work is done, so a killed run resumes and a second one takes seconds.
Here live only steps; what they call belongs to `layers`, `scenarios` and the rest of `api`.
"""
