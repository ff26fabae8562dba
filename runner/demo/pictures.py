"""Photos and documents for the demonstration, drawn when needed: nothing of anybody's camera.

Drawings carry no text but digits, so that they look the same whatever fonts a machine has.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from functools import lru_cache
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from runner.engine.attachments import Upload

SIZE = (640, 480)
Draw = ImageDraw.ImageDraw


def photo(kind: str, story: str, field: str, name: str) -> Upload:
    """A JPEG picture of ``kind`` (a name of ``SUBJECTS``, else a product), a little different for
    every story."""
    return Upload(name, "image/jpeg", _photo(kind, story), field)


def record(story: str, field: str, name: str) -> Upload:
    """One page that looks like a filled record from some distance, as PDF."""
    return Upload(name, "application/pdf", _record(f"{story} {field} {name}"), field)


@lru_cache(maxsize=256)
def _photo(kind: str, story: str) -> bytes:
    chance = random.Random(f"{kind} {story}")  # noqa: S311 - no secret
    tint = chance.randint(-12, 12)
    image = Image.new("RGB", SIZE, (196 + tint, 200 + tint, 202 + tint))
    draw = ImageDraw.Draw(image)
    for y in range(SIZE[1]):  # light falls from above
        shade = 216 + tint - y // 9
        draw.line((0, y, SIZE[0], y), fill=(shade, shade, shade - 4))
    SUBJECTS.get(kind, _product)(draw, chance)
    return _bytes(image.filter(ImageFilter.GaussianBlur(0.8)), "JPEG")


@lru_cache(maxsize=512)
def _record(seed: str) -> bytes:
    chance = random.Random(seed)  # noqa: S311 - no secret
    page = Image.new("L", (620, 877), 252)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=13)
    draw.rectangle((60, 60, 560, 96), outline=60)
    draw.rectangle((60, 70, 210, 86), fill=190)
    for row in range(18):
        top = 120 + row * 36
        for left, right in ((60, 150), (150, 330), (330, 450), (450, 560)):
            draw.rectangle((left, top, right, top + 36), outline=150)
        draw.text((72, top + 10), f"{row + 1:02d}", fill=40, font=font)
        draw.line((162, top + 20, 162 + chance.randint(60, 150), top + 20), fill=90, width=5)
        draw.text((346, top + 10), f"{chance.uniform(0.2, 98):.2f}", fill=40, font=font)
        draw.text((466, top + 10), f"{chance.uniform(0.2, 98):.2f}", fill=40, font=font)
    points = [(400 + step * 6, 812 + chance.randint(-9, 9)) for step in range(22)]
    draw.line(points, fill=50, width=2)  # the signature
    return _bytes(page, "PDF")


def _bytes(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    if form == "PDF":
        image.save(out, form, resolution=75)
    else:
        image.save(out, form, quality=72)
    return out.getvalue()


def _product(draw: Draw, chance: random.Random) -> None:
    left = chance.randint(180, 230)
    draw.ellipse((left - 30, 380, left + 290, 430), fill=(150, 152, 156))
    draw.rounded_rectangle((left, 90, left + 260, 400), 46, fill=(70, 92, 118))
    draw.rounded_rectangle((left + 24, 120, left + 236, 210), 18, fill=(226, 232, 238))
    draw.ellipse((left + 104, 270, left + 156, 322), fill=(206, 120, 60))


def _gauge(draw: Draw, chance: random.Random) -> None:
    draw.ellipse((170, 90, 470, 390), fill=(236, 238, 240), outline=(60, 62, 66), width=10)
    for tick in range(11):
        angle = pi * (0.75 + tick * 0.15)
        draw.line(
            (320 + 120 * cos(angle), 240 + 120 * sin(angle),
             320 + 138 * cos(angle), 240 + 138 * sin(angle)), fill=(50, 52, 56), width=4,
        )  # fmt: skip
    angle = pi * (0.75 + chance.uniform(0.9, 1.3))
    tip = (320 + 112 * cos(angle), 240 + 112 * sin(angle))
    draw.line((320, 240, *tip), fill=(180, 40, 36), width=7)
    draw.ellipse((306, 226, 334, 254), fill=(60, 62, 66))


def _scratch(draw: Draw, chance: random.Random) -> None:
    draw.ellipse((140, 60, 500, 420), fill=(128, 132, 138), outline=(92, 96, 102), width=8)
    draw.ellipse((240, 160, 400, 320), fill=(206, 208, 210), outline=(92, 96, 102), width=6)
    for _ in range(7):
        angle = chance.uniform(0, 2 * pi)
        turn = angle + chance.uniform(-0.06, 0.06)
        draw.line(
            (320 + 84 * cos(angle), 240 + 84 * sin(angle),
             320 + 172 * cos(turn), 240 + 172 * sin(turn)), fill=(226, 228, 230), width=3,
        )  # fmt: skip


def _crack(draw: Draw, chance: random.Random) -> None:
    draw.rounded_rectangle((120, 120, 520, 360), 30, fill=(64, 68, 74))
    x, y = 330, 120
    points = [(x, y)]
    while y < 360:
        x, y = x + chance.randint(-26, 26), y + chance.randint(14, 30)
        points.append((x, min(y, 360)))
    draw.line(points, fill=(238, 238, 236), width=6, joint="curve")
    draw.line(points[:-2], fill=(24, 24, 26), width=2)


def _burn(draw: Draw, chance: random.Random) -> None:
    draw.rounded_rectangle((170, 90, 470, 390), 24, fill=(238, 236, 230), outline=(190, 188, 182))
    for hole in ((250, 200), (370, 200), (310, 290)):
        draw.rounded_rectangle((hole[0], hole[1], hole[0] + 20, hole[1] + 50), 6, fill=(40, 40, 42))
    for ring in range(26, 0, -1):
        shade = 226 - (26 - ring) * 8
        reach = ring * 4
        middle = (300 + chance.randint(-3, 3), 235 + chance.randint(-3, 3))
        draw.ellipse(
            (middle[0] - reach, middle[1] - reach, middle[0] + reach, middle[1] + reach),
            fill=(shade, max(shade - 24, 12), max(shade - 44, 8)),
        )


def _battery(draw: Draw, chance: random.Random) -> None:
    bulge = chance.randint(18, 34)
    draw.rounded_rectangle((150, 150, 490, 350), 18, fill=(44, 48, 54))
    draw.ellipse((190, 150 - bulge, 450, 190 + bulge), fill=(52, 58, 66))
    draw.rectangle((200, 230, 440, 300), fill=(222, 190, 60))
    for contact in range(4):
        draw.rectangle((170, 180 + contact * 40, 184, 200 + contact * 40), fill=(196, 150, 70))


def _carton(draw: Draw, chance: random.Random) -> None:
    draw.polygon([(130, 150), (500, 130), (530, 380), (110, 400)], fill=(176, 140, 96))
    draw.polygon([(130, 150), (500, 130), (440, 90), (180, 104)], fill=(196, 162, 116))
    draw.line((316, 96, 322, 392), fill=(150, 118, 80), width=12)
    for _ in range(9):
        x, y = chance.randint(120, 300), chance.randint(300, 390)
        reach = chance.randint(20, 60)
        draw.ellipse((x - reach, y - reach // 2, x + reach, y + reach // 2), fill=(130, 100, 66))


def _leak(draw: Draw, chance: random.Random) -> None:
    draw.polygon([(240, 60), (410, 60), (380, 300), (270, 300)], fill=(208, 224, 232))
    draw.rounded_rectangle((250, 300, 400, 400), 14, fill=(58, 62, 70))
    for _ in range(14):
        x, y = chance.randint(190, 300), chance.randint(380, 440)
        reach = chance.randint(12, 44)
        draw.ellipse((x - reach, y - reach // 3, x + reach, y + reach // 3), fill=(158, 184, 200))


def _flakes(draw: Draw, chance: random.Random) -> None:
    draw.ellipse((120, 60, 520, 430), fill=(140, 146, 152), outline=(96, 100, 106), width=12)
    draw.ellipse((160, 100, 480, 390), fill=(176, 196, 206))
    for _ in range(60):
        x, y = chance.gauss(320, 80), chance.gauss(250, 70)
        size = chance.uniform(2, 7)
        draw.ellipse((x, y, x + size * 1.6, y + size), fill=(86, 88, 92))


def _short_shot(draw: Draw, chance: random.Random) -> None:
    draw.rounded_rectangle((110, 180, 530, 330), 16, fill=(54, 58, 64))
    for clip, missing in ((170, 0), (300, chance.randint(24, 40)), (430, 0)):
        draw.rectangle((clip, 90 + missing, clip + 44, 180), fill=(66, 70, 78))
        draw.rectangle((clip - 10, 90 + missing, clip + 54, 112 + missing), fill=(74, 78, 86))
    draw.ellipse((270, 84, 380, 200), outline=(196, 44, 40), width=5)


def _robot(draw: Draw, chance: random.Random) -> None:
    draw.rectangle((0, 330, 640, 480), fill=(176, 146, 112))
    draw.ellipse((190, 190, 470, 400), fill=(48, 52, 58))
    draw.ellipse((280, 230, 380, 300), fill=(90, 96, 104))
    draw.rectangle((500 + chance.randint(0, 20), 40, 560, 400), fill=(122, 92, 66))


SUBJECTS: dict[str, Callable[[Draw, random.Random], None]] = {
    "gauge": _gauge, "scratch": _scratch, "crack": _crack, "burn": _burn, "battery": _battery,
    "carton": _carton, "leak": _leak, "flakes": _flakes, "short_shot": _short_shot,
    "robot": _robot,
}  # fmt: skip
