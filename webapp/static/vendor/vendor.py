"""Make the vendored style sheet of Designsystemet fit our content security policy.

The package draws its icons from `data:` addresses, which `img-src 'self'` refuses. Each of them becomes
a small file here, and the style sheet points to that file. VENDOR.md says when and how to run this.

    python webapp/static/vendor/vendor.py FOLDER/dist/src/index.css
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from urllib.parse import unquote

HERE = Path(__file__).resolve().parent / "designsystemet"
# The quote that opens the address must also close it: an icon's own text holds the other kind.
ICON = re.compile(r"""url\((["'])data:image/svg\+xml;charset=utf-8,(.*?)\1\)""", re.DOTALL)


def split_icons(style_sheet: str) -> tuple[str, dict[str, str]]:
    """Arguments: style_sheet - the package's CSS. Returns: the changed CSS, and file name to SVG text."""
    icons: dict[str, str] = {}

    def point_to_file(match: re.Match[str]) -> str:
        drawing = unquote(match[2])
        # The name is the drawing's own fingerprint, so equal icons share one file.
        name = f"{hashlib.sha1(drawing.encode(), usedforsecurity=False).hexdigest()[:8]}.svg"
        icons[name] = drawing
        return f'url("icons/{name}")'

    return ICON.sub(point_to_file, style_sheet), icons


def checksums(folder: Path) -> str:
    """Arguments: folder - where the vendored files stand. Returns: the table of VENDOR.md, one row per file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "VENDOR.md")
    rows = (
        f"| `{path.relative_to(folder).as_posix()}` | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |"
        for path in files
    )
    return "\n".join(["| File | SHA-256 |", "|---|---|", *rows])


def main(source: Path) -> None:
    """Write the style sheet and its icons, and print the table of checksums for VENDOR.md."""
    style_sheet, icons = split_icons(source.read_text(encoding="utf-8"))
    if "data:" in style_sheet:
        raise SystemExit("The style sheet holds a data: address of a kind that this script does not know.")
    (HERE / "icons").mkdir(parents=True, exist_ok=True)
    (HERE / "designsystemet.css").write_text(style_sheet, encoding="utf-8")
    for name, drawing in icons.items():
        (HERE / "icons" / name).write_text(drawing, encoding="utf-8")
    print(checksums(HERE))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
