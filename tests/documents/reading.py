"""Reading back what was produced, as a person would."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """All texts, white space made single: layouts may break lines anywhere."""
    found = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", found)


def bare(text: str) -> str:
    """Without white space: Chinese lines break between any two characters."""
    return re.sub(r"[\s\u200b]+", "", text)
