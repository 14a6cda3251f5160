"""Closed unless listed: which roles may use which endpoint. An endpoint that is missing here opens for nobody."""

from __future__ import annotations

from flask import Flask, abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from models.user import Role
from webapp import sign_in
from webapp.rapportera.filing import WRITERS
from webapp.wall import STRANGER, ask_as

ANYBODY = None
SIGNED_IN = frozenset(Role)
COORDINATORS = frozenset({Role.COORDINATOR})
READERS = frozenset({Role.COORDINATOR, Role.FORUM_MEMBER, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
MAKERS = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})

MOST_DIGITS = 9  # of a number in an address: PostgreSQL's integers end at 2 147 483 647

# Where it is found out who somebody is: there all accounts are looked through, also for who is signed in already.
DOORS = {
    "sign_in.sign_in",
    "sign_in.second_step",
    "issuers.begin",
    "issuers.finish",
    "losenord.choose",
    "losenord.forgotten",
}

ENDPOINTS: dict[str, frozenset[Role] | None] = {
    "static": ANYBODY,
    "pages.start": ANYBODY,
    "pages.about": ANYBODY,
    "pages.accessibility": ANYBODY,
    "pages.personal_data": ANYBODY,
    "pages.security_contact": ANYBODY,
    "besvarade.list_answered": ANYBODY,
    "besvarade.export_csv": ANYBODY,
    "besvarade.export_json": ANYBODY,
    "halsa.show": ANYBODY,
    "sign_in.sign_in": ANYBODY,
    "sign_in.second_step": ANYBODY,
    "issuers.begin": ANYBODY,
    "issuers.finish": ANYBODY,
    "sign_in.sign_out": SIGNED_IN,
    "losenord.choose": ANYBODY,
    "losenord.forgotten": ANYBODY,
    "konto.show": SIGNED_IN,
    "konto.change_password": SIGNED_IN,
    "konto.sign_out_others": SIGNED_IN,
    "konto.extract": SIGNED_IN,
    "konto.turn_on": SIGNED_IN,
    "konto.picture": SIGNED_IN,
    "konto.turn_off": SIGNED_IN,
    "konton.list_accounts": ADMINISTRATORS,
    "konton.invite": ADMINISTRATORS,
    "konton.show_account": ADMINISTRATORS,
    "konton.close": ADMINISTRATORS,
    "konton.reopen": ADMINISTRATORS,
    "konton.invite_again": ADMINISTRATORS,
    "logg.show": ADMINISTRATORS,
    "logg.export": ADMINISTRATORS,
    "rapportera.report": WRITERS,
    "rapportera.receipt": WRITERS,
    "mina_rapporter.list_reports": WRITERS,
    "mina_rapporter.show_report": WRITERS,
    "mina_rapporter.delete_draft": WRITERS,
    "oversikt.show": COORDINATORS,
    "komplettering.answer": WRITERS,
    "komplettering.withdraw": WRITERS,
    "granska.list_reports": COORDINATORS,
    "granska.show_report": COORDINATORS,
    "granska.decide": COORDINATORS,
    "granska.mask": COORDINATORS,
    "granska.edit_text": COORDINATORS,
    "granska.save_text": COORDINATORS,
    "granska.unmerge_report": COORDINATORS,
    "granska.move_one": COORDINATORS,
    "svar.answer_report": COORDINATORS,
    "svar.publish": COORDINATORS,
    "svar.unpublish": COORDINATORS,
    "svar.mark_read": WRITERS,
    "utskick.list_deliveries": MAKERS,
    "utskick.show_mail": MAKERS,
    "utskick.send_once_more": MAKERS,
    "utskick.write_off": MAKERS,
    "klassificeraren.show": ADMINISTRATORS,
    "klassificeraren.choose": ADMINISTRATORS,
    "klassificeraren.train": ADMINISTRATORS,
    "klassificeraren.adopt": ADMINISTRATORS,
    "klassificeraren.decline": ADMINISTRATORS,
    "klassificeraren.revert": ADMINISTRATORS,
    "drift.show": ADMINISTRATORS,
    "drift.retry": ADMINISTRATORS,
    "drift.retry_all": ADMINISTRATORS,
    "gallring.show": ADMINISTRATORS,
    "gallring.add_rule": ADMINISTRATORS,
    "gallring.end_rule": ADMINISTRATORS,
    "gallring.set_leaver_days": ADMINISTRATORS,
    "gallring.preview": ADMINISTRATORS,
    "gallring.freeze": ADMINISTRATORS,
    "gallring.protocol": ADMINISTRATORS,
    "gallring.carry_out": ADMINISTRATORS,
    "gallring.drop": ADMINISTRATORS,
    "gallring.list_stops": MAKERS,
    "gallring.stop": MAKERS,
    "gallring.lift": MAKERS,
    "lamna_ut.list_handouts": COORDINATORS,
    "lamna_ut.new": COORDINATORS,
    "lamna_ut.show": COORDINATORS,
    "lamna_ut.show_copy": COORDINATORS,
    "lamna_ut.add_mask": COORDINATORS,
    "lamna_ut.set_ground": COORDINATORS,
    "lamna_ut.unmask": COORDINATORS,
    "lamna_ut.start_over": COORDINATORS,
    "lamna_ut.decide": COORDINATORS,
    "lamna_ut.drop": COORDINATORS,
    "lamna_ut.letter": COORDINATORS,
    "lamna_ut.download": COORDINATORS,
    "lamna_ut.export": COORDINATORS,
    "metrics.show": ANYBODY,  # It asks for a token, or to be asked from this machine.
    "utskick.set_rules": MAKERS,
    "tjanster.list_posts": MAKERS,
    "tjanster.set_absence": MAKERS,
    "tjanster.hand_over": MAKERS,
    "avvikelser.list_reports": COORDINATORS,
    "avvikelser.export": COORDINATORS,
    "avvikelser.show_report": COORDINATORS,
    "signaler.list_signals": COORDINATORS,
    "signaler.dismiss": COORDINATORS,
    "monster.list_clusters": COORDINATORS,
    "monster.show": COORDINATORS,
    "monster.change": COORDINATORS,
    "signaler.open_patterns": WRITERS,
    "signaler.tally": WRITERS,
    "forum.list_forums": READERS,
    "forum.show_forum": READERS,
    "forum.show_meeting": READERS,
    "forum.calendar": READERS,
    "forum_upkeep.rename": MAKERS,
    "forum_upkeep.set_convener": MAKERS,
    "forum_upkeep.add_seat": MAKERS,
    "forum_upkeep.remove_seat": MAKERS,
    "forum_upkeep.set_address": MAKERS,
    "forum_upkeep.save_agreement": MAKERS,
    "meetings.add": MAKERS,
    "meetings.move": MAKERS,
    "meetings.cancel": MAKERS,
    "agenda.new_item": MAKERS,
    "agenda.edit_item": MAKERS,
    "agenda.shift_item": MAKERS,
    "agenda.remove_item": MAKERS,
    "agenda.record": MAKERS,
    "atgarder.list_actions": READERS,
    "atgarder.export": READERS,
    "atgarder.show_action": READERS,
    "atgarder.change_action": COORDINATORS,
    "atgarder.new_action": COORDINATORS,
    "rapporter.list_summaries": READERS,
    "rapporter.show": READERS,
    "rapporter.download": READERS,
    "rapporter.make": MAKERS,
    "rapporter.review": MAKERS,
    "rapporter.edit_draft": MAKERS,
    "rapporter.approve_draft": MAKERS,
    "rapporter.reject_draft": MAKERS,
    "rapporter.build_anew": MAKERS,
    "rapporter.send_missing": MAKERS,
    "rapporter.send_once_more": MAKERS,
    "kontrollera.verify": ANYBODY,
}


