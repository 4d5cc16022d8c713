from django.urls import path

from students.api import views

urlpatterns = [
    path("students/profile", views.StudentProfileView.as_view(), name="students-profile"),
    path("students/learners/", views.LearnersView.as_view(), name="students-learners"),
    path("students/learners/<uuid:pk>", views.LearnerView.as_view(), name="students-learner"),
    path(
        "students/learners/<uuid:pk>/withdraw-consent",
        views.LearnerConsentView.as_view(),
        name="students-learner-withdraw-consent",
    ),
]
