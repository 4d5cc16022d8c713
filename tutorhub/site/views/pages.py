from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html")


def dashboard(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html")
