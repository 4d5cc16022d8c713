from django.urls import path

from notifications.views import inbox, webhooks

app_name = "notifications"

urlpatterns = [
    path("dev/inbox", inbox.inbox, name="inbox"),
    path("dev/inbox.json", inbox.inbox_json, name="inbox-json"),
    path("dev/staff.json", inbox.staff_json, name="staff-json"),
    path("webhooks/whatsapp", webhooks.whatsapp, name="webhook-whatsapp"),
    path("webhooks/msg91", webhooks.sms, name="webhook-msg91"),
]
