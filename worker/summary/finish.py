"""What is done to a summary's content before it is printed: edits go in, a correction says what changed, the function
that approved it is named, and it gets the checksum that it is known by. Pure: the same frozen data, the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.summary import check_content
from schemas.summary_changes import differences
from schemas.summary_edits import apply_edits


def finish(
    content: Mapping[str, Any],
    verify_at: str = "",
    edits: Sequence[Mapping[str, Any]] = (),
    former: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A draft of a summary.

    Arguments: content - from write_summary; verify_at - the address where a copy can be checked; edits - from
    schemas.summary_edits; former - the content of the released version that this one corrects.
    Raises: marshmallow.ValidationError when it may not leave.
    """
    draft = apply_edits(content, edits) | {"verify_at": verify_at or None, "approval": None}
    draft["correction"] = {"of": former["reference"], "lines": differences(former, draft)} if former else None
    return _seal(draft)


def stamp(draft: Mapping[str, Any], function: str, day: str) -> dict[str, Any]:
    """The draft as it was read, and who approved it.

    Arguments: function - never a person's name; day - as YYYY-MM-DD.
    """
    return _seal({**draft, "approval": {"by": function, "on": day}})


def fingerprint(content: Mapping[str, Any]) -> str:
    """The SHA-256 of what a summary says, as 64 hexadecimal digits.

    It is printed in the file, which cannot print its own. It is made of protected numbers alone: a checksum of the
    frozen counts could be compared with guesses until it told the hidden ones.
    """
    plain = {name: value for name, value in content.items() if name != "fingerprint"}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _seal(content: Mapping[str, Any]) -> dict[str, Any]:
    checked = check_content({**content, "fingerprint": None})
    return checked | {"fingerprint": fingerprint(checked)}
