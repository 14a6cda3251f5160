"""Who may see a forum and who may change what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from flask import abort, g
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.agenda_queries import find_meeting
from models.forum import Forum, ForumMember, Meeting, visible_forums
from models.post import Post
from models.user import Role
from webapp.desk import desk
from webapp.requests import logger, person, reading, scope, writing
from webapp.wall import AGENDA, opened


def find_forum(code: str) -> Forum:
    """A forum that one may see. Answers 404 for every other one."""
    seats = selectinload(Forum.members).joinedload(ForumMember.party)
    nearby = (seats, selectinload(Forum.names), selectinload(Forum.agreements), joinedload(Forum.area))
    query = visible_forums(scope()).where(Forum.code == code).options(*nearby)
    return reading().scalars(query).one_or_none() or _refuse(code)


def meeting_of(code: str, meeting_id: int) -> Meeting:
    """A meeting of a forum that one may see. Answers 404 for every other one."""
    return find_meeting(reading(), scope(), code, meeting_id) or _refuse(code)


def may_change(forum: Forum) -> bool:
    """Whether the signed-in person keeps a forum that is visible: its area's coordinator, for a forum of the whole
    federation whoever works for the federation's post, and administrators."""
    role = person().role
    if role is not Role.COORDINATOR:
        return role is Role.ADMINISTRATOR
    return forum.area_id in scope().area_ids if forum.area_id is not None else _serves_federation()


def may_count(forum: Forum) -> bool:
    """Whether the signed-in person is the coordinator who receives what is reported there, and so sees exact numbers.
    An administrator keeps a forum, but reads its numbers as its members do."""
    return person().role is Role.COORDINATOR and may_change(forum)


def _serves_federation() -> bool:
    if "serves_federation" not in g:
        query = select(Post.id).where(Post.id.in_(desk().post_ids), Post.area_id.is_(None))
        g.serves_federation = reading().scalars(query).first() is not None
    found: bool = g.serves_federation
    return found


def must_change(forum: Forum) -> None:
    """Answer 404 to somebody who may only read."""
    if not may_change(forum):
        _refuse(forum.code)


@contextmanager
def changing_forum(forum: Forum) -> Iterator[tuple[Session, Forum]]:
    """A transaction with the forum's row locked, so that two who change it take turns."""
    must_change(forum)
    with writing() as session, opened(session, AGENDA):
        yield session, session.get_one(Forum, forum.id, with_for_update=True)


def _refuse(code: str) -> NoReturn:
    """Answer that there is no such forum here; log who looked for one that is somebody else's."""
    known = reading().scalars(select(Forum.id).where(Forum.code == code).limit(1)).first()
    if known is not None:
        logger.warning("not_theirs", user_id=person().id, forum_id=known)
    abort(404)
