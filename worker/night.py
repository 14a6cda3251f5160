"""The night's backup, and forgetting who has left. What is due is asked of the database, so a lost tick, or two of
them, change nothing."""

from __future__ import annotations

import logs
from backup import folder
from backup.manifest import BackupError
from models.base import utc_now
from models.heartbeat import BACKUP, last_beat
from worker.app import celery, current, database
from worker.leavers import burn, forget_leavers, letters_of
from worker.pulse import at_work

logger = logs.get("worker")
LONGEST = 3600  # seconds; acknowledged at once, since the next tick asks again for what was lost


@celery.task(name="back_up", acks_late=False, time_limit=LONGEST, soft_time_limit=LONGEST - 60)
def back_up() -> None:
    """Make a backup, if a night has begun since the last one."""
    now = utc_now()
    with database().read() as session:
        if not folder.due(last_beat(session, BACKUP), now):
            return
    try:
        with at_work():
            path, manifest = folder.make(current.database_url, current.backups, now)
    except BackupError as error:  # Its words are ours and hold nothing from the database.
        logger.error("backup_failed", reason=str(error))
        return
    folder.note(database(), now)
    logger.info("backed_up", file=path.name, bytes=path.stat().st_size, rows=sum(manifest.rows.values()))


@celery.task(name="forget_leavers")
def forget() -> None:
    """Delete the identity of accounts that were closed long enough ago."""
    with database().write() as session:
        user_ids = forget_leavers(session, utc_now())
        letters = letters_of(session, user_ids)
    if not user_ids:
        return
    if current.mail_folder is not None:
        burn(current.mail_folder, letters)
    database().scrub()
    logger.info("forgotten", accounts=user_ids)
