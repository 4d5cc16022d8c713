"""Our own evidence about a disputed payment as a PDF, in English, for the payer's bank."""

from datetime import datetime
from typing import Any

from payments.services.papers.page import Column, Paper

FOOT = "TutorHub · evidence for a disputed payment"


def pdf(content: dict[str, Any], *, dated: datetime) -> bytes:
    """The same bytes for the same content and date, every time.

    `content` has a `title`, and as far as there is something to say `facts` (pairs of label and
    text), a `timeline` (rows of time, event, proof) and `paragraphs`.
    """
    paper = Paper(
        title=content["title"], dated=dated, foot=FOOT, page_foot="Page {page} of {pages}"
    )
    paper.heading(content["title"])
    paper.ln(3)
    facts = [(label, text) for label, text in content.get("facts", [])]
    half = (len(facts) + 1) // 2
    if facts:
        paper.side_by_side(facts[:half], facts[half:])
    if content.get("timeline"):
        columns = [
            Column("Time in India", 24, is_figure=False),
            Column("What happened", 38, is_figure=False),
            Column("How we know", 38, is_figure=False),
        ]
        paper.figures(columns, content["timeline"])
    for text in content.get("paragraphs", []):
        paper.paragraph(text)
    return bytes(paper.output())
