"""How fast Anlan is, beside the database alone and beside another server. `./anlan bench` runs `run.py`.

Method
- Everything runs on this machine at once: server, database and load on the same cores. Absolute figures move with the
  machine and with what else runs; **ratios taken in turns within one run count** (ours, pgbench, ours, pgbench …, medians).
- pgbench runs the very SQL text of the API (test_same_work.py holds it to that), prepared, with as many connections and
  over the same list of tiles or boxes in the same order. It is the ceiling: no server can be faster than its database.
- CPU per answer is read from /proc: user and system time of the server's processes, and of the cluster with all backends
  that have ended. It moves less than requests a second.
- tipg runs on the same tables with the same number of workers, in an environment of its own (requirements-peers.lock).
- Rates are counted from the moment every connection has its first answer; the first statement of a connection sets
  projections up (40–56 ms) and is nobody's merit.

Traps
- *A cache that answers.* No tile is asked for twice in a round, and the layer's version is raised before each round as a
  write does it, so that every kept tile is stale. There is no switch for measuring: what runs is what serves.
- *Cold connections.* A pooled connection plans its first five statements anew. One round is run before counting.
- *Empty tiles.* Only tiles with something in them are asked for; in the hills most of zoom 14 is empty and costs nothing.
- *A fast wrong answer.* wrk counts any answer. Its script here counts those with another status, and the row then has no
  figure.
- *wrk's clock* runs for the whole duration even when its thread has stopped: the script takes the time itself.
- *A full page* is followed by a count of all that match. The boxes hold 990 of at most 1,000, so that ours and pgbench
  do the same work.
- *The peer's limits.* tipg cuts tiles at 10,000 features unless told otherwise, and sends all columns unless asked for some.

`./anlan bench --console` (`console.py`) puts Chromium in front of the same ground and server, and holds what it traces
against the numbers of console.md: first download, first map, panning with 100,000 points, input, search, object.

A bar (design §8) that is missed is said plainly and ends with exit code 0: this is a report, not a test. pytest never
asserts a time. Reports are kept as JSON under var/bench.
"""
