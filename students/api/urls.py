from django.urls import path

from students.api.views import consents, guardians, learners

LEARNER = "students/learners/<uuid:pk>"

urlpatterns = [
    path("consent/notice", consents.ConsentNoticeView.as_view(), name="consent-notice"),
    path("students/profile", learners.StudentProfileView.as_view(), name="students-profile"),
    path("students/learners/", learners.LearnersView.as_view(), name="students-learners"),
    path(LEARNER, learners.LearnerView.as_view(), name="students-learner"),
    path(
        f"{LEARNER}/consent", consents.LearnerAgreeView.as_view(), name="students-learner-consent"
    ),
    path(
        f"{LEARNER}/withdraw-consent",
        consents.LearnerWithdrawView.as_view(),
        name="students-learner-withdraw-consent",
    ),
    path(
        f"{LEARNER}/guardian-code",
        consents.GuardianCodeView.as_view(),
        name="students-guardian-code",
    ),
    path(
        f"{LEARNER}/guardian-code/confirm",
        consents.GuardianCodeConfirmView.as_view(),
        name="students-guardian-code-confirm",
    ),
    path("students/consents/", consents.ConsentsView.as_view(), name="students-consents"),
    path(
        "students/consents/<uuid:pk>/withdraw",
        consents.ConsentWithdrawView.as_view(),
        name="students-consent-withdraw",
    ),
    path("students/guardians/", guardians.GuardiansView.as_view(), name="students-guardians"),
    path(
        "students/guardians/<uuid:pk>", guardians.GuardianView.as_view(), name="students-guardian"
    ),
    path("students/invites/", guardians.InvitesView.as_view(), name="students-invites"),
    path("students/invites/<uuid:pk>", guardians.InviteView.as_view(), name="students-invite"),
    path(
        "students/invites/<uuid:pk>/accept",
        guardians.InviteAcceptView.as_view(),
        name="students-invite-accept",
    ),
    path(
        "students/invites/<uuid:pk>/decline",
        guardians.InviteDeclineView.as_view(),
        name="students-invite-decline",
    ),
]
