"""Words written all over a picture, so that a copy of it says whose screen it was on."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

SLANT = 24
INK = (150, 20, 20, 70)


def stamp(picture: bytes, words: str) -> bytes:
    """The JPEG with `words` across all of it, again and again, light enough to read through."""
    image = Image.open(BytesIO(picture)).convert("RGBA")
    font = ImageFont.load_default(size=max(14, image.width // 52))
    side = image.width + image.height
    layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    wide, high = int(pen.textlength(words, font=font)) + 60, max(90, image.height // 9)
    for row, top in enumerate(range(0, side, high)):
        for left in range(-(row % 2) * wide // 2, side, wide):
            pen.text((left, top), words, font=font, fill=INK)
    layer = layer.rotate(SLANT, resample=Image.Resampling.BICUBIC)
    left, top = (side - image.width) // 2, (side - image.height) // 2
    layer = layer.crop((left, top, left + image.width, top + image.height))
    out = BytesIO()
    Image.alpha_composite(image, layer).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
