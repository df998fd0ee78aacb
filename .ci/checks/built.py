"""The built site as the Python checks see it: files below a folder, addresses below a base URL.

An address means the file that a static host would answer with: the path itself, or index.html in it when it ends in
a slash. Nothing is fetched.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

# Where each element may name another file or page.
REFERENCES = {
    "a": ["href"], "area": ["href"], "link": ["href"], "script": ["src"], "iframe": ["src"], "embed": ["src"],
    "object": ["data"], "img": ["src"], "source": ["src"], "audio": ["src"], "video": ["src", "poster"],
    "track": ["src"], "input": ["src"], "form": ["action"], "blockquote": ["cite"], "q": ["cite"], "del": ["cite"],
    "ins": ["cite"],
}


class Page(HTMLParser):
    """What one HTML page refers to, what it can be referred to by, and which elements it has."""

    def __init__(self, html: str):
        super().__init__()
        self.references: list[str] = []
        self.ids: set[str] = set()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attrs))
        if "id" in attrs:
            self.ids.add(attrs["id"])
        self.references += [attrs[name] for name in REFERENCES.get(tag, []) if name in attrs]
        for candidate in attrs.get("srcset", "").split(","):
            self.references += candidate.split()[:1]
        if tag == "meta" and attrs.get("http-equiv", "").lower() == "refresh":
            self.references.append(attrs["content"].split("url=", 1)[1])
        if tag == "meta" and attrs.get("property") in ("og:image", "og:url"):
            self.references.append(attrs["content"])

    handle_startendtag = handle_starttag

    @property
    def redirects(self) -> bool:
        return any(attrs.get("http-equiv") == "refresh" for tag, attrs in self.elements if tag == "meta")

    @property
    def expired(self) -> bool:
        """Whether it says that it holds no longer: expired, or retracted."""
        marks = {"notice", "retraction"}
        return any(marks & set(attrs.get("class", "").split()) for _, attrs in self.elements)

    @property
    def hidden(self) -> bool:
        robots = (attrs for tag, attrs in self.elements if tag == "meta" and attrs.get("name") == "robots")
        return any("noindex" in attrs["content"] for attrs in robots)


class Site:
    """A folder and the address it will be read at."""

    def __init__(self, folder: str, base_url: str):
        self.folder, self.base_url = Path(folder), base_url
        self.files = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}
        self.pages = {path: Page(self.text(path)) for path in sorted(self.files) if path.endswith(".html")}

    def text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def url(self, path: str) -> str:
        """The full address of a file."""
        return self.base_url + (path.removesuffix("index.html") if path.split("/")[-1] == "index.html" else path)

    def owns(self, url: str) -> bool:
        """Whether an address is on the site's host, below its base path or not."""
        return urlsplit(url)[:2] == urlsplit(self.base_url)[:2]

    def file(self, url: str) -> str | None:
        """The file an address means, if the site has it."""
        url = urldefrag(url).url.split("?")[0]
        if not url.startswith(self.base_url):
            return None
        path = unquote(url.removeprefix(self.base_url))
        path += "index.html" if path == "" or path.endswith("/") else ""
        return path if path in self.files else None


def finish(done: str, faults: list[str]):
    """Tells what was found, and ends the process as it deserves."""
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{done}, {len(faults)} faults")
    sys.exit(1 if faults else 0)
