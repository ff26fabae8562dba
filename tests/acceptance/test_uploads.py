"""Files from strangers: known by their bytes, kept under harmless names, given out harmlessly."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping

import pytest
from PIL import Image

from tests.acceptance.browsing import Page
from tests.acceptance.office import Office

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def picture(form: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (9, 7), "red").save(data, form)
    return data.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A picture of many pixels in few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * 64, 9)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def archive() -> bytes:
    """A small file that unpacks to much."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("bomb.txt", bytes(5_000_000))
    return data.getvalue()


REFUSED: Mapping[str, tuple[str, bytes]] = {
    "a text where photos, PDF and films are promised": ("note.txt", "水泵漏水 🙂".encode()),
    "a text that ends as a page": ("n.html", b"text " + HTML),
    "HTML called a photo": ("photo.jpg", HTML),
    "HTML behind white space": ("photo.jpg", b" \r\n\t" + HTML),
    "HTML behind a mark": ("photo.txt", b"\xef\xbb\xbf" + HTML),
    "SVG": ("drawing.svg", SVG),
    "SVG called a photo": ("photo.png", SVG),
    "a document with macros": ("x.docm", archive()),
    "an archive that grows": ("bomb.zip", archive()),
    "a picture of too many pixels": ("wide.png", huge_png(30_000, 30_000)),
    "a picture of more pixels than a screen has": ("big.png", huge_png(9_000, 9_000)),
    "a picture cut off": ("half.png", picture("PNG")[:30]),
    "only the beginning of a photo": ("photo.jpg", b"\xff\xd8\xff\xe0" + HTML),
    "a program": ("photo.jpg", b"MZ\x90\x00" + bytes(200)),
    "text with a zero": ("note.txt", b"hello\x00world"),
    "a terminal's commands": ("note.txt", b"\x1b]0;x\x07 text"),
    "nothing": ("empty.jpg", b""),
    "more than 10 MB": ("large.pdf", b"%PDF-1.7\n" + bytes(11_000_000)),
}
# What a browser is told it is: pictures to show, everything else to download.
ACCEPTED: Mapping[str, tuple[str, bytes, str]] = {
    "a photo": ("photo.jpg", picture("JPEG"), "image/jpeg"),
    "a photo with another ending": ("photo.html", picture("PNG"), "image/png"),
    "a photo with a page behind it": ("a.png", picture("PNG") + HTML, "image/png"),
    "a picture that is also a script": (
        "a.gif", picture("GIF") + b"/*" + HTML + b"*/", "image/gif",
    ),
    "a photo with a comment": (
        "c.jpg", picture("JPEG")[:2] + b"\xff\xfe\x00\x1a" + HTML[:24] + picture("JPEG")[2:],
        "image/jpeg",
    ),
    "a document": ("doc.pdf", b"%PDF-1.4\n" + HTML, "application/octet-stream"),
    "a film": ("film.mp4", b"\x00\x00\x00\x18ftypisom" + HTML, "application/octet-stream"),
}  # fmt: skip
NAMES = (
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/cron.d/x", "a\r\nSet-Cookie: x=1.png",
    'a"; filename="evil.html', "photo\u202egnp.exe", "<script>alert(1)</script>.png", "..", ".",
    "", "con.png", "名字 很长" * 80 + ".png", "a\x00b.png", "\u200b\u200f.png", "{{7331*7}}.png",
    "%2e%2e%2fx.png", "a;b=c,d.png", "🙂.png", "~root", "C:evil.png",
)  # fmt: skip


def send(office: Office, name: str, data: bytes) -> tuple[int, str]:
    answer = office.visitor().post(
        f"/c/{office.token}/information", [("text", "")], [("files", name, data)]
    )
    return answer.status_code, Page(answer.text).text


def kept(office: Office) -> dict[str, str]:
    """Names by id."""
    return {row.id: row.name for row in office.files()}


def test_what_is_not_what_it_should_be_is_refused(office: Office) -> None:
    before = kept(office)
    for what, (name, data) in REFUSED.items():
        status, text = send(office, name, data)
        assert status == 422, what
        assert name in text, what
    assert kept(office) == before


