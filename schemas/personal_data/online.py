"""Where a person is found on the internet: profiles, handles and network addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.personal_data.text import Hit

_PROFILE = re.compile(
    r"(?:https?://)?(?:[\w-]{1,40}\.)?(?:facebook|fb|instagram|linkedin|tiktok|snapchat|twitter|x|youtube|threads|"
    r"telegram|t|m|wa|discord|reddit|bsky)\.(?:com|me|net|gg|app)/[^\s,;)\]\"]*[^\s,;)\]\".?!]",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.@)\]])@[\w.]{2,40}\w")
_SERVICE = re.compile(
    r"\b(?:instagram|insta|snapchat|snap|tiktok|skype|discord|telegram|twitter|facebook|fb|messenger|kik)"
    r"(?:namn|konto|-konto|kontot)?(?:: ?| heter | @)(?P<handle>[\w.]{3,40}\w)",
    re.IGNORECASE,
)
_NETWORK = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]?\d)")
_VERSION = re.compile(r"\b(?:version|ver|v|utgåva|kap|kapitel|avsnitt|punkt)\.? ?\Z", re.IGNORECASE)


def find_online(text: str) -> Iterator[Hit]:
    """Profiles and handles at the large services, and IP addresses; an authority's own pages are left alone."""
    if "." in text:
        for match in _PROFILE.finditer(text) if "/" in text else ():
            yield Hit(match.start(), match.end(), "online")
        for match in _NETWORK.finditer(text):
            if not _VERSION.search(text, max(0, match.start() - 12), match.start()):
                yield Hit(match.start(), match.end(), "online")
    for match in _SERVICE.finditer(text):
        yield Hit(match.start("handle"), match.end("handle"), "online")
    if "@" in text:
        for match in _HANDLE.finditer(text):
            yield Hit(match.start(), match.end(), "online")
