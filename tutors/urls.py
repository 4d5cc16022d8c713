from django.urls import path

from tutors import views

app_name = "tutors"

urlpatterns = [
    path("tutors/", views.tutor_search, name="tutor-search"),
    path("tutors/in/<slug:city>/", views.city_show, name="city-show"),
    path("tutors/in/<slug:city>/<slug:subject>/", views.city_show, name="city-subject"),
    path("tutors/facets/", views.tutor_facets, name="tutor-facets"),
    path("tutors/compare/", views.tutor_compare, name="tutor-compare"),
    path("searches/", views.saved_list, name="saved-list"),
    path("searches/<uuid:pk>/tell/", views.saved_tell, name="saved-tell"),
    path("searches/<uuid:pk>/remove/", views.saved_remove, name="saved-remove"),
    path("tutors/<slug:slug>/", views.tutor_detail, name="tutor-detail"),
    path("tutors/<slug:slug>/card-<slug:mark>.jpg", views.tutor_card, name="tutor-card"),
    path("tutors/<slug:slug>/report/", views.tutor_report, name="tutor-report"),
    path("tutor/profile/", views.profile_edit, name="profile-edit"),
    path("tutor/profile/<slug:step>/", views.profile_step, name="profile-step"),
    path("tutor/submit/", views.profile_submit, name="profile-submit"),
    path("tutor/withdraw/", views.profile_withdraw, name="profile-withdraw"),
    path("tutor/documents/", views.document_list, name="document-list"),
    path("tutor/documents/<uuid:pk>/", views.document_upload, name="document-upload"),
    path("tutor/documents/<uuid:pk>/done/", views.document_done, name="document-done"),
    path("tutor/documents/<uuid:pk>/withdraw/", views.document_withdraw, name="document-withdraw"),
    path("tutor/photo/", views.photo_edit, name="photo-edit"),
    path("tutor/photo/<uuid:pk>/", views.photo_upload, name="photo-upload"),
    path("tutor/photo/<uuid:pk>/done/", views.photo_done, name="photo-done"),
    path("tutor/photo/<uuid:pk>/remove/", views.photo_remove, name="photo-remove"),
    path("tutor/photo/<uuid:pk>/preview/", views.photo_preview, name="photo-preview"),
]
