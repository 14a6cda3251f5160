"""Whose desk a report lies on today: a coordinator's own areas and post, and posts whose holders are away."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from flask import abort, g
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.post import Post, posts_of
from models.report import Report
from models.review_queue import Desk, desk_of, desk_reports
from models.user import User
from schemas.months import local_date
from schemas.routing import Desk as PlainDesk
from schemas.routing import stand_in
from webapp.requests import logger, now, person, reading
from webapp.wall import LOOKED_FOR, opened, serve


def desk(session: Session | None = None) -> Desk:
    """The desk of the signed-in person, found once in each request.

    Arguments: session - to look with, where one is open already.
    """
    if "desk" not in g:
        session = session or reading()
        g.desk = desk_of(person(), served_posts(session, person(), local_date(now())))
        serve(g.desk.post_ids, session)
    found: Desk = g.desk
    return found


def served_posts(session: Session, user: User, day: date) -> frozenset[int]:
    """The posts that an account works for on a day: its own, and those that it stands in for."""
    if user.post_id is None:
        return frozenset()
    posts = {post.id: plain(post, day) for post in posts_of(session, user.federation_id)}
    return frozenset(post_id for post_id in posts if stand_in(posts, post_id) == user.post_id) | {user.post_id}


def holds_federation_post() -> bool:
    """Whether the signed-in person holds the federation's own post, which falls in where an area has none."""
    post = person().post
    return post is not None and post.area_id is None


def plain(post: Post, day: date) -> PlainDesk:
    """A post as the pure rules of schemas/routing.py know it."""
    return PlainDesk(post.id, post.area_id, True, post.substitute_id if post.absent(day) else None)


def desk_report(reference: str) -> Report:
    """A report of one's desk, for reading. Answers 404 for every other one."""
    found = reading().scalars(desk_reports(desk()).where(Report.reference == reference)).one_or_none()
    if found is None:
        refuse(reference)
    return found


def refuse(reference: str) -> NoReturn:
    """Answer that there is no such report; if there is one, on somebody else's desk, log who looked for it."""
    with opened(reading(), LOOKED_FOR):
        known = reading().scalars(select(Report.id).where(Report.reference == reference).limit(1)).first()
    if known is not None:
        logger.warning("not_theirs", user_id=person().id, report_id=known)
    abort(404)