def test_the_public_form_refuses_the_same_and_keeps_what_was_typed(office: Office) -> None:
    customer = office.visitor()
    page = customer.page("/complaint")
    name, data = REFUSED["HTML called a photo"]
    typed = [("phenomenon", "it leaks, and I will not type this twice")]
    answer = customer.fill(page, "/complaint", typed, [("evidence_files:file", name, data)])
    assert answer.status_code == 422
    assert "photo.jpg" in Page(answer.text).text
    assert dict(Page(answer.text).form("/complaint").sent)["phenomenon"] == typed[0][1]


def test_too_many_files_are_refused(office: Office) -> None:
    files = [("files", f"{n}.png", picture("PNG")) for n in range(11)]
    answer = office.visitor().post(f"/c/{office.token}/information", [], files)
    assert answer.status_code == 422
    assert "At most 10 files" in Page(answer.text).text


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_is_given_out_can_do_no_harm(office: Office, what: str) -> None:
    name, data, media_type = ACCEPTED[what]
    before = kept(office)
    assert send(office, name, data)[0] == 303
    (added,) = kept(office).keys() - before.keys()
    staff, customer = office.visitor(office.member("compliance")), office.visitor()
    for answer in (
        staff.get(f"/cases/{office.case_id}/files/{added}"),
        customer.get(f"/c/{office.token}/files/{added}"),
    ):
        headers = answer.headers
        assert answer.data == data
        assert headers["Content-Type"] == media_type
        shown = "inline" if media_type.startswith("image/") else "attachment"
        assert headers["Content-Disposition"].split(";")[0] == shown
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["Cache-Control"] == "no-store"
    downloaded = staff.get(f"/cases/{office.case_id}/files/{added}?download")
    assert downloaded.headers["Content-Disposition"].startswith("attachment")
    assert downloaded.headers["Content-Type"] == "application/octet-stream"


def test_names_are_only_names(office: Office) -> None:
    staff = office.visitor(office.member("compliance"))
    for name in NAMES:
        before = kept(office)
        status, _ = send(office, name, picture("PNG"))
        added = kept(office).keys() - before.keys()
        assert status == (303 if added else 422), name
        for identity in added:
            plain = kept(office)[identity]
            assert plain
            assert not set(plain) & set("/\\")
            assert not any(unicodedata.category(c).startswith("C") for c in plain), name
            assert len(plain) <= 200
            headers = staff.get(f"/cases/{office.case_id}/files/{identity}").headers
            disposition = headers["Content-Disposition"]
            assert disposition.isascii()
            assert disposition.count('"') == 2
            assert disposition.count("filename") == 2
            assert "Set-Cookie" not in headers
    page = staff.page(f"/cases/{office.case_id}?tab=files")
    assert "<script>alert(1)</script>" not in staff.get(f"/cases/{office.case_id}?tab=files").text
    assert "{{7331*7}}.png" in page.text


def test_files_in_a_pack_lie_where_they_should(office: Office) -> None:
    for name in NAMES:
        send(office, name, picture("PNG"))
    staff = office.visitor(office.member("compliance"))
    data = staff.get(f"/cases/{office.case_id}/evidence.zip").data
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        for name in pack.namelist():
            parts = name.split("/")
            assert not {"..", ".", ""} & set(parts), name
            assert "\\" not in name
            assert name.isprintable()


def test_a_file_of_another_case_cannot_be_claimed_as_ones_own(office: Office) -> None:
    """By its id, put into a form by hand."""
    send(office, "mine.png", picture("PNG"))
    foreign = next(iter(kept(office)))
    customer = office.visitor()
    page = customer.page("/complaint")
    typed = [
        ("subject", "product"), ("phenomenon", "look at this"), ("desired_solution", "repair"),
        ("contact", "eve@example.com"),
    ]  # fmt: skip
    form = page.form("/complaint")
    taken = [*form.sent, *typed, ("evidence_files", foreign), ("evidence_files", "../../x")]
    answer = customer.send("/complaint", [f for f in taken if f[1] or f[0] == "key"])
    assert answer.status_code in {303, 422}
    if answer.status_code == 303:
        token = answer.location.split("/")[2]
        links = customer.page(f"/c/{token}").links()
        assert not [link for link in links if "/files/" in link]
