from tutors.views.compare import tutor_compare
from tutors.views.documents import (
    document_done,
    document_list,
    document_upload,
    document_withdraw,
)
from tutors.views.facets import tutor_facets
from tutors.views.landing import city_show
from tutors.views.photos import (
    photo_done,
    photo_edit,
    photo_preview,
    photo_remove,
    photo_upload,
)
from tutors.views.profiles import profile_submit, profile_withdraw
from tutors.views.saved import saved_list, saved_remove, saved_tell
from tutors.views.search import tutor_search
from tutors.views.steps import profile_edit, profile_step
from tutors.views.tutor_page import tutor_card, tutor_detail, tutor_report

__all__ = [
    "city_show",
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
    "profile_step",
    "profile_submit",
    "profile_withdraw",
    "saved_list",
    "saved_remove",
    "saved_tell",
    "tutor_card",
    "tutor_compare",
    "tutor_detail",
    "tutor_facets",
    "tutor_report",
    "tutor_search",
]
