"""A key makes a POST count once: for the API, for pages, at once and after a crash."""

import threading
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import BadRequest
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.serializers import IntegerField, Serializer
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from tutorhub.core import clock, idempotency, retention
from tutorhub.core.errors import Conflict, DomainError, TooMany, Unavailable
from tutorhub.core.models import AuditEvent, IdempotencyKey

pytestmark = pytest.mark.django_db(transaction=True)

REFUSALS = {
    "rule": (DomainError, 422),
    "conflict": (Conflict, 409),
    "away": (Unavailable, 503),
    "slow down": (TooMany, 429),
}


class Body(Serializer):
    n = IntegerField(max_value=100)


class Work:
    """What the views do: one row each time, then perhaps a refusal, a crash or a pause."""

    def __init__(self) -> None:
        self.refuse = ""
        self.is_crashing = False
        self.entered, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def do(self, n: int) -> None:
        if self.refuse:
            raise REFUSALS[self.refuse][0]
        AuditEvent.objects.create(action="work", object_id=str(n))
        self.entered.set()
        assert self.go_on.wait(20)
        if self.is_crashing:
            raise SystemExit

    @property
    def count(self) -> int:
        return AuditEvent.objects.count()


@pytest.fixture
def work():
    return Work()


@pytest.fixture(params=[True, False], ids=["in transaction", "over the network"])
def in_transaction(request):
    return request.param


@pytest.fixture
def user():
    return SimpleNamespace(pk=uuid4(), is_authenticated=True)


@pytest.fixture
def post(work, user, in_transaction):
    class View(APIView):
        authentication_classes = []
        permission_classes = []

        @idempotency.api(in_transaction=in_transaction)
        def post(self, request):
            body = Body(data=request.data)
            body.is_valid(raise_exception=True)
            work.do(body.validated_data["n"])
            return Response({"n": body.validated_data["n"], "count": work.count}, status=201)

    def send(n=1, key="k", *, by=user, path="/pay", data=None):
        headers = {} if key is None else {"Idempotency-Key": key}
        body = data if isinstance(data, str) else {"n": n} if data is None else data
        kwargs = {"content_type": "application/json"} if isinstance(body, str) else {}
        request = APIRequestFactory().post(path, body, headers=headers, **kwargs)
        force_authenticate(request, by)
        response = View.as_view()(request)
        return response.render() if hasattr(response, "render") else response

    return send


def code_of(response):
    return response.data["errors"][0]["code"]


