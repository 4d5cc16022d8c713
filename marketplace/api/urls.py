from django.urls import path

from marketplace.api.views import enquiries, evidence, leads, reviews, sessions

urlpatterns = [
    path("students/enquiries", enquiries.EnquiryAskView.as_view(), name="enquiries-ask"),
    path("students/enquiries/", enquiries.EnquiriesView.as_view(), name="enquiries"),
    path("students/enquiries/<uuid:pk>", enquiries.EnquiryView.as_view(), name="enquiries-detail"),
    path(
        "students/enquiries/<uuid:pk>/close",
        enquiries.EnquiryCloseView.as_view(),
        name="enquiries-close",
    ),
    path("tutors/leads/inbox", leads.LeadsInboxView.as_view(), name="leads-inbox"),
    path("tutors/leads/<uuid:pk>", leads.LeadView.as_view(), name="leads-detail"),
    path("tutors/leads/<uuid:pk>/accept", leads.LeadAcceptView.as_view(), name="leads-accept"),
    path("tutors/leads/<uuid:pk>/decline", leads.LeadDeclineView.as_view(), name="leads-decline"),
    path("tutors/<uuid:pk>/reviews", reviews.TutorReviewsView.as_view(), name="tutors-reviews"),
    path("sessions/", sessions.SessionsView.as_view(), name="sessions"),
    path("sessions/<uuid:pk>", sessions.SessionView.as_view(), name="sessions-detail"),
    path("sessions/<uuid:pk>/pay", sessions.SessionPayView.as_view(), name="sessions-pay"),
    path("sessions/<uuid:pk>/start", sessions.SessionStartView.as_view(), name="sessions-start"),
    path(
        "sessions/<uuid:pk>/complete",
        sessions.SessionCompleteView.as_view(),
        name="sessions-complete",
    ),
    path(
        "sessions/<uuid:pk>/confirm", sessions.SessionConfirmView.as_view(), name="sessions-confirm"
    ),
    path("sessions/<uuid:pk>/review", sessions.SessionReviewView.as_view(), name="sessions-review"),
    path("sessions/<uuid:pk>/cancel", sessions.SessionCancelView.as_view(), name="sessions-cancel"),
    path("sessions/<uuid:pk>/evidence", evidence.EvidenceView.as_view(), name="evidence"),
    path(
        "sessions/<uuid:pk>/evidence/files",
        evidence.EvidenceFilesView.as_view(),
        name="evidence-files",
    ),
    path("evidence/<uuid:pk>", evidence.EvidenceFileView.as_view(), name="evidence-file"),
    path(
        "evidence/<uuid:pk>/complete",
        evidence.EvidenceFileCompleteView.as_view(),
        name="evidence-file-complete",
    ),
]
