from django.urls import path

from tutors.api import photos, views

urlpatterns = [
    path("tutors/", views.TutorsView.as_view(), name="tutors-list"),
    path("tutors/facets", views.FacetsView.as_view(), name="tutors-facets"),
    path("tutors/profile", views.ProfileView.as_view(), name="tutors-profile"),
    path("tutors/profile/steps", views.ProfileStepsView.as_view(), name="tutors-profile-steps"),
    path("tutors/profile/submit", views.ProfileSubmitView.as_view(), name="tutors-profile-submit"),
    path("tutors/documents", views.DocumentsView.as_view(), name="tutors-documents"),
    path(
        "tutors/documents/<uuid:pk>/complete",
        views.DocumentCompleteView.as_view(),
        name="tutors-document-complete",
    ),
    path("tutors/photos", photos.PhotosView.as_view(), name="tutors-photos"),
    path("tutors/photos/<uuid:pk>", photos.PhotoView.as_view(), name="tutors-photo"),
    path(
        "tutors/photos/<uuid:pk>/complete",
        photos.PhotoCompleteView.as_view(),
        name="tutors-photo-complete",
    ),
    path("tutors/<uuid:pk>", views.TutorView.as_view(), name="tutors-detail"),
]
