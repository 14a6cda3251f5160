"""The example accounts. They are made only by `./lexheller run --demo`, and production refuses to start with it."""

from __future__ import annotations

from dataclasses import dataclass

from models.user import Role

PASSWORD = "exempel-lex-heller"  # noqa: S105 - shown on the sign-in page of every demo, and secret nowhere


@dataclass(frozen=True)
class Account:
    """`unit` and `areas` are codes of the example federation; no areas means all of them."""

    email: str
    role: Role
    title: str
    unit: str | None = None
    areas: tuple[str, ...] = ()
    password: str = PASSWORD


ACCOUNTS = (
    Account("forsorjningsstod@example.org", Role.REPORTER, "Handläggare, Försörjningsstöd", "forsorjningsstod"),
    Account("forsorjningsstod-2@example.org", Role.REPORTER, "Handläggare, Försörjningsstöd", "forsorjningsstod"),
    Account("forsorjningsstod-3@example.org", Role.REPORTER, "Handläggare, Försörjningsstöd", "forsorjningsstod"),
    Account("arbetsmarknad@example.org", Role.REPORTER, "Handläggare, AME", "arbetsmarknadsenhet"),
    Account("psykiatri@example.org", Role.REPORTER, "Handläggare, Psykiatrimottagning", "psykiatri"),
    Account("sjukpenning@example.org", Role.REPORTER, "Handläggare, Försäkringskassan", "sjukpenning"),
    Account("arbetsformedlare@example.org", Role.REPORTER, "Handläggare, Arbetsförmedlingen", "arbetsformedlare"),
    Account("koordinator@example.org", Role.COORDINATOR, "Samverkanskoordinator, Sävsjö", areas=("savsjo",)),
    Account("forbund@example.org", Role.COORDINATOR, "Samverkanskoordinator, Höglandet"),
    Account("styrgrupp@example.org", Role.FORUM_MEMBER, "Ledamot, Styrgrupp Sävsjö", "forsorjningsstod", ("savsjo",)),
    Account("administrator@example.org", Role.ADMINISTRATOR, "Administratör"),
)
