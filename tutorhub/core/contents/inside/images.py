"""Pictures: decoded whole and made again from their pixels, so that nothing else comes along."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

from .refusal import RefusedFile

MAX_PIXELS = 40_000_000
SMALLEST = 240
PAPER_LONGEST = 3000
PORTRAIT_LONGEST = 1600
# Twice the width at which a face is shown in a list and, three times as sharp, on the tutor's page.
FACE_SIZES = (168, 336)
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}

# The size is judged below, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


def clean(
    data: bytes, content_type: str, *, longest: int = PAPER_LONGEST
) -> tuple[dict[str, Any], list[bytes]]:
    """A JPEG of the picture, upright, at most `longest` pixels long, without metadata."""
    image = decode(data, content_type)
    image = upright(image, longest)
    report = {"content_type": "image/jpeg", "pages": 1, "size": image.size}
    return report, [_encoded(image, "JPEG", quality=86)]


def portrait(data: bytes, content_type: str) -> tuple[dict[str, Any], list[bytes]]:
    """The photo of a person; too small a one is refused."""
    image = decode(data, content_type)
    if min(image.size) < SMALLEST:
        raise RefusedFile("too_small")
    image = upright(image, PORTRAIT_LONGEST)
    report = {"content_type": "image/jpeg", "pages": 1, "size": image.size}
    return report, [_encoded(image, "JPEG", quality=90)]


def faces(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """From a portrait: WebP and JPEG of each size.

    The crop sits above the middle, where faces are.
    """
    image = decode(data, "image/jpeg")
    names, blobs = [], []
    for size in FACE_SIZES:
        face = ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS, centering=(0.5, 0.3))
        names += [f"{size}.webp", f"{size}.jpg"]
        blobs += [_encoded(face, "WEBP", quality=78, method=6), _encoded(face, "JPEG", quality=82)]
    return {"names": names}, blobs


def decode(data: bytes, content_type: str) -> Image.Image:
    """All pixels of a still picture, once its header promises no more than we can hold."""
    name = FORMATS[content_type]
    with Image.open(BytesIO(data), formats=[name]) as probe:
        if probe.width * probe.height > MAX_PIXELS:
            raise RefusedFile("too_many_pixels")
        # A phone may put a second picture behind the first of a JPEG; a moving PNG is no paper.
        if name != "JPEG" and getattr(probe, "n_frames", 1) > 1:
            raise RefusedFile("wrong_content")
        if name == "PNG":
            probe.verify()
    image = Image.open(BytesIO(data), formats=[name])
    image.load()
    return image


def upright(image: Image.Image, longest: int) -> Image.Image:
    """Turned as the camera was held, made smaller, flat on white, in plain red, green and blue."""
    orientation = image.getexif()
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if orientation.get(0x0112, 1) != 1:
        image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image.convert("RGBA"), mask=image.convert("RGBA").getchannel("A"))
        return flat
    return image.convert("RGB")


def _encoded(image: Image.Image, name: str, **options: Any) -> bytes:
    """Only the pixels: a new picture has no info to pass on."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = BytesIO()
    bare.save(out, name, **options)
    return out.getvalue()
