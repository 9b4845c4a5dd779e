#!/usr/bin/env bash
# Copies of the database, in pg_dump's custom format. Connection from PGHOST, PGUSER, PGDATABASE, PGPASSWORD.
#   backup.sh once    one copy, verified readable, then old ones removed
#   backup.sh daily   `once` now and every 24 hours
#   backup.sh check   exit 0 when the newest copy is younger than 26 hours
# Restore: pg_restore --clean --if-exists --no-owner --dbname=anlan FILE
set -euo pipefail

FOLDER="${BACKUP_FOLDER:?folder for the copies}"
KEEP_DAYS="${BACKUP_KEEP_DAYS:-14}"
DAY_S=86400
FRESH_MINUTES=1560 # 26 h: a day and the time a copy may take

once() {
  local name
  name="$FOLDER/anlan-$(date -u +%Y%m%dT%H%M%SZ).dump"
  part="$name.part" # not local: the trap needs it when the shell ends
  trap 'rm -f "$part"' EXIT
  pg_dump --format=custom --compress=6 --file="$part"
  pg_restore --list "$part" >/dev/null # an unreadable copy must not push out a readable one
  mv "$part" "$name"
  find "$FOLDER" -maxdepth 1 -name 'anlan-*.dump' -mtime "+$KEEP_DAYS" -delete
  echo "backup: $name"
}

check() { [ -n "$(find "$FOLDER" -maxdepth 1 -name 'anlan-*.dump' -mmin "-$FRESH_MINUTES" -print -quit)" ]; }

daily() {
  trap 'kill $(jobs -p) 2>/dev/null || true; exit 0' TERM INT
  while true; do
    # A process of its own: inside `if`, bash ignores `set -e`, and a failed dump would be taken for a copy.
    # A failed copy is tried again in an hour; meanwhile `check` turns the container unhealthy when the last one ages.
    if bash "${BASH_SOURCE[0]}" once; then sleep "$DAY_S" & else sleep 3600 & fi
    wait $!
  done
}

case "${1:-}" in
  once) once ;;
  daily) daily ;;
  check) check ;;
  *) echo "usage: backup.sh once|daily|check" >&2; exit 2 ;;
esac
