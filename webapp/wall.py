"""Who asks the database in a request (models/wall.py), and every opening: where a page sees more than its person, with
the reason. A page that needs more names its opening here; nothing else in the web speaks of how far it reaches."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from flask import g
from sqlalchemy.orm import Session

from models.user import User
from models.wall import Reach, Sees, let_see, reaching

STRANGER = Sees(Reach.STRANGER)
LOG = Sees(Reach.FIGURES)  # A link of the audit log's chain is forged to the one before, whosever that is.


@dataclass(frozen=True)
class Opening:
    """A place where a page sees further or elsewhere than its person, and why it rightly does."""

    reach: Reach
    why: str


ACCOUNTS = Opening(Reach.STRANGER, "an address has one account in the whole installation, in whichever federation")
AGENDA = Opening(
    Reach.FEDERATION,
    "reports of any area may lie before a forum; its keepers see reference and paraphrase, its members numbers",
)
ACTION = Opening(Reach.FEDERATION, "an action counts the reports behind it, also for those who see none of them")
ALIKE = Opening(Reach.FEDERATION, "similar reports are looked for in the whole area; what is published, weighed in all")
DISPOSAL = Opening(
    Reach.FEDERATION, "who disposes of reports, or stops it, sees their numbers and how many, never a text"
)
FIGURES = Opening(Reach.FIGURES, "how the product is doing is counted over the whole installation")
JOBS = Opening(Reach.FEDERATION, "an administrator sees the number of a report whose work has stopped, never its text")
JUDGED = Opening(Reach.FEDERATION, "how well the classifier is doing is counted over all that the federation judged")
LOOKED_FOR = Opening(Reach.FIGURES, "who looks for what is somebody else's is written down, in whichever federation")
MERGED = Opening(Reach.FEDERATION, "reports that were merged move together, whoever filed them")
OPEN_PAGES = Opening(Reach.PUBLIC, "what is published or released may be asked for by anybody")
SUMMARY = Opening(Reach.FEDERATION, "whether a summary still holds is told by counting the reports of all its areas")


def opened(session: Session, opening: Opening) -> AbstractContextManager[None]:
    """Let a session see through an opening until the block ends."""
    return reaching(session, opening.reach)


def sees() -> Sees:
    """Who asks in this request: a stranger, until somebody is recognised."""
    found: Sees = g.get("sees", STRANGER)
    return found


def ask_as(who: Sees) -> None:
    """From now on this request asks in another name, also in the session that reads already."""
    g.sees = who
    if "session" in g:
        let_see(g.session, who)


def recognise(user: User) -> None:
    """From now on this request asks as the person that it has recognised."""
    ask_as(Sees(Reach.PERSON, user.scope))


def serve(post_ids: frozenset[int], session: Session) -> None:
    """From now on this request sees the reports of some posts too. Arguments: session - one that is open."""
    g.sees = replace(sees(), post_ids=post_ids)
    for one in {session, g.get("session", session)}:
        let_see(one, replace(one.info["sees"], post_ids=post_ids))
