"""The throw-away PostgreSQL server goes away quietly, whatever became of its folder."""

from __future__ import annotations

from pathlib import Path

from tests.postgresql import Server


def test_a_server_whose_folder_is_gone_is_stopped_without_an_error(tmp_path: Path) -> None:
    Server(tmp_path / "gone", tmp_path, 1).stop()


def test_a_server_that_cannot_be_stopped_fails_no_test(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postmaster.pid").write_text("1")
    program = tmp_path / "pg_ctl"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents):  # the server's account must reach it
        if folder != Path("/") and folder.stat().st_uid == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    Server(tmp_path, tmp_path, 1).stop()
