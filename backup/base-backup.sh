#!/bin/sh
# Copies the whole PostgreSQL server while it runs. Together with the archive of its write-ahead log, the copy can be
# brought to any moment after it. What is older than 14 days is thrown away, as every other backup is, though never the
# newest copy. Runs in the container of PostgreSQL, which has all its programs.
set -eu
cd "${LEXHELLER_ARCHIVE:-/archive}"
umask 077

rm -rf base-*.part
part=base-$$.part
pg_basebackup --username="${POSTGRES_USER:-postgres}" --no-password --pgdata="$part" --format=tar --gzip \
    --wal-method=none --checkpoint=fast
made=base-$(date -u +%Y%m%dT%H%M%SZ) # by when it was done: from then on it is of use
mv "$part" "$made"

find . -maxdepth 1 -name 'base-*Z' -mtime +13 ! -name "$made" -exec rm -rf {} +
for oldest in base-*Z; do break; done
first=$(tar -xzOf "$oldest/base.tar.gz" backup_label | sed -n 's/^START WAL LOCATION.*(file \(.*\))$/\1/p')
pg_archivecleanup -b -x .gz . "$first"
echo "$made"
