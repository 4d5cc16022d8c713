from django.urls import path

from marketplace.views import enquiries, evidence, leads, reviews, sessions

app_name = "marketplace"

urlpatterns = [
    path("enquiries/", enquiries.enquiry_list, name="enquiry-list"),
    path("enquiries/new/", enquiries.enquiry_new, name="enquiry-new"),
    path("enquiries/<uuid:pk>/", enquiries.enquiry_detail, name="enquiry-detail"),
    path("enquiries/<uuid:pk>/close/", enquiries.enquiry_close, name="enquiry-close"),
    path("leads/", leads.lead_list, name="lead-list"),
    path("leads/<uuid:pk>/", leads.lead_detail, name="lead-detail"),
    path("leads/<uuid:pk>/decline/", leads.lead_decline, name="lead-decline"),
    path("tutors/<slug:slug>/reviews/", reviews.review_list, name="review-list"),
    path("tutors/<slug:slug>/times/", reviews.times_show, name="times-show"),
    path("classes/", sessions.session_list, name="session-list"),
    path("classes/<uuid:pk>/", sessions.session_detail, name="session-detail"),
    path("classes/<uuid:pk>/pay/", sessions.session_pay, name="session-pay"),
    path("classes/<uuid:pk>/start/", sessions.session_start, name="session-start"),
    path("classes/<uuid:pk>/complete/", sessions.session_complete, name="session-complete"),
    path("classes/<uuid:pk>/confirm/", sessions.session_confirm, name="session-confirm"),
    path("classes/<uuid:pk>/review/", sessions.session_review, name="session-review"),
    path("classes/<uuid:pk>/cancel/", sessions.session_cancel, name="session-cancel"),
    path("classes/<uuid:pk>/evidence/", evidence.evidence_edit, name="evidence-edit"),
    path("classes/<uuid:pk>/evidence/files/", evidence.evidence_add, name="evidence-add"),
    path("evidence/<uuid:pk>/upload/", evidence.evidence_upload, name="evidence-upload"),
    path("evidence/<uuid:pk>/done/", evidence.evidence_done, name="evidence-done"),
    path("evidence/<uuid:pk>/delete/", evidence.evidence_delete, name="evidence-delete"),
]
