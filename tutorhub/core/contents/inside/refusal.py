"""How the child says that a file is not taken."""


class RefusedFile(Exception):
    """`code` names an error class of `tutorhub.core.contents.errors`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
