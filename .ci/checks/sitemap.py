"""Holds the sitemaps and robots.txt of a built site against the protocol and against the pages.

    sitemap.py SITE_DIR BASE_URL

Sitemaps follow sitemap.xsd and the protocol's limits; every address in them is a page that may be listed, and every
such page is in them, save for expired ones and for the numbered pages of lists, which are only a way to others;
robots.txt names the sitemap by its full address.
"""

import re
import sys
from pathlib import Path

from lxml import etree

from built import Site, finish

BYTES_MAX = 50 * 1024 * 1024  # the protocol's limit for one sitemap
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}

site = Site(*sys.argv[1:3])
schema = etree.XMLSchema(etree.parse(Path(__file__).with_name("sitemap.xsd")))
faults: list[str] = []
listed: set[str] = set()


def read(path: str) -> None:
    """Judges one sitemap, or an index and all it names."""
    if (site.folder / path).stat().st_size > BYTES_MAX:
        faults.append(f"{path}: larger than a sitemap may be")
    document = etree.parse(site.folder / path)
    if not schema.validate(document):
        faults.extend(f"{path}:{error.line}: {error.message}" for error in schema.error_log)
    for address in document.xpath("/s:sitemapindex/s:sitemap/s:loc/text()", namespaces=NAMES):
        named = site.file(address)
        if named is None:
            faults.append(f"{path}: {address} is no file of the site")
        else:
            read(named)
    for address in document.xpath("/s:urlset/s:url/s:loc/text()", namespaces=NAMES):
        named = site.file(address)
        if named is None:
            faults.append(f"{path}: {address} is no page of the site")
        elif address != site.url(named):
            faults.append(f"{path}: {address} is not how the site writes {site.url(named)}")
        else:
            listed.add(named)


read("sitemap.xml")
may_be_listed = {path for path, page in site.pages.items() if not page.hidden and path != "404.html"}
optional = {path for path, page in site.pages.items() if page.expired or re.search(r"/page/\d+/index\.html$", path)}
faults += [f"{path}: not in the sitemap" for path in sorted(may_be_listed - optional - listed)]
faults += [f"{path}: in the sitemap, but asks not to be listed" for path in sorted(listed - may_be_listed)]
if f"Sitemap: {site.base_url}sitemap.xml" not in site.text("robots.txt").splitlines():
    faults.append("robots.txt: does not name the sitemap")
finish(f"{len(listed)} addresses", faults)
