from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner, Result

from runner.cli import main
from tests.definitions.check.layout_cases import drawn
from tests.definitions.check.procedures import procedure


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small procedure in a folder of its own, the terminal in it, and a site beside."""
    for path, data in procedure(drawn()).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMBUD_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("OMBUD_SITE_TITLE", "Clear Water Ltd")
    return tmp_path


def manual(*words: str) -> Result:
    return CliRunner().invoke(main, ["manual", *words])


def test_the_folder_here_is_printed_as_a_draft(folder: Path) -> None:
    done = manual("--policy", "own", "--lang", "en", "--html", "m.html", "--pdf", "m.pdf")
    assert done.exit_code == 0, done.output
    assert "still to be decided" in done.output
    page = (folder / "m.html").read_text("utf-8")
    assert "Clear Water Ltd" in page
    assert "draft, not released" in page
    text = pypdf.PdfReader(BytesIO((folder / "m.pdf").read_bytes())).pages[0].extract_text()
    assert "PM-OWN" in text


def test_a_release_is_printed_with_every_release_before_it(folder: Path) -> None:
    for reason in ("first", "clearer names"):
        (folder / "processes/p.bpmn").write_bytes(
            drawn(names={"Mended": reason.split()[0].title()})
        )
        made = CliRunner().invoke(main, ["release", "--reason", f"原因 / {reason}"])
        assert made.exit_code == 0, made.output
    done = manual("--policy", "own", "--lang", "en", "--release", "2", "--html", "m.html")
    assert done.exit_code == 0, done.output
    page = (folder / "m.html").read_text("utf-8")
    assert "clearer names" in page
    assert "<td>first</td>" in page
    assert "in force, since" in page
    assert "draft" not in page
    before = manual("--policy", "own", "--lang", "en", "--release", "1", "--html", "old.html")
    assert before.exit_code == 0
    assert "clearer names" not in (folder / "old.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Say where to write it"),
        (["--html", "m.html"], "Name a policy with --policy: base, own"),
        (["--html", "m.html", "--policy", "nix"], 'There is no policy "nix"'),
        (["--html", "m.html", "--policy", "own", "--release", "9", "."], "not both"),
        (["--html", "no/m.html", "--policy", "own"], "no/m.html"),
    ],
    ids=["nowhere", "no policy", "unknown policy", "two sources", "no such folder"],
)
def test_what_cannot_be_printed_is_told_in_one_sentence(
    folder: Path, words: list[str], told: str
) -> None:
    refused = manual(*words)
    assert refused.exit_code in (1, 2)
    assert told in refused.output
    assert "Traceback" not in refused.output


def test_a_release_that_never_was_is_refused(folder: Path) -> None:
    assert CliRunner().invoke(main, ["release", "--reason", "x"]).exit_code == 0
    refused = manual("--policy", "own", "--release", "9", "--html", "m.html")
    assert refused.exit_code == 1
    assert "There is no release 9" in refused.output
