"""How much room there is where the product keeps its data."""

from __future__ import annotations

import shutil
from pathlib import Path

LEAST = 1_000_000_000  # bytes; with less, a night's backup and a day's reports may not fit


def free_bytes(folder: Path) -> int:
    """What is free on the disk of a folder, also of one that is not there yet."""
    return shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists())).free


def gigabytes(size: int) -> str:
    """A size as people read it: `3,4 GB`."""
    return f"{size / 1e9:.1f} GB".replace(".", ",")
