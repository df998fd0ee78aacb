"""Holds the twins of briefings against the schema of IPTC, and security.txt against RFC 9116.

    ninjs.py SITE_DIR BASE_URL

Every ninjs document of the site, the index among them, is valid; every briefing has one, which its page links to; the index
leads to all of them.
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from sectxt import Parser

from built import Site, finish

# The schema is somebody else's, and lies beside the project.
SCHEMA = Path(__file__).resolve().parents[2].parent / "shared/conformance/ninjs-schema_3.1.json"
# No twin holds coordinates, so that what IPTC refers to for these need not be here.
GEOJSON = "https://geojson.org/schema/GeoJSON.json"
# What RFC 9116 only recommends: a key for mail, a signature.
RECOMMENDED = {"no_encryption", "not_signed"}

site = Site(*sys.argv[1:3])
faults: list[str] = []

documents = [path for path in sorted(site.files) if path == "ninjs.json" or path.endswith("/ninjs.json")]
if SCHEMA.exists():
    registry = Registry().with_resource(GEOJSON, Resource(contents={}, specification=DRAFT202012))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
    for path in documents:
        for error in validator.iter_errors(json.loads(site.text(path))):
            faults.append(f"{path}: {error.json_path}: {error.message}")
else:
    print(f"skipped: the schema of IPTC is not at {SCHEMA}")

linked = set()
for path, page in site.pages.items():
    for tag, attrs in page.elements:
        if tag == "link" and attrs.get("rel") == "alternate" and attrs.get("type") == "application/json":
            twin = site.file(attrs["href"])
            if twin is None:
                faults.append(f"{path}: has no twin at {attrs['href']}")
            linked.add(twin)
faults += [f"{path}: no page links to it" for path in sorted(set(documents) - linked - {"ninjs.json"})]

listed = {
    site.file(rendition["href"])
    for entry in json.loads(site.text("ninjs.json"))["associations"]
    for rendition in entry["renditions"]
}
unlisted = {path.removesuffix("index.html") + "ninjs.json" for path, page in site.pages.items() if page.hidden}
if listed | unlisted & set(documents) != set(documents) - {"ninjs.json"}:
    faults.append("ninjs.json: does not lead to every twin, or leads elsewhere")

security = Parser((site.folder / ".well-known/security.txt").read_bytes())
faults += [f"security.txt: {error['message']}" for error in security.errors]
faults += [f"security.txt: {one['message']}" for one in security.recommendations if one["code"] not in RECOMMENDED]
if not documents:
    faults.append("no twins")
finish(f"{len(documents)} documents", faults)
