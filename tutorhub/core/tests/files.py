"""Files for tests: honest ones, and a collection of bad ones. All are made here, none is kept."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from fpdf import FPDF
from PIL import Image, ImageDraw
from pypdfium2 import PdfDocument

from tutorhub.core.scanning import EICAR

# By Verhoeff's method; UIDAI gives out no number that ends in four zeros before its check digit.
AADHAAR = "2345 6789 0124"
GPS = b"GPS-CANARY"
SCRIPT = b"<script>alert('CANARY')</script>"


def jpeg(size: tuple[int, int] = (640, 480), **options: Any) -> bytes:
    return picture("JPEG", size, **options)


def picture(name: str, size: tuple[int, int] = (640, 480), mode: str = "RGB", **kw: Any) -> bytes:
    image = Image.linear_gradient("L").resize(size).convert(mode)
    ImageDraw.Draw(image).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2))
    out = BytesIO()
    image.save(out, name, **kw)
    return out.getvalue()


def pdf(*lines: str, pages: int = 1) -> bytes:
    made = FPDF()
    made.set_font("Helvetica", size=14)
    for _ in range(pages):
        made.add_page()
        for line in lines or ("Bachelor of Science",):
            made.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def text_of(data: bytes) -> str:
    """What a PDF says."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in PdfDocument(data))


def changed(change: Callable[[pikepdf.Pdf], None], **options: Any) -> bytes:
    """A PDF after `change`, with its objects packed out of sight of a search for words."""
    with pikepdf.open(BytesIO(pdf())) as made:
        change(made)
        out = BytesIO()
        options.setdefault("object_stream_mode", pikepdf.ObjectStreamMode.generate)
        made.save(out, **options)
    return out.getvalue()


def acting(**action: Any) -> bytes:
    """A PDF that does something when it is opened."""
    words = {f"/{key}": value for key, value in action.items()}

    def add(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = made.make_indirect(pikepdf.Dictionary(words))

    return changed(add)


def annotated(**annotation: Any) -> bytes:
    words = {f"/{key}": value for key, value in annotation.items()}
    words |= {"/Type": pikepdf.Name.Annot, "/Rect": pikepdf.Array([0, 0, 9, 9])}

    def add(made: pikepdf.Pdf) -> None:
        made.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(words)])

    return changed(add)


def attached(made: pikepdf.Pdf) -> None:
    made.attachments["virus.exe"] = b"MZ" + b"\0" * 100


def with_form(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.Stream(made, SCRIPT))


def with_deep_words(made: pikepdf.Pdf) -> None:
    deep: Any = pikepdf.Array([])
    for _ in range(200):
        deep = pikepdf.Array([deep])
    made.Root.Deep = deep


def with_huge_picture(made: pikepdf.Pdf) -> None:
    made.pages[0].Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(
            A=pikepdf.Stream(
                made,
                zlib.compress(bytes(1000)),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=60_000,
                Height=60_000,
                BitsPerComponent=8,
                ColorSpace=pikepdf.Name.DeviceGray,
                Filter=pikepdf.Name.FlateDecode,
            )
        )
    )


def with_bomb(made: pikepdf.Pdf) -> None:
    """A few hundred kilobytes that become gigabytes when the page is drawn."""
    packer, packed = zlib.compressobj(9), b""
    for _ in range(1500):
        packed += packer.compress(b" " * 1_000_000)
    stream = pikepdf.Stream(made, b"")
    stream.write(packed + packer.flush(), filter=pikepdf.Name.FlateDecode)
    made.pages[0].Contents = stream


def with_many_objects(made: pikepdf.Pdf) -> None:
    made.Root.Many = pikepdf.Array(
        [made.make_indirect(pikepdf.Dictionary(N=n)) for n in range(21_000)]
    )


def flooded(width: int, height: int) -> bytes:
    """A PNG whose header promises that many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
        )

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A PNG with a note that becomes two hundred megabytes."""
    note = b"Comment\0\0" + zlib.compress(b"x" * 200_000_000, 9)
    chunk = struct.pack("!I", len(note)) + b"zTXt" + note
    chunk += struct.pack("!I", zlib.crc32(b"zTXt" + note))
    honest = picture("PNG")
    return honest[:33] + chunk + honest[33:]


def zipped(name: str, size: int = 1_000_000) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, b"0" * size)
    return out.getvalue()


def moving(name: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, name, save_all=True, append_images=frames[1:])
    return out.getvalue()


