from django.urls import path

from students.views import consents, learners, people

app_name = "students"

LEARNER = "family/learners/<uuid:pk>"

urlpatterns = [
    path("family/learners/", learners.learner_list, name="learner-list"),
    path("family/learners/new/", learners.learner_new, name="learner-new"),
    path(f"{LEARNER}/", learners.learner_edit, name="learner-edit"),
    path(f"{LEARNER}/hours/", learners.learner_hours, name="learner-hours"),
    path(f"{LEARNER}/remove/", learners.learner_remove, name="learner-remove"),
    path(f"{LEARNER}/agree/", consents.consent_give, name="consent-give"),
    path(f"{LEARNER}/withdraw-consent/", consents.learner_withdraw, name="learner-withdraw"),
    path(f"{LEARNER}/guardian-code/", consents.guardian_code, name="guardian-code"),
    path(f"{LEARNER}/guardian-code/send/", consents.guardian_code_send, name="guardian-code-send"),
    path("family/consents/", consents.consent_list, name="consent-list"),
    path("family/consents/<uuid:pk>/withdraw/", consents.consent_withdraw, name="consent-withdraw"),
    path("family/people/", people.people_list, name="people-list"),
    path("family/people/<uuid:pk>/remove/", people.guardian_remove, name="guardian-remove"),
    path("family/invites/", people.invite_list, name="invite-list"),
    path("family/invites/<uuid:pk>/accept/", people.invite_accept, name="invite-accept"),
    path("family/invites/<uuid:pk>/decline/", people.invite_decline, name="invite-decline"),
    path("family/invites/<uuid:pk>/take-back/", people.invite_take_back, name="invite-take-back"),
]
