#!/bin/sh
# back-to 20261122T101500Z: lays the newest copy from before a moment (UTC) in the place of PostgreSQL's data and tells
# PostgreSQL to bring it there at its next start. `back-to latest` goes as far as the archive does. The data that lay
# there is kept aside. Runs in the container of PostgreSQL while PostgreSQL itself is stopped.
set -eu
archive=${LEXHELLER_ARCHIVE:-/archive}
data=${PGDATA:?}
moment=${1:?'a moment such as 20261122T101500Z, or latest'}
umask 077

fail() { echo "$1 Nothing has been changed." >&2; exit 1; }
at=$(echo "$moment" | sed -nE 's/^([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z$/\1-\2-\3 \4:\5:\6+00/p')
[ "$at" ] || [ "$moment" = latest ] || fail "A moment looks like 20261122T101500Z, in UTC."
[ ! -e "$data/postmaster.pid" ] || fail "PostgreSQL runs, or was killed: stop it, or start and stop it once."
base=
for each in "$archive"/base-*Z; do
    [ ! -d "$each" ] || [ "$(printf '%s\n' "${each##*/base-}" "$moment" | sort | head -n 1)" = "$moment" ] || base=$each
done
[ "$base" ] || fail "There is no copy from before $moment."

new=$data.new
rm -rf "$new"
mkdir "$new"
tar -xzf "$base/base.tar.gz" -C "$new"
sed -i '/^restore_command/d; /^recovery_target/d' "$new/postgresql.auto.conf"
{
    echo "restore_command = 'gunzip < $archive/%f.gz > %p'"
    [ ! "$at" ] || echo "recovery_target_time = '$at'"
    [ ! "$at" ] || echo "recovery_target_action = 'promote'"
} >> "$new/postgresql.auto.conf"
touch "$new/recovery.signal"

aside=$data.before-$(date -u +%Y%m%dT%H%M%SZ)
if [ -d "$data" ]; then
    cp "$data"/pg_wal/0* "$new/pg_wal/" # what was not in the archive yet
    mv "$data" "$aside"
fi
mv "$new" "$data"
echo "From $base. What lay here is kept as $aside."
