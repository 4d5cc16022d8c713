"""SEC-23: hostile files, and files that tell too much, never become a file of ours.

Each goes through what an upload goes through: opened in a child process, and shown to the scanner.
"""

import json
import signal
import socket
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from textwrap import dedent

import pikepdf
import pytest
from PIL import Image

from tutorhub.core import contents, scanning
from tutorhub.core.contents import sandbox
from tutorhub.core.contents.errors import BY_CODE, TooComplex
from tutorhub.core.contents.inside import aadhaar
from tutorhub.core.errors import Unavailable
from tutorhub.core.tests import files

MEMORY = 512 * 1024 * 1024
BAD = files.bad_files()


def taken(data: bytes, content_type: str) -> contents.Clean:
    clean = contents.clean(data, content_type)
    scanning.scan(data)
    return clean


class TestBadFiles:
    def test_there_are_enough_of_them(self) -> None:
        assert len(BAD) >= 40

    @pytest.mark.parametrize("name", BAD)
    def test_none_is_taken(self, name: str) -> None:
        content_type, data = BAD[name]
        with pytest.raises(contents.RefusedContent):
            taken(data, content_type)

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("pixel flood", "too_many_pixels"),
            ("pixel flood jpeg", "too_many_pixels"),
            ("pdf with a script", "active_content"),
            ("pdf with a script in hex", "active_content"),
            ("pdf with an attachment", "active_content"),
            ("locked pdf", "locked_file"),
            ("pdf of 21 pages", "too_many_pages"),
            ("pdf bomb", "too_complex"),
            ("deep pdf", "too_complex"),
            ("aadhaar", "aadhaar_number"),
            ("eicar in a jpeg", "infected"),
            ("truncated jpeg", "unreadable_file"),
        ],
    )
    def test_people_are_told_the_true_reason(self, name: str, code: str) -> None:
        content_type, data = BAD[name]
        with pytest.raises(contents.RefusedContent) as caught:
            taken(data, content_type)
        assert caught.value.code == code
        assert contents.words(code) == str(caught.value)


class TestWhatIsKept:
    """Honest files with something in them that must not come along."""

    @pytest.mark.parametrize(
        ("content_type", "data"),
        [
            ("image/jpeg", files.located()),
            ("image/png", files.located("PNG")),
            ("image/webp", files.located("WEBP")),
            ("application/pdf", files.photo_in_pdf()),
        ],
    )
    def test_no_place_and_no_camera(self, content_type: str, data: bytes) -> None:
        assert files.GPS in data
        kept = taken(data, content_type).data
        assert files.GPS not in kept
        assert b"Exif" not in kept

    @pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
    def test_a_picture_lies_upright_without_metadata(self, name: str) -> None:
        kept = taken(files.located(name), f"image/{name.lower()}")
        with Image.open(BytesIO(kept.data)) as image:
            assert (image.format, image.size) == ("JPEG", (600, 800))
            assert not image.getexif()
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}

    @pytest.mark.parametrize(
        "added",
        [files.zipped("payload.txt"), files.SCRIPT, b"<?php system($_GET['c']); ?>"],
        ids=["zip", "script", "php"],
    )
    @pytest.mark.parametrize(
        ("content_type", "honest"),
        [
            ("image/jpeg", files.jpeg()),
            ("image/png", files.picture("PNG")),
            ("application/pdf", files.pdf()),
        ],
    )
    def test_what_is_appended_stays_behind(
        self, content_type: str, honest: bytes, added: bytes
    ) -> None:
        """A file that is two things at once is one thing afterwards."""
        kept = taken(honest + added, content_type).data
        assert added[:20] not in kept
        assert b"PK\x03\x04" not in kept

    def test_a_script_in_a_comment_stays_behind(self) -> None:
        kept = taken(files.jpeg(comment=files.SCRIPT), "image/jpeg").data
        assert files.SCRIPT not in kept

    def test_a_pdf_says_nothing_of_its_maker(self) -> None:
        def sign(made: pikepdf.Pdf) -> None:
            made.docinfo["/Author"] = "CANARY"
            with made.open_metadata() as meta:
                meta["dc:creator"] = ["CANARY"]

        kept = taken(files.changed(sign), "application/pdf").data
        with pikepdf.open(BytesIO(kept)) as made:
            assert not made.docinfo
            assert "/Metadata" not in made.Root
        assert "Bachelor of Science" in files.text_of(kept)

    def test_a_large_photo_becomes_a_smaller_one(self) -> None:
        kept = taken(files.jpeg((4000, 3000)), "image/jpeg").data
        with Image.open(BytesIO(kept)) as image:
            assert image.size == (3000, 2250)

    def test_transparent_parts_become_white(self) -> None:
        out = BytesIO()
        Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")
        with Image.open(BytesIO(taken(out.getvalue(), "image/png").data)) as image:
            assert image.getpixel((50, 50)) == (255, 255, 255)

    def test_two_pages_stay_two(self) -> None:
        assert taken(files.pdf(pages=2), "application/pdf").pages == 2

    def test_a_page_is_drawn_for_the_moderator(self) -> None:
        for number in (1, 2):
            drawn = contents.render_page(files.pdf(pages=2), "application/pdf", number)
            with Image.open(BytesIO(drawn.data)) as image:
                assert max(image.size) == 1600
        with pytest.raises(contents.RefusedContent):
            contents.render_page(files.pdf(pages=2), "application/pdf", 3)


