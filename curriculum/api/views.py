from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from curriculum import queries
from curriculum.api.serializers import CurriculumOutput


class CurriculumView(APIView):
    """Boards, subjects, languages and grades to choose from. Open to all."""

    permission_classes = [AllowAny]

    @extend_schema(responses=CurriculumOutput)
    def get(self, request: Request) -> Response:
        return Response(CurriculumOutput(queries.everything()).data)
