from django.urls import path

from tutorhub.core import views

app_name = "core"

urlpatterns = [
    path("uploads/<str:token>", views.upload, name="upload"),
    path("files/<str:token>", views.download, name="download"),
    path("photos/<str:name>", views.picture, name="picture"),
]