def _check() -> Response | str | tuple[str, int] | None:
    if request.endpoint is None:
        return None  # No such address, or not with this method: the error page tells.
    if _impossible():
        abort(404)
    roles = ENDPOINTS.get(request.endpoint, frozenset())
    if roles is None:
        if request.endpoint in DOORS and current_user.is_authenticated:
            ask_as(STRANGER)
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if current_user.role not in roles:
        abort(404)  # Not 403: what is not yours is not there.
    return None


def _impossible() -> bool:
    """An address with a NUL or with a number beyond every id: no database can hold it, so nothing has it."""
    values = [*(request.view_args or {}).values(), *request.args.values()]
    return any("\x00" in text or (text.isdecimal() and len(text) > MOST_DIGITS) for text in map(str, values))


def _ask_to_sign_in() -> Response | tuple[str, int]:
    """A text that was posted after the sign-in ran out goes along to the sign-in page and comes back filled in."""
    if request.method == "POST" and request.endpoint == "rapportera.report":
        return sign_in.page(next_address=url_for("rapportera.report"), kept=request.form)
    asked = request.full_path.rstrip("?")  # Flask ends it with one, also where nothing follows.
    return redirect(url_for("sign_in.sign_in", next=asked if request.method == "GET" else None))


def register(app: Flask) -> None:
    """Check every request."""
    app.before_request(_check)
