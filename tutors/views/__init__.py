from tutors.views.documents import (
    document_done,
    document_list,
    document_upload,
    document_withdraw,
)
from tutors.views.profiles import profile_edit, profile_submit
from tutors.views.search import tutor_detail, tutor_search

__all__ = [
    "document_done",
    "document_list",
    "document_upload",
    "document_withdraw",
    "profile_edit",
    "profile_submit",
    "tutor_detail",
    "tutor_search",
]
