from django.urls import URLPattern

app_name = "tutors"

urlpatterns: list[URLPattern] = []
