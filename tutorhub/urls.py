"""Every path of the product. Each app owns its own; this only says where they hang."""

from django.contrib import admin
from django.urls import include, path

from tutorhub.site.api_schema import DocsView, SchemaView

api = [
    path("", include("accounts.api.urls")),
    path("", include("curriculum.api.urls")),
    path("", include("students.api.urls")),
    path("", include("tutors.api.urls")),
    path("", include("marketplace.api.urls")),
    path("", include("payments.api.urls")),
]

urlpatterns = [
    path("", include("tutorhub.site.urls")),
    path("", include("tutorhub.core.urls")),
    path("", include("notifications.urls")),
    path("", include("accounts.urls")),
    path("", include("students.urls")),
    path("", include("tutors.urls")),
    path("", include("marketplace.urls")),
    path("", include("payments.urls")),
    path("api/v1/", include((api, "api"))),
    path("api/schema", SchemaView.as_view(), name="api-schema"),
    path("api/docs", DocsView.as_view(url_name="api-schema"), name="api-docs"),
    path("admin/", admin.site.urls),
]
