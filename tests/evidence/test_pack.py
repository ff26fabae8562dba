"""A pack of a whole random case verifies; any changed file of it is found and named."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from runner.clock import SetClock
from runner.engine.access import SYSTEM, Person
from runner.engine.checkpoints import public_key
from runner.errors import NotFound
from runner.evidence import verify
from runner.evidence.export import EvidencePack, export_evidence
from runner.evidence.pack import verifier_digest
from runner.store.tables import subject_keys
from tests.properties.walking import Walk
from tests.sites import NOW, Released, everybody

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def walked(released: Released, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    clock = SetClock(NOW)
    folder = tmp_path_factory.mktemp("evidence")
    site, settings = released.copy(folder / "site", clock)
    walk = Walk(
        site=site,
        settings=settings,
        people=everybody(site),
        clock=clock,
        reopen=lambda: released.reopen(settings, clock),
        random=Random(41),
        policy="demo-consumer",
    )
    walk.run()
    yield walk
    walk.site.database.close()


@pytest.fixture(scope="module")
def pack(walked: Walk) -> EvidencePack:
    return export_evidence(walked.site, actor=SYSTEM, case=walked.case_id, language="zh")


def said(path: Path, key: str | None) -> tuple[bool, str]:
    lines: list[str] = []
    return verify.verify(path, key, lines.append), "\n".join(lines)


def rewritten(pack: EvidencePack, change: Callable[[dict[str, bytes]], None], path: Path) -> Path:
    """The pack with its files changed, zipped again."""
    with zipfile.ZipFile(io.BytesIO(pack.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_the_enclosed_verifier_holds_the_pack_with_python_alone(
    pack: EvidencePack, tmp_path: Path
) -> None:
    target = tmp_path / pack.name
    target.write_bytes(pack.data)
    with zipfile.ZipFile(target) as archive:
        (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
    result = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", target.name, "--key", pack.public_key],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "BROKEN" not in result.stdout
    assert f"verify.py {verifier_digest()}" in result.stdout
    assert "signed by ombud/test" in result.stdout


def test_without_a_key_the_origin_is_not_proven(pack: EvidencePack, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(pack.data)
    held, text = said(tmp_path / "a.zip", None)
    assert held
    assert "origin is not proven" in text


def test_any_changed_file_is_found_and_named(pack: EvidencePack, tmp_path: Path) -> None:
    """LG-12: a record that was changed afterwards is not taken for the true one."""
    with zipfile.ZipFile(io.BytesIO(pack.data)) as archive:
        names = archive.namelist()
    random = Random(7)
    for name in [n for n in names if not n.startswith("release/")] + random.sample(names, 10):

        def flip(files: dict[str, bytes], name: str = name) -> None:
            data = bytearray(files[name] or b"x")
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            files[name] = bytes(data)

        held, text = said(rewritten(pack, flip, tmp_path / "changed.zip"), pack.public_key)
        assert not held, name
        assert name.removesuffix(".note").removesuffix(".json") in text, text


def test_a_missing_an_added_and_a_doubled_file_are_found(
    pack: EvidencePack, tmp_path: Path
) -> None:
    path = tmp_path / "b.zip"
    held, text = said(rewritten(pack, lambda f: f.pop("report.html"), path), pack.public_key)
    assert (held, "report.html: missing" in text) == (False, True)
    held, text = said(
        rewritten(pack, lambda f: f.update({"extra.txt": b"x"}), path), pack.public_key
    )
    assert (held, "extra.txt: is not on the signed list" in text) == (False, True)
    path.write_bytes(pack.data)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("events.jsonl", b"{}")
    held, text = said(path, pack.public_key)
    assert (held, "events.jsonl: is in the pack 2 times" in text) == (False, True)


def test_flipped_bytes_of_the_zip_never_pass_unnoticed_in_a_file(
    pack: EvidencePack, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(pack.data)) as archive:
        good = {name: archive.read(name) for name in archive.namelist()}
    random, path = Random(3), tmp_path / "c.zip"
    for _ in range(60):
        data = bytearray(pack.data)
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        path.write_bytes(data)
        held, text = said(path, pack.public_key)
        if held:  # then the flip lay in the ZIP's own housekeeping: every file reads as before
            with zipfile.ZipFile(path) as archive:
                assert {name: archive.read(name) for name in archive.namelist()} == good
        else:
            assert "BROKEN" in text


def test_another_key_is_refused(pack: EvidencePack, tmp_path: Path) -> None:
    (tmp_path / "d.zip").write_bytes(pack.data)
    stranger = re.sub(r"[^+]$", lambda m: "A" if m[0] != "A" else "B", pack.public_key)
    held, text = said(tmp_path / "d.zip", stranger)
    assert (held, "BROKEN" in text) == (False, True)


def test_what_is_no_pack_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_bytes(b"not a zip")
    result = subprocess.run(
        [sys.executable, str(ROOT / "runner/evidence/verify.py"), str(tmp_path / "e.zip")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2


def test_a_case_of_others_is_not_found(walked: Walk) -> None:
    stranger = Person("nobody", "nobody", "Nobody")
    with pytest.raises(NotFound):
        export_evidence(walked.site, actor=stranger, case=walked.case_id, language="en")


def test_an_erased_person_leaves_a_case_that_still_verifies(walked: Walk, tmp_path: Path) -> None:
    site = walked.site
    with site.database.write() as connection:
        subjects = connection.execute(subject_keys.select()).scalars().all()
        for subject in subjects:
            site.vault.erase(connection, subject, site.clock)
    pack = export_evidence(site, actor=SYSTEM, case=walked.case_id, language="en")
    (tmp_path / "f.zip").write_bytes(pack.data)
    held, text = said(tmp_path / "f.zip", public_key(site))
    assert held, text
    assert "were erased and cannot be checked" in text
    assert "0 values are those recorded" in text


def test_a_step_left_out_is_no_path_on_the_diagram(pack: EvidencePack, tmp_path: Path) -> None:
    """The chain would show it first; the token game alone shows it too."""
    (tmp_path / "g.zip").write_bytes(pack.data)
    whole = verify.Pack(tmp_path / "g.zip")
    case = whole.json("case.json")
    events, _ = verify.check_chain(whole, case)
    verify.check_path(whole, events, case)
    steps = [
        index
        for index, header in enumerate(events)
        if header["type"] == "element_completed" and header["facts"].get("flows")
    ]
    assert len(steps) > 40
    for left_out in steps:
        with pytest.raises(verify.Broken, match="event"):
            verify.check_path(whole, events[:left_out] + events[left_out + 1 :], case)


def test_the_report_speaks_in_the_words_of_forms_and_tables(walked: Walk) -> None:
    from runner.definitions.findings import half

    for language in ("zh", "en"):
        made = export_evidence(walked.site, actor=SYSTEM, case=walked.case_id, language=language)
        with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
            report = archive.read("report.html").decode()
            definitions = {
                name: archive.read(name).decode() for name in archive.namelist() if ".dmn" in name
            }
        told = report[report.index("<h2>4.") : report.index("<h2>6.")]
        shown = re.sub(r"<[^>]+>", " ", told)
        assert not re.search(r"\b[0-9a-f]{32}\b", shown)
        assert "case_class" not in shown
        assert "demo-consumer" not in re.sub(r"<[^>]+>", " ", report.split("<h2>1.")[0])
        rule = re.search(
            r"<description>(其余是一般投诉[^<]*)</description>",
            definitions["release/processes/triage_a.dmn"],
        )
        assert rule is not None
        assert half(rule[1], language)
        assert '<th scope="row"></th>' not in told
