"""How long it takes until half of the reports have been reviewed or answered. Pure: days in, median out.

A mean over the finished ones would look best where the slow ones are left lying. The Kaplan-Meier estimate
(Kaplan and Meier, JASA 53 (1958) 457-481) counts those that still wait for as long as they have waited.
"""

from __future__ import annotations

from collections.abc import Sequence

LEAST_REPORTS = 5  # fewer say nothing about a typical wait


def median_days(finished: Sequence[float], waiting: Sequence[float]) -> float | None:
    """The median time in days, or None when it is not known yet or rests on too few reports.

    Arguments: finished - days that each finished report took; waiting - days that each open one has waited so far.
    """
    if len(finished) + len(waiting) < LEAST_REPORTS or not finished:
        return None
    from scipy.stats import CensoredData, ecdf  # Here, since it takes a second to load and few tasks need it.

    left = ecdf(CensoredData(uncensored=list(finished), right=list(waiting))).sf
    reached = [day for day, share in zip(left.quantiles, left.probabilities, strict=True) if share <= 0.5]
    return float(reached[0]) if reached else None
