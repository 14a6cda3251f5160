"""What a group is asked to take a stand on, by category. A question, never a decision: that is theirs. Pure."""

from __future__ import annotations

from typing import Any

from schemas.disclosure import ZERO
from worker.summary.figures import Figures
from worker.summary.sentences import NOT_PRINTED, VAGUE, Names, largest
from worker.summary.words import about, capital, reports

MAX_CATEGORIES = 3
NO_BLAME = "Många rapporter betyder inte att någon gör fel."
QUESTIONS = {
    "contact_route": "Vilken funktion är vägen in hos varje part, och vem svarar när den är borta?",
    "participation": "Vem kallar, vem ersätter den som inte kan komma, och vad händer när en part uteblir?",
    "information": "Vilken information behöver nå vem, hur snabbt, och vem bekräftar att den kom fram?",
    "handover": "Vem tar emot när ett ärende lämnas över, och när är överlämningen klar?",
    "waiting_time": "Vad kan parterna göra medan de väntar, och vem säger till när något dröjer?",
    "documentation": "Vad måste ett underlag innehålla för att räcka hos alla parter?",
    "responsibility": "Vem håller ihop tills det är klart vem som ansvarar?",
    "rules": "Vilka regler krockar, vad kan lösas lokalt, och vad behöver lyftas vidare?",
    "resources": "Vad behöver prioriteras så att samverkan inte faller när resurserna är knappa?",
    "knowledge": "Vad behöver parterna lära sig om varandras uppdrag, och när sker det?",
    "shared_plan": "Vem ansvarar för att det finns en gemensam plan, och hur följs den upp?",
    "confidentiality": "Hur frågar parterna efter samtycke, och vad får de dela utan?",
}
ANY_CATEGORY = "Vad behöver ändras, vem gör det och när är det klart?"
PAIR = "Vad behöver ändras i samverkan just här, och vem tar första steget?"
NOTHING_REPORTED = "Fungerar samverkan, eller känner för få till Lex Heller?"
NOTHING_SHOWN = "Stämmer bilden med vad ni själva ser, och vad skulle få fler att rapportera?"


def propose(figures: Figures, names: Names) -> list[dict[str, Any]]:
    """The questions that the numbers raise, largest first: up to three categories, then the largest pair."""
    named = {code: number for code, number in figures.categories.items() if number.shown and code not in VAGUE}
    codes = sorted(named, key=lambda code: -named[code].at_least)
    proposed = [_of_category(code, figures, names) for code in codes[:MAX_CATEGORIES]]
    return [*proposed, *_of_pairs(figures, names)] or [_of_nothing(figures)]


def _of_category(code: str, figures: Figures, names: Names) -> dict[str, Any]:
    number = figures.categories[code]
    before = (figures.categories_before or {}).get(code, ZERO)
    compared = f", mot {about(before, number)} de tolv månaderna före" if figures.categories_before is not None else ""
    return {
        "heading": names.category(code),
        "question": QUESTIONS.get(code, ANY_CATEGORY),  # A federation may have added categories of its own.
        "background": f"{capital(reports(number, before))} på tolv månader{compared}.",
        "number": number.dump(),
    }


def _of_pairs(figures: Figures, names: Names) -> list[dict[str, Any]]:
    top, pairs = largest(figures.pairs)
    if top is None or len(pairs) > 1:
        return []
    return [
        {
            "heading": capital(names.pair(pairs[0])),
            "question": PAIR,
            "background": f"{capital(reports(top))} på {figures.map_span}, det största talet i kartan. {NO_BLAME}",
            "number": top.dump(),
        }
    ]


def _of_nothing(figures: Figures) -> dict[str, Any]:
    nothing = figures.year.value == 0
    return {
        "heading": "Inga avvikelser på tolv månader" if nothing else "Antalen är för små för att fördelas",
        "question": NOTHING_REPORTED if nothing else NOTHING_SHOWN,
        "background": "Inga rapporter på tolv månader." if nothing else NOT_PRINTED,
        "number": figures.year.dump(),
    }
