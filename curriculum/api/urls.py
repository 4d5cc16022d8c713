from django.urls import path

from curriculum.api import views

urlpatterns = [path("curriculum", views.CurriculumView.as_view(), name="curriculum")]
