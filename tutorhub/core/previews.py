"""The picture that other sites show for a link to somebody: face, name, what is offered, marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont, ImageOps

SIZE = (1200, 630)
FACE = 336
MARGIN = 70
PAPER, BRAND, BRAND_SOFT = "#fbfaf6", "#0b6b5d", "#e3f2ee"
INK, SOFT, GOLD = "#14231f", "#4a5c56", "#f7e7c4"
FONTS = settings.BASE_DIR / "payments" / "fonts"
# Latin letters and Devanagari; other scripts have no font here and show as boxes.
FILES = {"latin": "NotoSans", "devanagari": "NotoSansDevanagari"}


@dataclass(frozen=True)
class Texts:
    """`initials` stand in for a missing photo; `marks` are short, such as badges."""

    title: str
    line: str
    price: str
    foot: str
    initials: str
    marks: tuple[str, ...] = ()


def draw(texts: Texts, photo: bytes | None = None) -> bytes:
    """A JPEG of 1200 by 630. `photo` is a square JPEG of our own making."""
    card = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, 18, SIZE[1]), fill=BRAND)
    _face(card, texts.initials, photo)
    left = MARGIN + 18 + FACE + 60
    width = SIZE[0] - left - MARGIN
    top = _paragraph(pen, texts.title, (left, 84), width, "Bold", 62, INK, 2)
    top = _paragraph(pen, texts.line, (left, top + 14), width, "Regular", 34, SOFT, 2)
    top = _paragraph(pen, texts.price, (left, top + 18), width, "Bold", 40, INK, 1)
    _marks(pen, texts.marks, (left, top + 24), width)
    _paragraph(pen, texts.foot, (left, SIZE[1] - 96), width, "Bold", 30, BRAND, 1)
    out = BytesIO()
    card.save(out, "JPEG", quality=84)
    return out.getvalue()


def _face(card: Image.Image, initials: str, photo: bytes | None) -> None:
    face = Image.new("RGB", (FACE, FACE), GOLD)
    if photo is not None:
        face = ImageOps.fit(Image.open(BytesIO(photo), formats=["JPEG"]), (FACE, FACE))
    else:
        font = _font(_script(initials), "Bold", 130)
        middle = (FACE // 2, FACE // 2)
        ImageDraw.Draw(face).text(middle, initials, font=font, fill=BRAND, anchor="mm")
    rounded = Image.new("L", (FACE, FACE), 0)
    ImageDraw.Draw(rounded).rounded_rectangle((0, 0, FACE - 1, FACE - 1), 44, fill=255)
    card.paste(face, (MARGIN + 18, (SIZE[1] - FACE) // 2), rounded)


def _marks(pen: ImageDraw.ImageDraw, marks: Sequence[str], at: tuple[int, int], width: int) -> None:
    """Each in a rounded box, beside each other as far as they fit in two rows."""
    left, top = at
    x, row = left, 0
    for mark in marks:
        parts = _parts(mark, "Bold", 26)
        length = int(sum(font.getlength(part) for part, font in parts)) + 36
        if x > left and x + length > left + width:
            x, row = left, row + 1
        if row > 1:
            return
        y = top + row * 62
        pen.rounded_rectangle((x, y, x + length, y + 50), 25, fill=BRAND_SOFT)
        _line(pen, parts, (x + 18, y + 35), BRAND)
        x += length + 14


def _paragraph(
    pen: ImageDraw.ImageDraw,
    text: str,
    at: tuple[int, int],
    width: int,
    weight: str,
    size: int,
    colour: str,
    most_lines: int,
) -> int:
    """Write words below each other as they fit; returns where the next paragraph may begin."""
    left, top = at
    for line in _lines(text, width, weight, size)[:most_lines]:
        _line(pen, _parts(line, weight, size), (left, top + size), colour)
        top += int(size * 1.3)
    return top


def _line(
    pen: ImageDraw.ImageDraw,
    parts: list[tuple[str, ImageFont.FreeTypeFont]],
    at: tuple[int, int],
    colour: str,
) -> None:
    x = float(at[0])
    for part, font in parts:
        pen.text((x, at[1]), part, font=font, fill=colour, anchor="ls")
        x += font.getlength(part)


def _lines(text: str, width: int, weight: str, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        parts = _parts(longer, weight, size)
        if lines and sum(font.getlength(part) for part, font in parts) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _parts(line: str, weight: str, size: int) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """Neighbouring words of one script, each with the font that has its letters."""
    parts: list[tuple[str, ImageFont.FreeTypeFont]] = []
    for word in line.split():
        font = _font(_script(word), weight, size)
        if parts and parts[-1][1] is font:
            parts[-1] = (f"{parts[-1][0]} {word}", font)
        else:
            parts.append((f" {word}" if parts else word, font))
    return parts


def _script(word: str) -> str:
    is_hindi = any("\u0900" <= letter <= "\u097f" for letter in word)
    return "devanagari" if is_hindi else "latin"


@cache
def _font(script: str, weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{FILES[script]}-{weight}.ttf"), size)
