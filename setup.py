"""The wheel carries `resources/` inside the package; everything else is in pyproject.toml.

To setuptools each folder of data is a package of its own.
"""

from pathlib import Path

from setuptools import find_packages, setup

RESOURCES = Path(__file__).parent / "resources"
# What the sample workspaces are made from: only packaging/make_samples.py needs it.
NOT_SHIPPED = {RESOURCES / "samples" / name for name in ("benefits", "marketing", "sql")}

folders = {
    ".".join(("desktop", *folder.relative_to(RESOURCES.parent).parts)):
        folder.relative_to(RESOURCES.parent).as_posix()
    for folder in (RESOURCES, *RESOURCES.rglob("*"))
    if folder.is_dir() and folder not in NOT_SHIPPED
}

setup(
    packages=[*find_packages(include=["desktop", "desktop.*"]), *folders],
    package_dir=folders,
    package_data={name: ["*"] for name in folders},
    exclude_package_data={name: [".gitattributes"] for name in folders},
)
