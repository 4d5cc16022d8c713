from rest_framework import serializers

from curriculum.models import Board, Language, Subject


class BoardOutput(serializers.ModelSerializer):
    class Meta:
        model = Board
        fields = ["code", "name", "state"]


class SubjectOutput(serializers.ModelSerializer):
    class Meta:
        model = Subject
        fields = ["slug", "name"]


class LanguageOutput(serializers.ModelSerializer):
    class Meta:
        model = Language
        fields = ["code", "name"]


class CurriculumOutput(serializers.Serializer):
    boards = BoardOutput(many=True)
    subjects = SubjectOutput(many=True)
    languages = LanguageOutput(many=True)
    grades = serializers.ListField(child=serializers.IntegerField())
