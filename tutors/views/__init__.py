from tutors.views.compare import tutor_compare
from tutors.views.documents import (
    document_done,
    document_list,
    document_upload,
    document_withdraw,
)
from tutors.views.facets import tutor_facets
from tutors.views.photos import (
    photo_done,
    photo_edit,
    photo_preview,
    photo_remove,
    photo_upload,
)
from tutors.views.profiles import profile_edit, profile_submit
from tutors.views.saved import saved_list, saved_remove, saved_tell
from tutors.views.search import tutor_detail, tutor_search

__all__ = [
    "document_done",
    "document_list",
    "document_upload",
    "document_withdraw",
    "photo_done",
    "photo_edit",
    "photo_preview",
    "photo_remove",
    "photo_upload",
    "profile_edit",
    "profile_submit",
    "saved_list",
    "saved_remove",
    "saved_tell",
    "tutor_compare",
    "tutor_detail",
    "tutor_facets",
    "tutor_search",
]
