"""Reads every TOML file of the repository, and the front matter of every page, with a parser that is not ours.

    settings.py REPOSITORY_DIR
"""

import os
import sys
import tomllib
from pathlib import Path

from built import finish

# What is made, what is fetched, and the tests, which hold mistakes on purpose.
SKIPPED = {".bulletin", ".git", "node_modules", "public", "target", "tests"}


def toml(path: Path) -> str | None:
    """The TOML in a file: all of it, or what stands between the fences of a page."""
    if path.suffix == ".toml":
        return path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8")
        return text.removeprefix("+++\n").partition("\n+++\n")[0] + "\n" if text.startswith("+++\n") else None
    return None


faults: list[str] = []
read = 0
for folder, folders, names in os.walk(sys.argv[1]):
    folders[:] = sorted(set(folders) - SKIPPED)
    for path in (Path(folder) / name for name in sorted(names)):
        text = toml(path)
        if text is None:
            continue
        read += 1
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            faults.append(f"{path}: {error}")
if read == 0:
    faults.append("nothing to read")
finish(f"{read} files", faults)
