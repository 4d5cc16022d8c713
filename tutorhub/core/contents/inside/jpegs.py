"""JPEG files as a row of segments, for photos inside PDFs, which are not made again."""

# What a decoder needs of the application segments: JFIF and Adobe's word on colours.
KEPT = {0xE0, 0xEE}
COMMENT, START_OF_SCAN = 0xFE, 0xDA


def without_metadata(data: bytes) -> bytes:
    """The same picture without EXIF, XMP and comments; what is no JPEG stays as it is."""
    if data[:2] != b"\xff\xd8":
        return data
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == START_OF_SCAN:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        is_metadata = (0xE0 <= marker <= 0xEF and marker not in KEPT) or marker == COMMENT
        if not is_metadata:
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])
