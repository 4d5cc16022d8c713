from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("dev/inbox", views.inbox, name="inbox"),
    path("dev/inbox.json", views.inbox_json, name="inbox-json"),
    path("dev/staff.json", views.staff_json, name="staff-json"),
]
