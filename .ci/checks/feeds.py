"""Holds every feed of a built site against its format, against a feed reader's eyes, and against the others.

    feeds.py SITE_DIR BASE_URL

Atom follows atom.rng; RSS 2.0 and JSON Feed 1.1 are held against what their texts demand. In all of them ids are
unique, addresses are full ones and lead to something, and what changed last stands first. What feedparser and atoma,
which share no code, make of Atom and RSS is what is in the files, and the three feeds of a home page say the same: but
for what was retracted, which has a tombstone in Atom and a notice in the others.
"""

import json
import re
import sys
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import struct_time
from urllib.parse import unquote, urldefrag, urlsplit

import atoma
import feedparser
from lxml import etree

from built import Page, Site, finish

AT = "{http://purl.org/atompub/tombstones/1.0}"
A = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)")

site = Site(*sys.argv[1:3])
atom_schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
faults: list[str] = []


def expect(holds: object, fault: str) -> None:
    if not holds:
        faults.append(fault)


def entry(identity: str, title: str, url: str, published: datetime, updated: datetime, html: str) -> dict:
    """What the three formats have in common."""
    return {"id": identity, "title": title, "url": url, "published": published, "updated": updated, "html": html}


def atom(path: str) -> list[dict]:
    document = etree.parse(site.folder / path)
    if not atom_schema.validate(document):
        faults.extend(f"{path}:{error.line}: {error.message}" for error in atom_schema.error_log)
    feed = document.getroot()
    own = feed.find(f"{A}link[@rel='self']")
    expect(own is not None and own.get("href") == site.url(path), f"{path}: `self` is not its own address")
    stones = {node.get("ref"): node.get("when") for node in feed.iterfind(f"{AT}deleted-entry")}
    ids = {node.text for node in feed.iterfind(f"{A}entry/{A}id")}
    expect(not ids & stones.keys(), f"{path}: holds entries that it says are deleted")
    tombstones[path] = set(stones)
    moments = [node.text for node in feed.iterfind(f"{A}entry/{A}updated")] + list(stones.values())
    newest = max(moments, key=datetime.fromisoformat, default=None)
    expect(newest in (None, feed.findtext(f"{A}updated")), f"{path}: is not as new as its newest entry")
    return [
        entry(
            node.findtext(f"{A}id"),
            node.findtext(f"{A}title"),
            node.find(f"{A}link[@rel='alternate']").get("href"),
            datetime.fromisoformat(node.findtext(f"{A}published")),
            datetime.fromisoformat(node.findtext(f"{A}updated")),
            node.findtext(f"{A}content"),
        )
        for node in feed.iterfind(f"{A}entry")
    ]


def rss(path: str) -> list[dict]:
    root = etree.parse(site.folder / path).getroot()
    expect(root.tag == "rss" and root.get("version") == "2.0", f"{path}: is not RSS 2.0")
    channel = root.find("channel")
    for name in ("title", "link", "description"):
        expect((channel.findtext(name) or "").strip(), f"{path}: the channel has no {name}")
    own = channel.find(f"{A}link[@rel='self']")
    expect(own is not None and own.get("href") == site.url(path), f"{path}: `self` is not its own address")
    found = []
    for node in channel.iterfind("item"):
        written = node.findtext("pubDate") or ""
        expect(RFC822.fullmatch(written), f"{path}: {written!r} is no date of RFC 822")
        day = parsedate_to_datetime(written)
        expect(written.startswith(day.strftime("%a")), f"{path}: {written} was another day of the week")
        guid = node.find("guid")
        permanent = guid.get("isPermaLink", "true") == "true"
        expect(not permanent or guid.text == node.findtext("link"), f"{path}: {guid.text} is no permanent link")
        expect((node.findtext("description") or "").strip(), f"{path}: {guid.text} has no description")
        changed = node.findtext(f"{A}updated")
        changed = datetime.fromisoformat(changed) if changed else day
        found.append(entry(guid.text, node.findtext("title"), node.findtext("link"), day, changed, node.findtext(CONTENT)))
    return found


def json_feed(path: str) -> list[dict]:
    feed = json.loads(site.text(path))
    expect(feed.get("version") == "https://jsonfeed.org/version/1.1", f"{path}: is not JSON Feed 1.1")
    expect(feed.get("title"), f"{path}: has no title")
    expect(feed.get("feed_url") == site.url(path), f"{path}: `feed_url` is not its own address")
    expect(site.file(feed.get("home_page_url", "")), f"{path}: `home_page_url` leads to nothing")
    known = {"version", "title", "home_page_url", "feed_url", "description", "language", "authors", "icon", "favicon", "items"}
    expect(feed.keys() <= known, f"{path}: unknown keys {sorted(feed.keys() - known)}")
    for author in feed.get("authors", []) + [author for item in feed["items"] for author in item.get("authors", [])]:
        expect(author.keys() & {"name", "url", "avatar"}, f"{path}: an author without name, url or avatar")
    for item in feed["items"]:
        expect(isinstance(item.get("id"), str), f"{path}: an id that is no string")
        for key in ("date_published", "date_modified"):
            expect(RFC3339.fullmatch(item.get(key, "1970-01-01T00:00:00Z")), f"{path}: {item[key]!r} is no date of RFC 3339")
        expect(all(isinstance(tag, str) for tag in item.get("tags", [])), f"{path}: tags that are no strings")
    return [
        entry(
            item["id"],
            item["title"],
            item["url"],
            datetime.fromisoformat(item["date_published"]),
            datetime.fromisoformat(item["date_modified"]),
            item["content_html"],
        )
        for item in feed["items"]
    ]