class TestApi:
    def test_the_same_key_and_body_get_the_same_answer(self, post, work):
        first, again = post(), post()
        assert (first.status_code, again.status_code, work.count) == (201, 201, 1)
        assert again.content == first.content == b'{"n":1,"count":1}'
        assert again["Content-Type"] == "application/json"
        assert "Idempotent-Replayed" not in first.headers
        assert again["Idempotent-Replayed"] == "true"

    def test_without_a_key_it_works_each_time(self, post, work):
        post(key=None)
        post(key=None)
        assert (work.count, IdempotencyKey.objects.count()) == (2, 0)

    def test_another_body_is_refused(self, post, work):
        post()
        answer = post(2)
        assert (answer.status_code, code_of(answer)) == (422, "idempotency_mismatch")
        assert work.count == 1

    def test_the_order_of_names_does_not_matter(self, post, work):
        assert post(data='{"n": 1, "m": 2}').status_code == 201
        assert post(data='{"m":2,"n":1}').status_code == 201
        assert work.count == 1

    def test_the_query_is_part_of_what_was_asked(self, post, work):
        post(path="/pay?a=1")
        assert post(path="/pay?a=2").status_code == 422

    def test_keys_of_others_other_paths_and_other_keys_are_apart(self, post, work):
        post()
        post(by=SimpleNamespace(pk=uuid4(), is_authenticated=True))
        post(path="/pay/2")
        post(key="K")
        assert work.count == 4

    @pytest.mark.parametrize(
        "key", ["", "x" * 81, "a b", "a\x7f", "schlüssel".encode().decode("latin1")]
    )
    def test_keys_that_are_none(self, post, work, key):
        answer = post(key=key)
        assert (answer.status_code, answer.data["errors"][0]["attr"]) == (400, "Idempotency-Key")
        assert work.count == 0

    @pytest.mark.parametrize("key", ["!", "~" * 80, 'a"\\%s'])
    def test_keys_that_are(self, post, work, key):
        assert [post(key=key).status_code for _ in range(2)] == [201, 201]
        assert work.count == 1

    @pytest.mark.parametrize("why", ["rule", "conflict"])
    def test_a_refusal_is_kept(self, post, work, why):
        work.refuse = why
        first = post()
        work.refuse = ""
        again = post()
        assert first.status_code == again.status_code == REFUSALS[why][1]
        assert again.content == first.content
        assert work.count == 0

    def test_a_bad_body_is_kept_like_any_answer(self, post):
        first, again = post(1000), post(1000)
        assert (first.status_code, again.content) == (400, first.content)

    def test_a_body_that_cannot_be_read_takes_no_key(self, post):
        assert post(data="{").status_code == 400
        assert IdempotencyKey.objects.count() == 0

    @pytest.mark.parametrize("why", ["away", "slow down"])
    def test_come_again_later_is_not_kept(self, post, work, why):
        work.refuse = why
        assert post().status_code == REFUSALS[why][1]
        assert IdempotencyKey.objects.count() == 0
        work.refuse = ""
        assert (post().status_code, work.count) == (201, 1)

    def test_after_24_hours_it_is_forgotten(self, post, work):
        post()
        with clock.at(clock.now() + timedelta(hours=23, minutes=59)):
            assert (post().status_code, work.count) == (201, 1)
        with clock.at(clock.now() + timedelta(hours=24)):
            assert (post(2).status_code, work.count) == (201, 2)
            assert post(2)["Idempotent-Replayed"] == "true"

    def test_what_is_kept_is_sealed_and_holds_no_header(self, post):
        post()
        with connection.cursor() as cursor:
            cursor.execute("SELECT status, body, location FROM core_idempotencykey")
            status, body, location = cursor.fetchone()
        assert (status, location) == (201, "")
        assert "count" not in body
        kept = {field.name for field in IdempotencyKey._meta.fields}
        assert not kept & {"headers", "cookies"}


def test_beat_forgets_old_keys(post):
    post()
    with clock.at(clock.now() + timedelta(hours=23)):
        post(key="young")
    with clock.at(clock.now() + timedelta(hours=25)):
        retention.rules()["repeats"].clear(clock.now())
    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


class TestCrash:
    def crash(self, post, work):
        """The process ends before its answer is kept, and takes nothing back."""
        work.is_crashing = True
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(idempotency, "_release", lambda taken: None)
            with pytest.raises(SystemExit):
                post()
        work.is_crashing = False

    def test_a_repeat_is_told_to_wait_and_runs_when_the_lease_is_over(
        self, post, work, in_transaction, monkeypatch
    ):
        monkeypatch.setattr(idempotency, "WAITS", 2)
        self.crash(post, work)
        # Inside the database nothing is left of it; what spoke to the network stays.
        assert work.count == (0 if in_transaction else 1)
        answer = post()
        assert (answer.status_code, code_of(answer)) == (409, "idempotency_in_progress")
        assert answer["Retry-After"] == "1"
        assert post(2).status_code == 422
        with clock.at(clock.now() + timedelta(seconds=61)):
            assert post().status_code == 201
            assert post()["Idempotent-Replayed"] == "true"
        assert work.count == (1 if in_transaction else 2)

    def test_an_error_of_ours_gives_the_key_back_at_once(self, post, work):
        work.is_crashing = True
        with pytest.raises(SystemExit):
            post()
        assert IdempotencyKey.objects.count() == 0

    @pytest.mark.parametrize("in_transaction", [True], indirect=True)
    def test_who_lost_the_lease_does_nothing(self, post, work, monkeypatch):
        """Slow enough to be taken for dead before it began: the successor's work is the work."""
        claim = idempotency.claim

        def slow(*args):
            taken = claim(*args)
            monkeypatch.setattr(idempotency, "claim", claim)
            with clock.at(clock.now() + timedelta(seconds=61)):
                assert post().status_code == 201
            return taken

        monkeypatch.setattr(idempotency, "claim", slow)
        assert post().status_code == 409
        assert work.count == 1
        assert post()["Idempotent-Replayed"] == "true"


