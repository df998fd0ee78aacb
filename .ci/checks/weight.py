"""Keeps the promise that pages are light: weighs them as they travel, and looks for what they may not hold.

    weight.py SITE_DIR BASE_URL

A briefing's HTML and all its style sheets, each compressed as a host would, stay below 14 kB: what a server may
send before it has heard back from the reader. No page has a script, an inline style or an event handler.
"""

import gzip
import sys
from statistics import median
from urllib.parse import urljoin

from built import Site, finish

BYTES_MAX = 14_000

site = Site(*sys.argv[1:3])
faults: list[str] = []
weights: dict[str, int] = {}


def packed(path: str) -> int:
    return len(gzip.compress((site.folder / path).read_bytes(), 9, mtime=0))


for path, page in site.pages.items():
    for tag, attrs in page.elements:
        data = tag == "script" and attrs.get("type") == "application/ld+json"
        if tag in ("script", "style") and not data or "style" in attrs or any(name.startswith("on") for name in attrs):
            faults.append(f"{path}: <{tag}> is or holds a script or an inline style")
    sheets = [attrs["href"] for tag, attrs in page.elements if tag == "link" and attrs.get("rel") == "stylesheet"]
    if not sheets and not page.redirects:
        faults.append(f"{path}: no style sheet")
    if any(tag == "article" and attrs.get("class") == "page" for tag, attrs in page.elements):
        weights[path] = packed(path) + sum(packed(site.file(urljoin(site.url(path), sheet))) for sheet in sheets)

faults += [f"{path}: {bytes_packed} bytes" for path, bytes_packed in weights.items() if bytes_packed > BYTES_MAX]
if not weights:
    faults.append("no briefings to weigh")
finish(f"{len(weights)} pages with their styles, {median(weights.values() or [0]):.0f} bytes each, {max(weights.values(), default=0)} at most", faults)
