"""The words of the forms and states: codes that are stored, each with the Swedish words that are shown.

They stand in the room that imports nothing, since the border, the tables and the pure steps all speak them.
"""

from __future__ import annotations

from enum import StrEnum

# Two counterparts are always there: somebody outside the register, and nobody that the reporter can name.
OUTSIDE_PARTY = "other"
OUTSIDE_UNIT = "annan"
UNKNOWN_UNIT = "vet-inte"
# The category of a report that the machine left to a person ("Behöver bedömas").
UNASSESSED = "unassessed"


class Word(StrEnum):
    """A code that is stored, together with the Swedish words that are shown: `OFTEN = "often", "Ofta"`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Word:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of code and label, in the order they are written."""
        return [(str(member.value), member.label) for member in cls]


class Occurred(Word):
    TODAY = "today", "I dag"
    WEEK = "week", "Den senaste veckan"
    MONTH = "month", "Den senaste månaden"
    EARLIER = "earlier", "Tidigare"


class Consequence(Word):
    DELAYED = "delayed", "Insats blev försenad"
    NONE_GIVEN = "none_given", "Ingen insats alls"
    REPEATED_STORY = "repeated_story", "Fick upprepa sin historia"
    NO_INCOME = "no_income", "Stod utan försörjning"
    OTHER = "other", "Annan följd"
    UNKNOWN = "unknown", "Vet inte"


class Recurrence(Word):
    FIRST = "first", "Första gången"
    SOME = "some", "Några gånger"
    OFTEN = "often", "Ofta"
    UNKNOWN = "unknown", "Vet inte"


# What the taxonomy calls it, which is what the classifier reads in a text.
TAXONOMY_RECURRENCE = {"once": Recurrence.FIRST, "repeated": Recurrence.SOME, "systematic": Recurrence.OFTEN}


class RaisedDirectly(Word):
    YES = "yes", "Ja"
    NO = "no", "Nej"
    UNKNOWN = "unknown", "Vet inte"


class ReportKind(Word):
    DEVIATION = "deviation", "Något som brast"
    GOOD = "good", "Något som fungerade"


class Level(Word):
    INDIVIDUAL = "individual", "Enskild händelse mellan handläggare"
    UNIT = "unit", "Arbetssätt i en verksamhet eller mellan chefer"
    STRUCTURAL = "structural", "Struktur eller regelverk, återkommande systemfel"


class ReportState(Word):
    """Which moves are allowed between these stands in schemas/states.py."""

    RECEIVED = "received", "Mottagen"
    IN_REVIEW = "in_review", "Granskas"
    NEEDS_INFO = "needs_info", "Behöver komplettering"
    WITH_PARTY = "with_party", "Hos part"
    ROUTED = "routed", "Till forum"
    ACTION_DECIDED = "action_decided", "Åtgärd beslutad"
    ANSWERED = "answered", "Besvarad"
    CLOSED = "closed", "Avslutad"
    REFERRED = "referred", "Hänvisad"
    MERGED = "merged", "Sammanslagen"
    WITHDRAWN = "withdrawn", "Återtagen"


# These stand for no event of their own: the one is told elsewhere, the other was taken back.
UNCOUNTED = (ReportState.MERGED, ReportState.WITHDRAWN)


class SignalKind(Word):
    RISING = "rising", "Ökar"
    RECURRING = "recurring", "Återkommer"
    FALLING = "falling", "Avtar"


class ActionStatus(Word):
    PLANNED = "planned", "Planerad"
    ONGOING = "ongoing", "Pågår"
    DONE = "done", "Klar, följs upp"
    FOLLOWED_UP = "followed_up", "Uppföljd"
    CANCELLED = "cancelled", "Avbruten"


class Outcome(Word):
    STAYS = "stays", "Stannar i forumet"
    HANDED_UP = "handed_up", "Går vidare uppåt"
    CLOSED = "closed", "Avslutas"


class ActionKind(Word):
    TAKEN = "taken", "Vidtagen"
    PLANNED = "planned", "Planerad"
