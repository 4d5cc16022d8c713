from django.urls import path

from students.views import learners

app_name = "students"

urlpatterns = [
    path("family/learners/new/", learners.learner_new, name="learner-new"),
    path("family/learners/<uuid:pk>/", learners.learner_edit, name="learner-edit"),
    path(
        "family/learners/<uuid:pk>/withdraw-consent/",
        learners.consent_withdraw,
        name="consent-withdraw",
    ),
]
