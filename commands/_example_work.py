"""Example agreements and actions, so that the demo shows what running out and being late look like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Action, Agreement, Federation, Forum, Party, Unit
from models.action import ActionStatus

# Forum, days since it began to hold, days until it runs out.
AGREEMENTS = (("styrgrupp-samverk-savsjo", 1050, 45), ("lsg-savsjo", 1130, -35), ("lsg-aneby", 400, 700))


@dataclass(frozen=True)
class Example:
    """Days are counted from today; earlier ones are negative. `about` is a unit's code."""

    what: str
    owner: str
    party: str
    forum: str
    about: str
    category: str
    decided: int
    due: int
    status: ActionStatus


ACTIONS = (
    Example(
        what="Exempel: gemensam ingång till psykiatrin för kommunen",
        owner="Enhetschef, psykiatri",
        party="region",
        forum="lsg-savsjo",
        about="psykiatri",
        category="contact_route",
        decided=-200,
        due=-20,
        status=ActionStatus.ONGOING,
    ),
    Example(
        what="Exempel: rutin för samordning när SGI saknas",
        owner="Samverkansansvarig",
        party="fk",
        forum="styrgrupp-samverk-savsjo",
        about="sjukpenning",
        category="responsibility",
        decided=-90,
        due=25,
        status=ActionStatus.ONGOING,
    ),
    Example(
        what="Exempel: funktionsbrevlåda hos Arbetsförmedlingen",
        owner="Sektionschef",
        party="af",
        forum="arbetsgrupp-samverk-savsjo",
        about="arbetsformedlare",
        category="contact_route",
        decided=-250,
        due=-170,
        status=ActionStatus.DONE,
    ),
)


def add_example_work(session: Session, federation: Federation, today: date) -> None:
    """Add agreements, of which one runs out soon and one has, and actions, of which one is late."""
    forums = {forum.code: forum for forum in session.scalars(select(Forum).where(Forum.federation_id == federation.id))}
    parties = {
        party.code: party for party in session.scalars(select(Party).where(Party.federation_id == federation.id))
    }
    units = {unit.code: unit for party in parties.values() for unit in party.units}
    for code, began, ends in AGREEMENTS:
        title = f"Exempel: överenskommelse för {forums[code].name}"
        facts = {"valid_from": today - timedelta(days=began), "valid_until": today + timedelta(days=ends)}
        session.add(Agreement(forum_id=forums[code].id, title=title, **facts))
    for example in ACTIONS:
        session.add(_action(example, forums[example.forum], parties[example.party], units[example.about], today))


def _action(example: Example, forum: Forum, owner: Party, about: Unit, today: date) -> Action:
    due = today + timedelta(days=example.due)
    return Action(
        federation_id=forum.federation_id,
        area_id=forum.area_id,
        forum_id=forum.id,
        what=example.what,
        owner=example.owner,
        owner_party_id=owner.id,
        status=example.status,
        decided_on=today + timedelta(days=example.decided),
        due_on=due,
        follow_up_on=due + timedelta(days=180),
        done_on=due if example.status is ActionStatus.DONE else None,
        about_unit_id=about.id,
        category=example.category,
    )
