from datetime import datetime
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.queries.reputation import reviews_about
from tutorhub.core.pagination import KeysetPagination
from tutors.models import TutorProfile


class NewestFirst(KeysetPagination):
    ordering: Any = ("-published_at", "-pk")
    position_type: Any = staticmethod(datetime.fromisoformat)


class TutorReviewOutput(serializers.Serializer):
    """What a family says, without a name."""

    stars = serializers.IntegerField()
    text = serializers.CharField()
    subject = serializers.CharField(source="session.subject_id")
    published_at = serializers.DateTimeField()


class TutorReviewsView(APIView):
    """What families say about a listed tutor, newest first. Open to all."""

    # What the public page shows, to whoever asks.
    permission_classes = [AllowAny]
    pagination_class = NewestFirst

    @extend_schema(responses=TutorReviewOutput(many=True), operation_id="tutors_reviews_list")
    def get(self, request: Request, pk: UUID) -> Response:
        tutor = get_object_or_404(TutorProfile.objects.listed(), pk=pk)
        pages = self.pagination_class()
        page = pages.paginate_queryset(reviews_about(tutor.pk), request, view=self)
        return pages.get_paginated_response(TutorReviewOutput(page, many=True).data)
