from django.urls import path

from accounts.views import signin

app_name = "accounts"

urlpatterns = [
    path("signin/", signin.phone, name="signin"),
    path("signin/code/", signin.code, name="signin-code"),
    path("signout/", signin.signout, name="signout"),
]
