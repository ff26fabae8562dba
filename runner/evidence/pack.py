"""The evidence pack: one ZIP about one case that an auditor checks with Python alone.

Every file is on a list (``manifest.json``) whose SHA-256 is signed (``manifest.note``), so that any
changed, added or missing byte of a file is found and named. What is recorded is copied as recorded;
diagrams and report are drawn from it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from markupsafe import Markup

from runner import notes
from runner.clock import to_text
from runner.definitions.findings import half
from runner.definitions.release import Definitions, load_definitions
from runner.encoding import Encoded, canonical, encode
from runner.evidence.paths import Walked, before_each_migration, walked
from runner.evidence.reading import CaseRecord
from runner.evidence.report import DiagramShown, ReportFacts, now_text, render_report

_EPOCH = (1980, 1, 1, 0, 0, 0)  # one time for all entries: the same case gives the same bytes
VERIFIER = Path(__file__).parent / "verify.py"

README = """\
{number} · 证据包 / Evidence pack

核对 / To check:  python3 verify.py <this file>.zip --key "<公钥 / public key>"

report.html          报告 / the report, open it in a browser
events.jsonl         事件，每行一个，原始字节 / the events, one a line, exact bytes
values.jsonl         事件的内容与盐 / the content of the events, with salts
proofs.json          每个事件在签名日志中的位置 / the place of each event in the signed log
checkpoint.txt       签名检查点 / the signed checkpoint
release/             本案遵循的全部文件 / all files the case was pinned to
releases/            本案以前遵循的版本（如有）/ those it followed before it was migrated, if any
attachments/         附件 / attachments
manifest.json        文件清单 / the list of files; manifest.note 是其签名 / is its signature
"""


@dataclass(frozen=True)
class Signer:
    """Who vouches: the origin written in checkpoints, and its key."""

    origin: str
    key: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        return notes.verifier_key(self.origin, notes.public_bytes(self.key))


def verifier_digest() -> str:
    """SHA-256 of the verifier every pack carries; published, so that a false one is noticed."""
    return hashlib.sha256(VERIFIER.read_bytes()).hexdigest()


def build_pack(
    record: CaseRecord,
    definitions: Definitions,
    signer: Signer,
    *,
    site: str,
    made_at: datetime,
    language: str,
    zone: tzinfo,
) -> bytes:
    """The ZIP's bytes."""
    facts = ReportFacts(
        site=site,
        origin=signer.origin,
        public_key=signer.public_key,
        made_at=now_text(made_at, zone),
        verifier_digest=verifier_digest(),
    )
    files = dict(_recorded(record, made_at))
    diagrams = list(_diagrams(record, definitions, language))
    for path, shown in diagrams:
        files[path] = shown.svg.encode()
    shown_diagrams = [shown for _, shown in diagrams]
    report = render_report(record, definitions, shown_diagrams, facts, language, zone)
    files["report.html"] = report.encode()
    files["README.txt"] = README.format(number=record.complaint_number).encode()
    files["verify.py"] = VERIFIER.read_bytes()
    listed = canonical(
        {path: hashlib.sha256(data).hexdigest() for path, data in sorted(files.items())}
    )
    files["manifest.json"] = listed
    files["manifest.note"] = _signed_list(listed, record, signer).encode()
    return _zip(files)


def _recorded(record: CaseRecord, made_at: datetime) -> Iterator[tuple[str, bytes]]:
    case: dict[str, Encoded] = {
        "case": record.case.id,
        "complaint_number": record.complaint_number,
        "release": record.case.release_digest,
        "policy": record.case.policy_id,
        "events": str(len(record.events)),
        "simulated": record.case.simulated,
        "made_at": to_text(made_at),
    }
    yield "case.json", canonical(case)
    yield "events.jsonl", b"".join(event.header_bytes + b"\n" for event in record.events)
    yield (
        "values.jsonl",
        b"".join(
            canonical(
                {
                    "number": str(event.number),
                    "values": {
                        name: [event.salts[name], encode(value)]
                        for name, value in event.values.items()
                    },
                }
            )
            + b"\n"
            for event in record.events
            if event.values
        ),
    )
    yield (
        "proofs.json",
        canonical(
            [
                {"index": str(proof.index), "path": [step.hex() for step in proof.path]}
                for proof in record.proofs
            ]
        ),
    )
    yield "checkpoint.txt", record.checkpoint.note.encode()
    manifest: dict[str, Encoded] = {
        path: hashlib.sha256(data).hexdigest() for path, data in record.release_files.items()
    }
    yield "release/manifest.json", canonical(manifest)
    for path, data in record.release_files.items():
        yield f"release/{path}", data
    for digest, files in record.earlier_releases.items():
        listed: dict[str, Encoded] = {
            path: hashlib.sha256(data).hexdigest() for path, data in files.items()
        }
        yield f"releases/{digest}/manifest.json", canonical(listed)
        for path, data in files.items():
            yield f"releases/{digest}/{path}", data
    for attachment, data in record.documents.items():
        yield f"attachments/{attachment}", data


def _diagrams(
    record: CaseRecord, definitions: Definitions, language: str
) -> Iterator[tuple[str, DiagramShown]]:
    from runner.definitions.svg import render

    paths: Mapping[str, Walked] = walked(record.events)
    for process_id, path in paths.items():
        process = definitions.processes.get(process_id)
        if process is None:
            continue
        svg = render(
            definitions.files[process.file],
            language=language,
            taken=path.taken,
            active=path.active,
            standalone=True,
        )
        title = half(process.name, language)
        yield f"diagrams/{process_id}.svg", DiagramShown(title, Markup(svg))  # noqa: S704  # ours
    for number, (digest, events) in enumerate(before_each_migration(record.events), 1):
        earlier = load_definitions(record.earlier_releases.get(digest, record.release_files))
        for process_id, path in walked(events).items():
            process = earlier.processes.get(process_id)
            if process is None:
                continue
            svg = render(
                earlier.files[process.file],
                language=language,
                taken=path.taken,
                active=path.active,
                standalone=True,
            )
            left = half(f"离开版本 {digest[:12]} 时 / on leaving release {digest[:12]}", language)
            title = f"{half(process.name, language)} ({left})"
            name = f"diagrams/{process_id}.before-{number}.svg"
            yield name, DiagramShown(title, Markup(svg))  # noqa: S704  # ours


def _signed_list(listed: bytes, record: CaseRecord, signer: Signer) -> str:
    lines = [
        f"{signer.origin}/evidence-pack",
        record.case.id,
        hashlib.sha256(listed).hexdigest(),
    ]
    return notes.sign_text("\n".join(lines) + "\n", signer.origin, signer.key)


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
