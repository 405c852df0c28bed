"""Freeze the program into one folder, try it, and pack it. Run by `bootstrap.py bundle`.

    .venv/bin/python packaging/bundle.py [--full] [--no-archive]

Leaves in `dist/`: the folder, for Linux a tar.xz with desktop file, icon, install.sh and
uninstall.sh (elsewhere a zip), the licences of everything inside, a software bill of materials
(CycloneDX 1.5) and SHA256SUMS.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions, packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
FOLDER = DIST / "strategy-explorer"
LINUX = ROOT / "packaging" / "linux"
LICENCE_NAMES = ("license", "licence", "copying", "notice", "authors")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="with torch and sentence-transformers")
    parser.add_argument("--no-archive", action="store_true", help="leave it as a folder")
    options = parser.parse_args()
    freeze(options.full)
    strip_interpreter()
    add_extras()
    add_licences()
    if code := subprocess.run([program(), "--selftest"], check=False).returncode:
        print("The bundle failed its own test; it was not packed.", file=sys.stderr)
        return code
    print(f"{FOLDER}: {size_of(FOLDER) / 1e6:,.0f} MB")
    if not options.no_archive:
        archive = pack(options.full)
        write_sums(archive)
        print(f"{archive}: {archive.stat().st_size / 1e6:,.0f} MB")
    return 0


def program() -> Path:
    return FOLDER / ("strategy-explorer.exe" if os.name == "nt" else "strategy-explorer")


def freeze(full: bool) -> None:
    """Raises CalledProcessError when PyInstaller fails; its lines say why."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
         "--distpath", str(DIST), "--workpath", str(ROOT / "build" / "bundle"),
         str(ROOT / "packaging" / "strategy-explorer.spec")],
        check=True, cwd=ROOT, env={**os.environ, "STRATEGY_EXPLORER_FULL": str(int(full))},
    )


def strip_interpreter() -> None:
    """Take debugging symbols out of Python's own libraries, some 25 MB where it was built from
    source. Not out of those of wheels, which do not load afterwards."""
    strip = shutil.which("strip")
    if platform.system() != "Linux" or strip is None:
        return
    inside = FOLDER / "_internal"
    own = [*inside.glob("libpython*"), *inside.glob("python3*/lib-dynload/*.so")]
    subprocess.run([strip, "--strip-unneeded", *own], check=True)


def add_extras() -> None:
    shutil.copy(ROOT / "LICENSE", FOLDER)
    shutil.copy(ROOT / "README.md", FOLDER)
    if platform.system() != "Linux":
        return
    share = FOLDER / "share"
    share.mkdir(exist_ok=True)
    for path in LINUX.iterdir():
        shutil.copy(path, FOLDER if path.suffix == ".sh" else share)
    shutil.copy(ROOT / "resources" / "icons" / "app.png", share / "strategy-explorer.png")


def add_licences() -> None:
    """A folder for each library that was frozen, and the bill of materials."""
    target, components = FOLDER / "licences", []
    for found in sorted(shipped(), key=lambda each: each.name.lower()):
        components.append(component(found))
        for path in licence_files(found):
            own = target / f"{found.name}-{found.version}"
            own.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, own / path.name)
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "components": components}
    (FOLDER / "bill-of-materials.json").write_text(json.dumps(bill, indent=1), encoding="utf-8")


def shipped() -> Iterator[Distribution]:
    """The distributions of which a module lies in the bundle."""
    inside = {path.name for path in (FOLDER / "_internal").iterdir()} | frozen_modules()
    owners = packages_distributions()
    names = {owner.lower() for name, owned in owners.items() if name in inside for owner in owned}
    seen = set()
    for found in distributions():
        name = found.name.lower()
        if name in names and name not in seen:
            seen.add(name)
            yield found


def frozen_modules() -> set[str]:
    """Top-level names in the archive of modules, which PyInstaller lists beside it."""
    listing = next((ROOT / "build" / "bundle").rglob("PYZ-00.toc"), None)
    if listing is None:
        return set()
    import ast

    entries = ast.literal_eval(listing.read_text(encoding="utf-8"))[1]
    return {name.partition(".")[0] for name, *_ in entries}


def component(found: Distribution) -> dict[str, object]:
    licence = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    made: dict[str, object] = {
        "type": "library", "name": found.name, "version": found.version,
        "purl": f"pkg:pypi/{found.name.lower()}@{found.version}",
    }
    if licence and len(licence) < 80:
        made["licenses"] = [{"license": {"name": licence.strip()}}]
    return made


def licence_files(found: Distribution) -> Iterator[Path]:
    for file in found.files or ():
        if file.name.lower().startswith(LICENCE_NAMES) and "dist-info" in str(file):
            path = Path(str(found.locate_file(file)))
            if path.is_file():
                yield path


def pack(full: bool) -> Path:
    """A tar.xz on Linux, a zip elsewhere."""
    from desktop import __version__

    machine = platform.machine().lower()
    name = f"strategy-explorer-{__version__}-{platform.system().lower()}-{machine}"
    target = DIST / (name + ("-full" if full else ""))
    if platform.system() != "Linux":
        return Path(shutil.make_archive(str(target), "zip", DIST, FOLDER.name))
    archive = target.with_name(target.name + ".tar.xz")
    with tarfile.open(archive, "w:xz", preset=6) as packed:
        packed.add(FOLDER, arcname=target.name)
    return archive


def write_sums(archive: Path) -> None:
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    (DIST / "SHA256SUMS").write_text(f"{found}  {archive.name}\n", encoding="utf-8")


def size_of(folder: Path) -> int:
    """Bytes of the files in it, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
