"""What is kept is counted and taken away; what others put beside it stays."""

from __future__ import annotations

import asyncio
from pathlib import Path

from desktop.services.backups import DiskBackups
from desktop.services.kept import KeptFiles
from desktop.services.settings_file import SettingsFile


def fill(data: Path) -> list[Path]:
    """Files of ours; returns those of others."""
    ours = ["settings.json", "spending.db", "spending.db-wal", "entra.json", "crash.log",
            "benefits.stratex", "benefits (before update, version 3).stratex",
            "local-models/m/model.onnx", "cache/indexes/a.faiss",
            "backups/a-1/2026-11-29T16-20-00Z.stratex", "backups/a-1/2026-11-29T16-30-00Z.part"]
    others = ["diary.txt", "mine.stratex", "cache/other.bin", "backups/photos/sea.jpg"]
    for name in (*ours, *others):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(b"12345")
    (data / "backups" / "a-1" / "about.json").write_text('{"workspace": "/w/a.stratex"}')
    return [data / name for name in others]


def kept_in(data: Path) -> KeptFiles:
    settings = SettingsFile(data)
    backups = DiskBackups(settings.backups_folder, lambda: 10**9)
    return KeptFiles(settings, backups, lambda: [data / "benefits.stratex"])


def test_sizes_by_kind(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "settings.json").write_text("{}")
    sizes = {each.title: each.size for each in asyncio.run(kept_in(tmp_path).listed())}
    assert sizes == {
        "Settings": 2, "What connections need": 5, "Spending": 10, "Samples": 10,
        "Backups": 10 + 29, "Models trained here": 5, "Search indexes": 5, "Logs": 5}


def test_erasing_leaves_what_others_put_there(tmp_path: Path) -> None:
    others = fill(tmp_path)
    kept = kept_in(tmp_path)
    kept.clear_cache()
    assert not (tmp_path / "cache" / "indexes").exists()
    kept.erase()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(left) == sorted(others)
    assert not (tmp_path / "backups" / "a-1").exists()


def test_an_empty_data_folder_goes_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "settings.json").write_text("{}")
    (data / "cache" / "indexes").mkdir(parents=True)
    kept_in(data).erase()
    assert list(tmp_path.iterdir()) == []