def judge(path: str, entries: list[dict]) -> None:
    """What must hold in every format."""
    ids = [each["id"] for each in entries]
    expect(len(set(ids)) == len(ids), f"{path}: an id stands twice")
    dates = [each["updated"] for each in entries]
    expect(dates == sorted(dates, reverse=True), f"{path}: what changed last is not the first")
    expect(all(each["published"] <= each["updated"] for each in entries), f"{path}: changed before it was published")
    for each in entries:
        where = f"{path}: {each['url']}"
        expect(site.file(each["url"]) in site.pages, f"{where} is no page of the site")
        expect((each["html"] or "").strip(), f"{where} has no content")
        content = Page(each["html"] or "")
        expect(not any(tag in ("script", "style", "form") for tag, _ in content.elements), f"{where} is active")
        for reference in content.references:
            expect(urlsplit(reference).scheme, f"{where}: {reference} is not a full address")
            if site.owns(reference):
                target, fragment = site.file(reference), unquote(urldefrag(reference).fragment)
                expect(target, f"{where}: {reference} leads to nothing")
                ids_there = site.pages[target].ids if target in site.pages else ()
                expect(not fragment or fragment in ids_there, f"{where}: {reference} names no element")


def read_as_readers_do(path: str, entries: list[dict]) -> None:
    parsed = feedparser.parse(site.folder.joinpath(path).read_bytes())
    expect(not parsed.bozo, f"{path}: feedparser complains: {parsed.get('bozo_exception')}")
    expect(len(parsed.entries) == len(entries), f"{path}: feedparser sees {len(parsed.entries)} of {len(entries)} entries")
    for seen, each in zip(parsed.entries, entries):
        utc: struct_time = each["published"].utctimetuple()
        expect(seen.get("id") == each["id"], f"{path}: {each['url']}: feedparser sees the id {seen.get('id')}")
        expect(seen.get("title") == each["title"], f"{path}: {each['url']}: feedparser sees the title {seen.get('title')!r}")
        expect(seen.get("link") == each["url"], f"{path}: {each['url']}: feedparser sees the address {seen.get('link')}")
        expect(seen.get("published_parsed") == utc, f"{path}: {each['url']}: feedparser sees {seen.get('published')}")
        expect(any(part.value.strip() for part in seen.get("content", [])), f"{path}: {each['url']}: feedparser sees no content")


def read_as_others_do(path: str, entries: list[dict]) -> None:
    """The same with a parser that knows only what the specifications say."""
    text = site.folder.joinpath(path).read_bytes()
    if path.endswith("rss.xml"):
        seen = [(item.guid, item.title, item.link, item.pub_date) for item in atoma.parse_rss_bytes(text).items]
    else:
        feed = atoma.parse_atom_bytes(text)
        seen = [(item.id_, item.title.value, item.links[0].href, item.published) for item in feed.entries]
    wanted = [(each["id"], each["title"], each["url"], each["published"]) for each in entries]
    expect(seen == wanted, f"{path}: atoma sees {seen}, not {wanted}")


tombstones: dict[str, set[str]] = {}
READERS = {"feed.xml": atom, "rss.xml": rss, "feed.json": json_feed}
feeds: dict[str, list[dict]] = {}
for path in sorted(site.files):
    reader = READERS.get(path.rpartition("/")[2])
    if reader:
        try:
            feeds[path] = reader(path)
            judge(path, feeds[path])
            if reader is not json_feed:
                read_as_readers_do(path, feeds[path])
                read_as_others_do(path, feeds[path])
        except (AttributeError, KeyError, TypeError, ValueError, etree.XMLSyntaxError, atoma.FeedParseError) as error:
            faults.append(f"{path}: cannot be read to the end: {error!r}")

for path in [path for path in feeds if path.endswith("rss.xml")]:
    home = path.removesuffix("rss.xml")
    expect(feeds.get(home + "feed.json") == feeds[path], f"{path}: does not say what feed.json says")
    retracted = tombstones.get(home + "feed.xml", set())
    living = [each for each in feeds[path] if each["id"] not in retracted]
    expect(feeds.get(home + "feed.xml") == living, f"{path}: does not say what feed.xml says")
expect({"feed.xml", "rss.xml", "feed.json"} <= feeds.keys(), "the home page lacks a feed")
expect(all(feeds.values()), f"empty feeds: {[path for path, entries in feeds.items() if not entries]}")
finish(f"{len(feeds)} feeds, {sum(map(len, feeds.values()))} entries", faults)