class TestAtOnce:
    def both(self, post, work):
        """The first stands in the middle of its work when the second comes."""
        work.go_on.clear()
        answers = []

        def send():
            try:
                answers.append(post())
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(2)]
        threads[0].start()
        assert work.entered.wait(20)
        threads[1].start()
        return threads, answers

    def test_the_second_waits_for_the_first(self, post, work):
        threads, answers = self.both(post, work)
        threads[1].join(0.3)
        assert answers == []
        work.go_on.set()
        for thread in threads:
            thread.join(20)
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert work.count == 1

    def test_it_does_not_wait_for_ever(self, post, work, monkeypatch):
        monkeypatch.setattr(idempotency, "WAITS", 3)
        threads, answers = self.both(post, work)
        threads[1].join(20)
        assert [answer.status_code for answer in answers] == [409]
        work.go_on.set()
        threads[0].join(20)
        assert work.count == 1
        assert post()["Idempotent-Replayed"] == "true"

    def test_sixteen_at_the_same_moment(self, post, work):
        statuses = self.sixteen(post)
        assert set(statuses) == {201}
        assert work.count == 1

    def test_control_without_the_lease_all_of_them_work(self, post, work, monkeypatch):
        def claim(request, key, body):
            return IdempotencyKey(key=key)

        monkeypatch.setattr(idempotency, "claim", claim)
        monkeypatch.setattr(idempotency, "_hold", lambda taken: None)
        monkeypatch.setattr(idempotency, "_keep", lambda *args: None)
        self.sixteen(post)
        assert work.count == 16

    def sixteen(self, post):
        statuses = []
        gate = threading.Barrier(16)

        def send():
            gate.wait(20)
            try:
                statuses.append(post().status_code)
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return statuses


class TestPage:
    @pytest.fixture
    def click(self, work, user, in_transaction):
        @idempotency.page(in_transaction=in_transaction)
        def view(request):
            if request.method == "POST":
                if request.POST.get("n") == "0":
                    return HttpResponse("zero is no number", status=422)
                work.do(int(request.POST["n"]))
                return HttpResponseRedirect("/done")
            return HttpResponse("a form")

        def send(n=1, key="k", method="post", **fields):
            fields = {"n": n, **fields} | ({} if key is None else {"idempotency_key": key})
            request = getattr(RequestFactory(), method)("/form", fields)
            request.user = user
            return view(request)

        return send

    def test_two_clicks_count_once_and_lead_to_the_same_page(self, click, work):
        answers = [click(csrfmiddlewaretoken=token) for token in ("a", "b")]
        assert [(answer.status_code, answer["Location"]) for answer in answers] == [
            (302, "/done"),
            (302, "/done"),
        ]
        assert work.count == 1

    def test_a_form_with_errors_can_be_sent_again(self, click, work):
        assert click(0).status_code == 422
        assert click(1).status_code == 302
        assert work.count == 1

    def test_other_values_after_it_was_done_are_refused(self, click, work):
        click(1)
        with pytest.raises(idempotency.Mismatch):
            click(2)
        assert work.count == 1

    def test_a_refusal_goes_up_and_gives_the_key_back(self, click, work):
        work.refuse = "conflict"
        with pytest.raises(Conflict):
            click()
        work.refuse = ""
        assert click().status_code == 302

    def test_without_the_field_and_for_reading_nothing_changes(self, click, work):
        click(key=None)
        click(key=None)
        assert click(method="get").content == b"a form"
        assert (work.count, IdempotencyKey.objects.count()) == (2, 0)

    @pytest.mark.parametrize("key", ["", "x" * 81, "a b"])
    def test_a_key_that_is_none(self, click, work, key):
        with pytest.raises(BadRequest):
            click(key=key)
        assert work.count == 0
