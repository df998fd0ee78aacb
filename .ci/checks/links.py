"""Follows every link and asset of every page and style sheet of a built site.

    links.py SITE_DIR BASE_URL

Each one that stays on the site's host must lead below the base path to a file that exists, each fragment to an
element, each redirect to a page. The page for missing addresses is shown at any depth, so it may not use relative
references. Every page that search engines may list can be reached from the home page, expired ones excepted: these
leave the lists on purpose.
"""

import re
import sys
from urllib.parse import unquote, urldefrag, urljoin

from built import Site, finish

site = Site(*sys.argv[1:3])
faults: list[str] = []
followed = 0
leads_to: dict[str, set[str]] = {}


def follow(source: str, reference: str) -> None:
    """Judges one reference of a file."""
    global followed
    url, fragment = urldefrag(urljoin(site.url(source), reference))
    if not url.startswith(("http:", "https:")) or not site.owns(url):
        return
    followed += 1
    target = site.file(url)
    if target is None:
        faults.append(f"{source}: {reference} leads to nothing below {site.base_url}")
    elif fragment and unquote(fragment) not in getattr(site.pages.get(target), "ids", ()):
        faults.append(f"{source}: {reference} names no element of {target}")
    else:
        leads_to.setdefault(source, set()).add(target)


for path, page in site.pages.items():
    for reference in page.references:
        if reference != reference.strip() or not reference:
            faults.append(f"{path}: the reference {reference!r} is empty or has spaces around it")
        elif path == "404.html" and not re.match(r"/(?!/)|https?:|mailto:|#", reference):
            faults.append(f"{path}: {reference} is relative, and this page is shown at any depth")
        follow(path, reference)
for path in sorted(site.files):
    if path.endswith(".css"):
        for reference in re.findall(r"""url\(\s*["']?([^"')]+)""", site.text(path)):
            follow(path, reference)

reached, edge = {"index.html"}, {"index.html"}
while edge:
    edge = set().union(*(leads_to.get(path, set()) for path in edge)) - reached
    reached |= edge
unlisted = {path for path, page in site.pages.items() if page.hidden or page.expired or path == "404.html"}
for path in sorted(site.pages.keys() - unlisted - reached):
    faults.append(f"{path}: no way leads here from the home page")

if followed == 0:
    faults.append("no links at all")
finish(f"{len(site.pages)} pages, {followed} links and assets", faults)
