"""The content of a summary as it may leave the service: on paper, on the web, as JSON.

Loading it is the last check before printing. It fails when a number is not protected, when a sentence tells a
count from 1 to 4, or when there is anything in it that is not listed here. Read in this order: `fields`, `parts`,
`pack`, `document`.
"""

from schemas.summary.document import check_content

__all__ = ["check_content"]
