from django.urls import path

from tutorhub.site import views

app_name = "site"

urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("family/", views.family, name="family"),
    path("tutor/", views.tutor, name="tutor"),
    path("help/", views.help_page, name="help"),
    path("privacy/", views.privacy, name="privacy"),
    path("language/", views.language_set, name="language-set"),
    path("styleguide", views.styleguide, name="styleguide"),
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap_index, name="sitemap"),
    path("sitemap-pages.xml", views.sitemap_pages, name="sitemap-pages"),
    path("sitemap-cities.xml", views.sitemap_cities, name="sitemap-cities"),
    path("sitemap-tutors-<uuid:after>.xml", views.sitemap_tutors, name="sitemap-tutors"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
