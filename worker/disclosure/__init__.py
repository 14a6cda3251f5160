"""What may leave when everything else that has left is taken into account. Pure.

The plain rules (threshold, people, rounding, per cent) stand in schemas/disclosure.py. They look at one number at a
time. This room looks at all numbers together, those of this publication and those that the same readers have seen
before, tries to work out what was hidden, and hides more until that fails.

Read in this order: `table` (a table of exact counts and the plain rule), `record` (what was printed, in the form that
is kept), `plan` (what is hidden so far and what could be next), `statements` (what printed tables tell about unknown
counts), `programme` (those statements as a linear programme), `audit` (how far a hidden number can move), `leaks`
(which hidden numbers can be worked out), `guarding` (the loop that hides more).

To print a new table of counts
------------------------------
1. Freeze what it needs in the snapshot: exact counts, and how many different people stand behind each cell.
2. Add a `Table` to `worker.summary.registered.tables_of`. Nothing else decides whether a cell is shown:

       Table(
           name="problems",                            # the noun that the rest of the summary knows it by
           by=("giver", "about", "category"),          # what tells its cells apart, in this order
           months=months,                              # ISO first days; summed over unless "month" is in `by`
           keys=[("kommun", "fk", "rules"), ...],      # every cell that will be printed, zeros too, as on paper
           counts={("kommun", "fk", "rules"): 7},      # what is not here is zero
           reporters={("kommun", "fk", "rules"): 4},   # None for sums that name nobody (a month's total)
           adds_up=False,                              # whether its cells are all there is (a top list is not)
       )

3. Take the protected numbers from `numbers_of(snapshot).numbers["problems"]`, a mapping from key to `Protected`. A
   table that had to be left out is named in its `dropped`: print `schemas.disclosure.LEFT_OUT` in its place (all its
   numbers are hidden, so a page that forgets to look says too little, never too much).
4. Everything that is derived (per cent, changes, sentences, shades, bars, orders) is worked out from `Protected` alone.

`Guarded.withheld` tells the coordinator who approves what was hidden and why; `Guarded.record` is what later
publications are audited against. Neither is part of what is printed.
"""

from worker.disclosure.guarding import Guarded, guard, restore
from worker.disclosure.programme import ProgrammeError
from worker.disclosure.table import Table

__all__ = ["Guarded", "ProgrammeError", "Table", "guard", "restore"]
