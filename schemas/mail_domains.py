"""Which mailboxes a federation's summaries may go to: those of the domains that it has named, and no others. A part of
a named domain is a domain of its own: whoever may write to `savsjo.se` may not write to `gast.savsjo.se`."""

from __future__ import annotations

import re

LONGEST_ADDRESS = 254  # characters (RFC 5321, section 4.5.3.1.3)
MOST_DOMAINS = 60
# The part before the @ as RFC 5322 has it without quotation marks; a "=" could begin an encoded word, so it is out.
_ATOM = r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*", re.ASCII)
DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.ASCII)
NO_DOMAINS = "Förbundet har inte godkänt några domäner än. En administratör gör det under Utskick"
FOREIGN = "Domänen är inte godkänd av förbundet. Godkända: {domains}"


def plain_address(address: str) -> str | None:
    """An address with its domain in the letters of the name system; None when it is no plain address."""
    name, _, domain = address.strip().rpartition("@")
    try:
        plain = f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return plain if len(plain) <= LONGEST_ADDRESS and ADDRESS.fullmatch(plain) else None


def read_domains(text: str) -> tuple[list[str], list[str]]:
    """The domains of a text with one a line, and the lines that are none."""
    domains, faults = dict[str, None](), []
    for line in text.split():
        plain = plain_address(f"x@{line.removeprefix('@')}")
        domain = plain.partition("@")[2].lower() if plain else ""
        if DOMAIN.fullmatch(domain):
            domains[domain] = None
        else:
            faults.append(line)
    return list(domains), faults


def refusal(address: str, domains: list[str]) -> str | None:
    """Why no summary may be sent to a plain address, in plain Swedish; None when it may."""
    if not domains:
        return NO_DOMAINS
    if address.rpartition("@")[2].lower() in domains:
        return None
    return FOREIGN.format(domains=", ".join(domains))
