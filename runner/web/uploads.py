"""Uploads: what they are is told by their bytes, never by their name or what the browser says."""

from __future__ import annotations

import io
import unicodedata
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError
from werkzeug.datastructures import FileStorage

from runner.errors import InvalidInput, TooLarge

MAX_FILE = 10_000_000
MAX_FILES = 10
MAX_PIXELS = 60_000_000
_IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
TEXT = "text/plain; charset=utf-8"
_ENDINGS = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "video/mp4": ("mp4", "m4v", "mov", "m4a", "3gp"),
    TEXT: ("txt", "csv", "tsv", "log", "md", "eml"),
}
_SAFE_INLINE = frozenset(_IMAGES.values())


@dataclass(frozen=True)
class Upload:
    """A file whose content was recognised. ``media_type`` is what it really is."""

    name: str
    media_type: str
    data: bytes


def read_uploads(files: list[FileStorage], accept: str = "") -> list[Upload]:
    """The files of one field. Empty ones are skipped (browsers send one for an empty field).

    ``accept`` is what the field promises, as in HTML; empty means every known kind. Raises
    ``TooLarge`` for one beyond 10 MB, ``InvalidInput`` for too many or a kind not promised.
    """
    chosen = [file for file in files if file.filename]
    if len(chosen) > MAX_FILES:
        raise InvalidInput(
            f"一次最多 {MAX_FILES} 个文件。去掉几个再提交。 / "
            f"At most {MAX_FILES} files at a time. Remove some."
        )
    return [_read(file, takes_text(accept)) for file in chosen]


def takes_text(accept: str) -> bool:
    """Whether a field with this ``accept`` takes plain text beside photos, PDF and videos."""
    return not accept or "text/" in accept or ".txt" in accept


def _read(file: FileStorage, text: bool) -> Upload:
    name = clean_name(file.filename or "")
    data = file.stream.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise TooLarge(
            f"“{name}”大于 10 MB。压缩或换一个小些的文件。 / "
            f'"{name}" is larger than 10 MB. Choose a smaller one.'
        )
    if not data:
        raise InvalidInput(
            f'“{name}”是空文件。换一个文件。 / "{name}" is an empty file. Choose another.'
        )
    media_type = recognise(data)
    if media_type == TEXT and not (text and _ending(name) in _ENDINGS[TEXT]):
        media_type = None
    if media_type is None:
        zh, en = ("、视频（MP4）或纯文本（.txt）", ", video (MP4) or plain text (.txt)")
        if not text:
            zh, en = ("或视频（MP4）", " or video (MP4)")
        raise InvalidInput(
            f"“{name}”不是照片（JPG、PNG、GIF、WebP）、PDF{zh}。换一个文件。 / "
            f'"{name}" is not a photo (JPG, PNG, GIF, WebP), PDF{en}. Choose another.'
        )
    if _ending(name) not in _ENDINGS[media_type]:  # a photo called evil.exe stays a photo
        name = clean_name(f"{name}.{_ENDINGS[media_type][0]}")
    return Upload(name, media_type, data)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def recognise(data: bytes) -> str | None:
    """The media type the bytes really have, None for what is not accepted. Never raises."""
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data[4:8] == b"ftyp" and data[8:12] not in {b"heic", b"heix", b"mif1", b"avif"}:
        return "video/mp4"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(_IMAGES)) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                kind = image.format or ""
                image.verify()
            return _IMAGES.get(kind)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        pass
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return TEXT if _is_text(data) else None


def _is_text(data: bytes) -> bool:
    if len(data) > 1_000_000 or b"\x00" in data:
        return False
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if any(unicodedata.category(c) == "Cc" and c not in "\t\r\n\f" for c in text):
        return False
    return not text.removeprefix("\ufeff").lstrip().startswith("<")


def clean_name(name: str) -> str:
    """A file name without folders and control characters, at most 120 characters."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    if len(kept) > 120:
        stem, dot, ending = kept.rpartition(".")
        kept = (stem[:100] + dot + ending[:16]) if dot else kept[:120]
    return kept or "file"


def shown_inline(media_type: str) -> bool:
    """Whether a browser may show the file itself; everything else is downloaded."""
    return media_type in _SAFE_INLINE