def located(name: str = "JPEG") -> bytes:
    """A photo that tells where it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x010E] = GPS.decode()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (12.0, 56.0, 3.5)
    return picture(name, (800, 600), exif=exif)


def photo_in_pdf() -> bytes:
    made = FPDF()
    made.add_page()
    made.image(BytesIO(located()), w=100)
    plain = bytes(made.output())

    def swap(file: pikepdf.Pdf) -> None:
        for found in file.objects:
            if isinstance(found, pikepdf.Stream) and found.get("/Subtype") == "/Image":
                found.write(located(), filter=pikepdf.Name.DCTDecode)

    with pikepdf.open(BytesIO(plain)) as file:
        swap(file)
        out = BytesIO()
        file.save(out)
    return out.getvalue()


def bad_files() -> dict[str, tuple[str, bytes]]:
    """Name -> (the type it claims, the bytes)."""
    jpg, png, doc = "image/jpeg", "image/png", "application/pdf"
    gif = b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert('CANARY')//;"
    mp4 = struct.pack("!I", 24) + b"ftypisom" + bytes(12) + struct.pack("!I", 9999) + b"moov"
    name = pikepdf.Name
    return {
        "script in an svg": (jpg, b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>"),
        "svg as png": (png, b"<?xml version='1.0'?><svg onload='alert(1)'/>"),
        "html as jpeg": (jpg, b"<!doctype html>" + SCRIPT),
        "html as pdf": (doc, b"<html>" + SCRIPT),
        "html before a pdf": (doc, SCRIPT + pdf()),
        "gif that is a script": (jpg, gif),
        "gif as png": (png, gif),
        "jpeg mark on html": (jpg, b"\xff\xd8\xff\xe0" + SCRIPT),
        "png mark on html": (png, b"\x89PNG\r\n\x1a\n" + SCRIPT),
        "webp mark on html": ("image/webp", b"RIFF\x20\0\0\0WEBPVP8 " + SCRIPT),
        "pdf mark on html": (doc, b"%PDF-1.7\n" + SCRIPT),
        "docx bomb": (doc, zipped("word/document.xml", 50_000_000)),
        "zip as jpeg": (jpg, zipped("a")),
        "windows program": (jpg, b"MZ" + bytes(200)),
        "linux program": (doc, b"\x7fELF" + bytes(200)),
        "shell script": (png, b"#!/bin/sh\nrm -rf /\n"),
        "truncated mp4": (jpg, mp4),
        "tiff as jpeg": (jpg, picture("TIFF")),
        "bmp as png": (png, picture("BMP")),
        "jpeg as png": (png, jpeg()),
        "png as jpeg": (jpg, picture("PNG")),
        "empty": (jpg, b""),
        "truncated jpeg": (jpg, jpeg()[:3000]),
        "truncated png": (png, picture("PNG")[:-200]),
        "truncated webp": ("image/webp", picture("WEBP")[:-100]),
        "truncated pdf": (doc, pdf()[:60]),
        "broken png": (png, picture("PNG").replace(b"IDAT", b"IDAX")),
        "pixel flood": (png, flooded(60_000, 60_000)),
        "pixels just above": (png, flooded(8001, 5000)),
        "pixel flood jpeg": (jpg, _tall(jpeg())),
        "text bomb": (png, text_bomb()),
        "moving png": (png, moving("PNG")),
        "moving webp": ("image/webp", moving("WEBP")),
        "eicar": (jpg, EICAR),
        "eicar in a jpeg": (jpg, jpeg() + EICAR),
        "eicar in a pdf": (doc, pdf() + EICAR),
        "pdf with a script": (doc, acting(S=name.JavaScript, JS=pikepdf.String("app.alert(1)"))),
        "pdf that starts a program": (doc, acting(S=name.Launch, F=pikepdf.String("cmd.exe"))),
        "pdf that sends": (doc, acting(S=name.SubmitForm, F=pikepdf.String("http://e/"))),
        "pdf that goes elsewhere": (doc, acting(S=name.GoToR, F=pikepdf.String(r"\\e\x"))),
        "pdf that fills itself": (doc, acting(S=name.ImportData, F=pikepdf.String("x"))),
        "pdf with a later action": (
            doc,
            changed(lambda made: made.Root.__setattr__("AA", pikepdf.Dictionary())),
        ),
        "pdf with an attachment": (doc, changed(attached)),
        "pdf with a pinned file": (doc, annotated(Subtype=name.FileAttachment)),
        "pdf with a film": (doc, annotated(Subtype=name.RichMedia)),
        "pdf with a form program": (doc, changed(with_form)),
        "pdf with a script in plain": (doc, pdf() + b"\n/JavaScript (app.alert(1))\n"),
        "pdf with a script in hex": (doc, _hexed()),
        "locked pdf": (
            doc,
            changed(lambda made: None, encryption=pikepdf.Encryption(user="a", owner="b")),
        ),
        "pdf of 21 pages": (doc, pdf(pages=21)),
        "pdf without pages": (doc, changed(lambda made: made.pages.__delitem__(0))),
        "deep pdf": (doc, changed(with_deep_words)),
        "pdf of too many objects": (doc, changed(with_many_objects)),
        "pdf with a huge picture": (doc, changed(with_huge_picture)),
        "pdf bomb": (doc, changed(with_bomb)),
        "aadhaar": (doc, pdf("Aadhaar", AADHAAR)),
        "aadhaar in one piece": (doc, pdf("Unique Identification", AADHAAR.replace(" ", ""))),
        "aadhaar with hyphens": (doc, pdf(AADHAAR.replace(" ", "-"))),
        "aadhaar as a title": (doc, changed(_titled)),
    }


def _tall(data: bytes) -> bytes:
    """The same JPEG with a header that claims 60,000 by 60,000."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack("!HH", 60_000, 60_000) + data[at + 4 :]


def _hexed() -> bytes:
    """/JavaScript written as /J#61vaScript, as the format allows."""
    made = changed(
        lambda file: file.Root.__setattr__(
            "OpenAction", pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="x")
        ),
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    return made.replace(b"/JavaScript", b"/J#61vaScri#70t").replace(b"/JS", b"/J#53")


def _titled(made: pikepdf.Pdf) -> None:
    made.docinfo["/Title"] = f"Aadhaar {AADHAAR}"
