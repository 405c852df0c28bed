"""Zip archives as folders: listed, read and refused without unpacking to the disk."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from desktop.core.errors import DocumentError
from desktop.services import archives
from desktop.services.files import find, read

from .office_files import archive


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "all.zip"
    path.write_bytes(archive({
        "plans/gold.md": b"# Gold\nGlasses.", "plans/photo.png": b"\x89PNG\0",
        ".hidden.md": b"x", "__MACOSX/._gold.md": b"x", "plans/": b"",
    }))
    return path


def test_an_archive_is_listed_and_read_like_a_folder(made: Path) -> None:
    found = {file.name: file for file in find([str(made.parent)])}
    assert set(found) == {"gold.md", "photo.png"} and found["photo.png"].other
    assert found["gold.md"].path == str(made / "plans" / "gold.md")
    assert read(found["gold.md"].path).content == b"# Gold\nGlasses."


def test_an_archive_without_documents_says_so(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    path.write_bytes(archive({"a.png": b"\x89PNG\0"}))
    assert [file.path for file in find([str(path)])] == [str(path)]
    assert "holds no file of a kind that is read" in refusal(path)


@pytest.mark.parametrize(("content", "said"), [
    (b"no archive", "damaged or no zip"),
    (archive({f"{n}.md": b"x" for n in range(2_001)}), "2,001 files"),
], ids=["no archive", "many files"])
def test_a_bad_archive_is_one_refusal(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.zip"
    path.write_bytes(content)
    assert [file.other for file in find([str(path)])] == [False]
    assert said in refusal(path)


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(archive({"a.txt": b"\0" * 50_000_000, "b.txt": b"good"}))
    assert "unpacks to more than 200 times" in refusal(path / "a.txt")
    assert read(str(path / "b.txt")).content == b"good"


def test_names_in_archives_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "climbing.zip"
    outside = tmp_path / "outside.txt"
    outside.write_text("not in the archive")
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("../outside.txt", "inside")
        file.writestr(link, str(outside))
    assert "link.txt" not in archives.members(str(path))
    for found in find([str(path)]):
        with pytest.raises(DocumentError):
            read(found.path)


def refusal(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        read(str(path))
    assert caught.value.remedy
    return str(caught.value)
