"""Which links to a short video of a tutor may stand on the public page."""

import re
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext_lazy as _

from tutorhub.core.errors import DomainError

YOUTUBE = {"youtube.com", "www.youtube.com", "m.youtube.com"}
YOUTUBE_SHORT = {"youtu.be"}
VIMEO = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
VIMEO_ID = re.compile(r"[0-9]{6,12}")


class UnknownVideo(DomainError):
    """`extra["field"]` is video_url."""

    code = "unknown_video"
    message = _("Give the address of one video on YouTube or Vimeo, beginning with https://.")

    def __init__(self) -> None:
        super().__init__(field="video_url")


def clean(url: str) -> str:
    """The plain address of the video, without what follows who has shared it; "" stays "".

    Raises UnknownVideo for anything but one video on YouTube or Vimeo by https.
    """
    if not url.strip():
        return ""
    try:
        parts = urlsplit(url.strip())
        has_more = parts.port is not None or parts.username is not None
    except ValueError as error:
        raise UnknownVideo from error
    host = parts.hostname or ""
    if parts.scheme != "https" or has_more:
        raise UnknownVideo
    steps = [step for step in parts.path.split("/") if step]
    if host in YOUTUBE | YOUTUBE_SHORT:
        return _youtube(host, steps, parts.query)
    if host in VIMEO and steps and VIMEO_ID.fullmatch(steps[-1]):
        return f"https://vimeo.com/{steps[-1]}"
    raise UnknownVideo


def _youtube(host: str, steps: list[str], query: str) -> str:
    if host in YOUTUBE_SHORT or (len(steps) == 2 and steps[0] in {"shorts", "embed", "live"}):
        name = steps[-1] if steps else ""
    else:
        name = parse_qs(query).get("v", [""])[0] if steps == ["watch"] else ""
    if not YOUTUBE_ID.fullmatch(name):
        raise UnknownVideo
    return f"https://www.youtube.com/watch?v={name}"
