"""QR codes for pages."""

import qrcode


def squares_of(text: str) -> tuple[int, str]:
    """The QR code of a text: how many squares wide, and the dark ones as the path of an SVG."""
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    rows = code.get_matrix()
    dark = [(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
