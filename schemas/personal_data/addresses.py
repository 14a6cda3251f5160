"""Street addresses and designations of properties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.personal_data.lists import lists
from schemas.personal_data.text import Hit

# Endings of street names. The loose ones are ordinary words' endings too, and need a capital inside a sentence.
_STREET = re.compile(
    r"\b(?P<street>(?:(?:Norra|Södra|Östra|Västra|Stora|Lilla|Gamla|Nya|Övre|Nedre|N|S|V|Ö)\.? )?"
    r"(?P<name>(?:[^\W\d_]{2,30}(?P<ending>gatan|gata|vägen|väg|gränd|gränden|stigen|allén|torget|gången|backen|brynet|"
    r"esplanaden|kajen|ringen|stråket|promenaden|parken|liden|slingan|plan|platsen|udden|höjden|kullen|terrassen)|"
    r"(?-i:Esplanaden|Allén|Strandpromenaden))))"
    r" ?(?P<number>\d{1,3}(?-i: ?[A-Z](?![\w-])|[a-z](?![\w-]))?)(?![\w%:§/]|[.,-]\d|\.\d)"
    r"(?P<rest>(?:,? ?(?:lgh|lägenhet|våning|vån|port|uppgång|\d ?tr|tr|bv|nb)\.? ?"
    r"(?:ö\.?g\.?|\d{1,4}[A-Z]?)?\b\.?){0,3})"
    r"(?P<post>,? ?(?:SE-)?\d{3} ?\d\d [^\W\d_]{2,25})?",
    re.IGNORECASE,
)
_SAFE = frozenset(("gatan", "vägen", "gränd", "gränden", "stigen", "allén"))
_COUNTED = re.compile(
    r" ?(?:gånger|st\b|år|månader|dagar|veckor|timmar|personer|procent|kr|kronor|möten|ärenden|minuter)",
    re.IGNORECASE,
)
_HOME = re.compile(
    r"\b(?:bor|bodde|boende|boendes|bostad\w*|hem|hemma|hemadress\w*|adress\w*|lägenhet\w*|lgh|skriven|folkbokförd\w*|"
    r"flytt\w*|vräk\w*|hyr\w*|villa\w*|huset|hembesök|föräldrar\w*|hämta\w*|post\w*|kuvert\w*|kallelse\w*)\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"(?:kontor|lokal|mottagning|central|reception|punkt|enhet|besöksadress|öppenvård|\baf\b|\bfk\b|arbetsförmedling|"
    r"försäkringskass|verksamhet|möte|\brum\b|\bplan\b|\bsal\b|förvaltning|kliniken|bibliotek|skola|kommunhus|"
    r"mötesplats|socialtjänst|kyrka|center|\bav\b \w+gruppen)",
    re.IGNORECASE,
)
_NEAR = 60  # characters before in which the sentence tells whose address it is


def find_addresses(text: str) -> Iterator[Hit]:
    """Street addresses with a number: sure where somebody lives, a question elsewhere, nothing for an office."""
    for match in _STREET.finditer(text):
        before = re.split(r"[.!?\n]", text[max(0, match.start() - _NEAR) : match.start()])[-1]
        home = bool(match["rest"].strip() or match["post"] or _HOME.search(before))
        counted = not match["post"] and _COUNTED.match(text, match.end())
        if _is_street(match, before, home) and not counted and (home or not _OFFICE.search(before)):
            yield Hit(match.start(), match.start() + len(match[0].rstrip(" ,")), "address", home)


def _is_street(match: re.Match[str], before: str, home: bool) -> bool:
    """A sure ending with a capital, or at somebody's home; another ending only with a capital inside a sentence."""
    capital = match["street"][0].isupper()
    if (match["ending"] or "allén").lower() in _SAFE:
        return capital or home
    return capital and bool(before.strip())


# --- properties ---------------------------------------------------------------------------------
_CITED = re.compile(
    r"(?<![\w.])(?P<names>(?:[A-ZÅÄÖ][a-zåäö]{2,20}[ -]){1,3})(?P<number>\d{1,3}:\d{1,4})(?![\w:]|[.-]\d)"
)
_NAMED = re.compile(
    r"\bfastighet(?:en|ens|er|sbeteckning|sbeteckningen)?[ :]{1,2}"
    r"(?-i:(?P<whole>(?:[A-ZÅÄÖ][a-zåäö-]{1,20} ){1,3}\d{1,4}(?::\d{1,4})?))",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d\Z")
_NO_PLACE = re.compile(
    r"\b(?:klockan|kl|kap|kapitel|lagen|artikel|versen|enligt|(?:mån|tis|ons|tors|fre|lör|sön)dag|sosfs|prop|matteus|lukas|"
    r"moseboken|johannes|från|till|mellan|och|vid|ring|mötet|före|efter|senast|redan|cirka|idag|igår)\b",
    re.IGNORECASE,
)


def find_properties(text: str) -> Iterator[Hit]:
    """Designations like Sävsjö Kvarnen 1:23; hours, laws and verses have other words before them."""
    for match in _NAMED.finditer(text):
        yield Hit(match.start("whole"), match.end("whole"), "property")
    for match in _CITED.finditer(text):
        names = match["names"].lower().split()
        hour = bool(_HOUR.match(match["number"])) and (len(names) == 1 and match["number"].index(":") == 2)
        if not (hour or _NO_PLACE.search(match["names"])):
            ordinary = names[0] in lists().ordinary and len(names) > 1
            yield Hit(match.start() + (len(names[0]) + 1 if ordinary else 0), match.end(), "property")
