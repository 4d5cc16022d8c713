"""The picture that other sites show for a link to a tutor: photo, name and what is taught."""

from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

SIZE = (1200, 630)
PHOTO = 430
MARGIN = 70
PAPER, BRAND, INK, SOFT = "#fbfaf6", "#0b6b5d", "#14231f", "#4a5c56"


def draw(image: Image.Image, texts: dict[str, Any]) -> Image.Image:
    """`texts` has title, line, foot and `fonts`: by script, the paths of regular and bold."""
    card = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, 18, SIZE[1]), fill=BRAND)
    photo = ImageOps.fit(image, (PHOTO, PHOTO), Image.Resampling.LANCZOS, centering=(0.5, 0.3))
    rounded = Image.new("L", (PHOTO, PHOTO), 0)
    ImageDraw.Draw(rounded).rounded_rectangle((0, 0, PHOTO - 1, PHOTO - 1), 48, fill=255)
    card.paste(photo, (MARGIN + 18, (SIZE[1] - PHOTO) // 2), rounded)
    left, top = MARGIN + 18 + PHOTO + 60, 130
    width = SIZE[0] - left - MARGIN
    fonts = texts["fonts"]
    top = _paragraph(pen, texts["title"], (left, top), width, fonts["bold"], 62, INK, 2)
    top = _paragraph(pen, texts["line"], (left, top + 24), width, fonts["regular"], 36, SOFT, 3)
    _paragraph(pen, texts["foot"], (left, 470), width, fonts["bold"], 32, BRAND, 1)
    return card


def _paragraph(
    pen: ImageDraw.ImageDraw,
    text: str,
    at: tuple[int, int],
    width: int,
    fonts: dict[str, str],
    size: int,
    colour: str,
    most_lines: int,
) -> int:
    """Write words below each other as they fit; returns where the next paragraph may begin."""
    loaded = {script: ImageFont.truetype(path, size) for script, path in fonts.items()}
    left, top = at
    for line in _lines(text, width, loaded)[:most_lines]:
        x = float(left)
        for part, font in _parts(line, loaded):
            pen.text((x, top + size), part, font=font, fill=colour, anchor="ls")
            x += font.getlength(part)
        top += int(size * 1.3)
    return top


def _lines(text: str, width: int, fonts: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and sum(font.getlength(part) for part, font in _parts(longer, fonts)) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _parts(line: str, fonts: dict[str, Any]) -> list[tuple[str, Any]]:
    """Neighbouring words of one script, each with the font that has its letters."""
    parts: list[tuple[str, Any]] = []
    for word in line.split():
        is_hindi = any("\u0900" <= letter <= "\u097f" for letter in word)
        font = fonts["devanagari" if is_hindi else "latin"]
        if parts and parts[-1][1] is font:
            parts[-1] = (f"{parts[-1][0]} {word}", font)
        else:
            parts.append((f" {word}" if parts else word, font))
    return parts
