"""The nouns whose number can point somebody out: reports, events, people, cases, customers."""

from __future__ import annotations

# Words may be put together with others before them, as in "avvikelserapporter" and "socialsekreterare".
_MANY = (
    r"rapport(?:er|erna)?|avvikelse(?:r|rna)?|händelse(?:r|rna)?|incident(?:er|erna)?|tillfällen(?:a)?"
    r"|person(?:er|erna)?|individ(?:er|erna)?|människor(?:na)?|handläggar(?:e|na)|medarbetar(?:e|na)|kolleg(?:or|er)(?:na)?"
    r"|ärend(?:en|ena)|fall(?:en)?|klient(?:er|erna)?|kund(?:er|erna)?|brukar(?:e|na)|patient(?:er|erna)?"
    r"|deltagar(?:e|na)|sökande(?:n|na)?|rapportör(?:er|erna)?|anmäl(?:ningar|ningarna|are|arna)|klagomål(?:en)?"
    r"|tjänstemän(?:nen)?|sekreterar(?:e|na)|anställda|läkar(?:e|na)|sjuksköterskor(?:na)?|elev(?:er|erna)"
    r"|ungdom(?:ar|arna)|barn(?:en)?|familj(?:er|erna)|hushåll(?:en)?|kvinnor(?:na)?|män(?:nen)?"
)
COUNTED = rf"\w*(?:{_MANY})s?\b"
ONE_COUNTED = r"\w*(?:rapport|avvikelse|händelse)(?:en)?\b"
