from django.urls import path

from tutors.api import photos, saved, search, views

urlpatterns = [
    path("tutors/", search.TutorsView.as_view(), name="tutors-list"),
    path("tutors/facets", search.FacetsView.as_view(), name="tutors-facets"),
    path("tutors/compare", search.CompareView.as_view(), name="tutors-compare"),
    path("students/searches/", saved.SavedSearchesView.as_view(), name="students-searches"),
    path("students/searches/<uuid:pk>", saved.SavedSearchView.as_view(), name="students-search"),
    path("tutors/profile", views.ProfileView.as_view(), name="tutors-profile"),
    path("tutors/profile/steps", views.ProfileStepsView.as_view(), name="tutors-profile-steps"),
    path("tutors/profile/submit", views.ProfileSubmitView.as_view(), name="tutors-profile-submit"),
    path(
        "tutors/profile/withdraw",
        views.ProfileWithdrawView.as_view(),
        name="tutors-profile-withdraw",
    ),
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
