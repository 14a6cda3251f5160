"""/tjanster: the coordinators' posts. Absence and hand-over move the queue, never the history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.organisation import Area
from models.post import Post, posts_of
from models.user import Role, User, user_area
from schemas.months import local_date
from schemas.post import AbsenceSchema
from schemas.report import errors_by_field
from webapp.desk import holds_federation_post
from webapp.requests import logger, now, person, reading, writing

blueprint = Blueprint("tjanster", __name__)
NOBODY = "ingen"


def _only_the_federation() -> None:
    """A coordinator of one area has no say over the others' posts, so the page is not there for them."""
    if person().role is Role.COORDINATOR and not holds_federation_post():
        abort(404)


@blueprint.get("/tjanster")
def list_posts() -> tuple[str, int]:
    _only_the_federation()
    return _page()


def _page(
    post_id: int | None = None, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> tuple[str, int]:
    """The list. Arguments: post_id - whose form was sent; typed - what stood in it; errors - field to message."""
    posts = posts_of(reading(), person().federation_id)
    holders = {user.post_id: user for user in _coordinators(reading())}
    held = [post for post in posts if post.id in holders]
    rows = [_row(post, held, holders.get(post.id)) for post in posts]
    for row in rows:
        row["errors"] = {name: said for name, said in (errors or {}).items() if row["id"] == post_id}
        row |= (typed or {}) if row["id"] == post_id else {}
    linked = {f"{name}-{post_id}": said for name, said in (errors or {}).items()}
    html = render_template("web/tjanster.html", posts=rows, accounts=_accounts(holders), errors=linked)
    return html, 422 if errors else 200


def _row(post: Post, held: list[Post], holder: User | None) -> dict[str, Any]:
    return {
        "id": post.id,
        "title": post.title,
        "place": post.area.name if post.area else "Hela förbundet",
        "holder": f"{holder.title} ({holder.email})" if holder else "",
        "away": post.absent(local_date(now())),
        "absent_from": post.absent_from.isoformat() if post.absent_from else "",
        "absent_until": post.absent_until.isoformat() if post.absent_until else "",
        "substitute": str(post.substitute_id or ""),
        "others": [(str(other.id), other.title) for other in held if other.id != post.id],
    }


def _coordinators(session: Session) -> list[User]:
    here = (User.federation_id == person().federation_id, User.role == Role.COORDINATOR, User.disabled_at.is_(None))
    return list(session.scalars(select(User).where(*here).order_by(User.title, User.email)))


def _accounts(holders: dict[int | None, User]) -> list[tuple[str, str]]:
    """Accounts that may take a post: coordinators who have none."""
    taken = {user.id for post_id, user in holders.items() if post_id is not None}
    free = [user for user in _coordinators(reading()) if user.id not in taken]
    return [*((str(user.id), f"{user.title} ({user.email})") for user in free), (NOBODY, "Ingen, tjänsten är vakant")]


def _post(session: Session, post_id: int) -> Post:
    query = select(Post).where(Post.id == post_id, Post.federation_id == person().federation_id)
    return session.scalars(query.with_for_update(of=Post)).one_or_none() or abort(404)


@blueprint.post("/tjanster/<int:post_id>/franvaro")
def set_absence(post_id: int) -> Response | tuple[str, int]:
    _only_the_federation()
    names = ("absent_from", "absent_until", "substitute")
    typed = {name: request.form[name] for name in names if name in request.form}
    others = [user.post_id for user in _coordinators(reading()) if user.post_id not in (None, post_id)]
    try:
        absence = AbsenceSchema(others).load(typed)
    except ValidationError as error:
        return _page(post_id, typed, errors_by_field(error, AbsenceSchema))
    with writing() as session:
        post = _post(session, post_id)
        post.absent_from, post.absent_until = absence["absent_from"], absence["absent_until"]
        post.substitute_id = absence["substitute"]
    logger.info("absence_set", user_id=person().id, post_id=post_id)
    flash(f"Sparat för {post.title}.")
    return redirect(url_for("tjanster.list_posts"), 303)


@blueprint.post("/tjanster/<int:post_id>/overlamning")
def hand_over(post_id: int) -> Response | tuple[str, int]:
    """Give a post to another account, or to nobody. Its queue follows the post; decisions keep the function that made
    them."""
    _only_the_federation()
    wanted = request.form.get("account", "")
    with writing() as session:
        post = _post(session, post_id)
        free = {str(user.id): user for user in _coordinators(session) if user.post_id is None}
        if wanted != NOBODY and wanted not in free:
            return _page(post_id, errors={"account": "Välj ett konto som inte redan har en tjänst"})
        _take_from_holder(session, post)
        if wanted != NOBODY:
            _give(session, post, free[wanted])
    logger.info("post_handed_over", user_id=person().id, post_id=post_id)
    flash(f"{post.title} är överlämnad.")
    return redirect(url_for("tjanster.list_posts"), 303)


def _areas_of(post: Post) -> Any:
    """The areas whose queue goes with a post: its own, or for the federation's post all of them."""
    everywhere = select(Area.id).where(Area.federation_id == post.federation_id)
    return everywhere if post.area_id is None else everywhere.where(Area.id == post.area_id)


def _take_from_holder(session: Session, post: Post) -> None:
    for holder in session.scalars(select(User).where(User.post_id == post.id)).all():
        holder.post_id = None
        gone = user_area.c.area_id.in_(_areas_of(post))
        session.execute(delete(user_area).where(user_area.c.user_id == holder.id, gone))


def _give(session: Session, post: Post, user: User) -> None:
    user.post_id = post.id
    there = set(session.scalars(select(user_area.c.area_id).where(user_area.c.user_id == user.id)))
    new = set(session.scalars(_areas_of(post))) - there
    if new:
        session.execute(insert(user_area), [{"user_id": user.id, "area_id": area_id} for area_id in sorted(new)])
