"""The data map of curriculum: nothing here is about a person."""

from tutorhub.core.datamap import Table

TABLES = [
    Table("curriculum.Board", plain="code number name state position"),
    Table("curriculum.Subject", plain="slug number name position"),
    Table("curriculum.Language", plain="code number name position"),
]