class TestTheChild:
    def test_the_largest_picture_stays_within_the_memory(self) -> None:
        """Forty megapixels with transparency: more does not pass the header."""
        data = files.picture("PNG", (8000, 5000), "RGBA")
        made = sandbox.run("clean", data, content_type="image/png")
        assert made.report["size"] == [3000, 1875]
        assert 150 * 1024 * 1024 < made.report["peak"] < MEMORY

    def test_a_bomb_takes_down_only_the_child(self) -> None:
        content_type, data = BAD["pdf bomb"]
        with pytest.raises(TooComplex):
            contents.clean(data, content_type)
        assert contents.clean(files.pdf(), "application/pdf").pages == 1

    def test_too_little_memory_is_the_files_fault(self) -> None:
        limits = {"memory_bytes": 160 * 1024 * 1024}
        with pytest.raises(contents.RefusedContent):
            sandbox.run("clean", files.jpeg((7000, 5000)), limits=limits, content_type="image/jpeg")

    def test_time_runs_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.01)
        with pytest.raises(TooComplex):
            contents.clean(files.pdf(), "application/pdf")

    def test_a_child_that_does_not_start_is_not_the_files_fault(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sandbox, "BOOT", "raise SystemExit(1)")
        with pytest.raises(Unavailable):
            contents.clean(files.pdf(), "application/pdf")

    def test_it_has_no_secret_no_disk_and_no_network(self, tmp_path: Path) -> None:
        said = inside(
            tmp_path,
            """
            import os, socket
            seen = {"environment": sorted(os.environ), "django": "django" in sys.modules}
            for name, act in {
                "disk": lambda: os.write(os.open("FILE", os.O_CREAT | os.O_WRONLY), b"x"),
                "network": lambda: socket.create_connection(("127.0.0.1", PORT), timeout=2),
            }.items():
                try:
                    act()
                    seen[name] = "let through"
                except OSError:
                    seen[name] = "refused"
            """,
        )
        assert set(said.pop("environment")) <= {"LC_CTYPE"}
        assert said == {"django": False, "disk": "refused", "network": "refused"}


def inside(folder: Path, code: str) -> dict[str, object]:
    """Run something where the child opens files, with a server listening outside."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = (
            "import sys, json, signal; sys.path.insert(0, sys.argv[1])\n"
            f"signal.signal(signal.{signal.SIGXFSZ.name}, signal.SIG_IGN)\n"
            "from inside import main\nfrom inside.confine import confine\nconfine()\n"
            + dedent(code).replace("PORT", str(port)).replace("FILE", str(folder / "written"))
            + "\nprint(json.dumps(seen))"
        )
        child = subprocess.run(
            [sys.executable, "-I", "-c", script, str(Path(sandbox.__file__).parent)],
            capture_output=True,
            env={},
            check=True,
            timeout=20,
        )
    said: dict[str, object] = json.loads(child.stdout)
    return said


class TestAadhaar:
    @pytest.mark.parametrize(
        "text",
        [
            "2345 6789 0124",
            "No. 2345-6789-0124.",
            "२३४५ ६७८९ ०१२४",
            "आधार 234567890124",
            "Your Aadhaar No: 234567890124",
            "UIDAI\n234567890124",
        ],
    )
    def test_it_is_found(self, text: str) -> None:
        assert aadhaar.is_shown(text)

    @pytest.mark.parametrize(
        "text",
        [
            "2345 6789 0125",  # the last digit is wrong
            "XXXX XXXX 0124",  # masked, as it should be
            "Roll number 234567890124",  # one in ten is valid by chance
            "1345 6789 0124",  # none begins with a one
            "Aadhaar 1234567890124",
            "2345 6789 0124 5678",  # a longer number, such as a virtual id
            "9876 2345 6789 0124",
        ],
    )
    def test_other_numbers_are_left_alone(self, text: str) -> None:
        assert not aadhaar.is_shown(text)

    def test_every_slip_of_a_digit_is_noticed(self) -> None:
        right = "234567890124"
        assert aadhaar.is_valid(right)
        for place in range(12):
            for digit in set("0123456789") - {right[place]}:
                assert not aadhaar.is_valid(right[:place] + digit + right[place + 1 :])
        for place in range(11):
            swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
            assert swapped == right or not aadhaar.is_valid(swapped)


def test_every_code_has_its_words() -> None:
    assert len({str(kind.message) for kind in BY_CODE.values()}) == len(BY_CODE)
