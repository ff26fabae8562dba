"""Photos for documents: read within limits, made small, without what a camera wrote into them."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1_400
MOST = 24  # photos in one document


def small_picture(data: bytes) -> bytes | None:
    """A JPEG of at most ``LONGEST_SIDE`` pixels a side; None for what is no picture we can show."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    return None
                image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                flat = Image.new("RGB", upright.size, "white")
                flat.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Warning,
            Image.DecompressionBombError):  # fmt: skip
        return None
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=82)
    return out.getvalue()
