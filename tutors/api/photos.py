from dataclasses import asdict
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import IsTutor
from tutorhub.core.pagination import KeysetPagination
from tutors.api.serializers import NewDocumentOutput, PhotoInput, PhotoOutput
from tutors.models import TutorPhoto
from tutors.services import photos


class PhotosView(APIView):
    """The tutor's photos: the one on show, and one that is on its way there."""

    permission_classes = [IsTutor]
    pagination_class = KeysetPagination

    @extend_schema(responses=PhotoOutput(many=True), operation_id="tutors_photos_list")
    def get(self, request: Request) -> Response:
        pages = self.pagination_class()
        page = pages.paginate_queryset(TutorPhoto.objects.of(request.user), request, view=self)
        return pages.get_paginated_response(PhotoOutput(page, many=True).data)

    @extend_schema(request=PhotoInput, responses={201: NewDocumentOutput})
    def post(self, request: Request) -> Response:
        body = PhotoInput(data=request.data)
        body.is_valid(raise_exception=True)
        photo = photos.announce(by=request.user, **body.validated_data)
        upload = asdict(photos.upload_form(photo))
        upload["url"] = request.build_absolute_uri(upload["url"])
        return Response(
            {"id": photo.pk, "status": photo.status, "upload": upload},
            status=status.HTTP_201_CREATED,
        )


class PhotoView(APIView):
    """One photo of the tutor's own, to take away."""

    permission_classes = [IsTutor]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        photos.remove(_mine(request, pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PhotoCompleteView(APIView):
    """Says that the photo was uploaded; it is opened, and a person looks at it."""

    permission_classes = [IsTutor]

    @extend_schema(request=None, responses=PhotoOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        return Response(PhotoOutput(photos.complete(_mine(request, pk), by=request.user)).data)


def _mine(request: Request, pk: UUID) -> TutorPhoto:
    return get_object_or_404(TutorPhoto.objects.of(request.user).select_related("tutor"), pk=pk)
