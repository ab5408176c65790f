import builtins
import datetime
import threading
import unittest

import agent_orchestration as ao
from agent_orchestration import Backoff, Client
from tests.local_server import LocalServer

QUICK = Backoff(0.001, 0.01)


def problem(status, **more):
    return (status, {}, {"status": status, "detail": "Expected to …, but …", **more})


class WithServer(unittest.TestCase):
    def setUp(self):
        self.server = LocalServer()
        self.addCleanup(self.server.close)
        self.client = self.make()

    def make(self, **options):
        options = {"base_url": self.server.url, "backoff": QUICK, **options}
        client = Client(api_key="secret", **options)
        self.addCleanup(client.close)
        return client


class Http(WithServer):
    def test_a_base_url_may_name_the_version(self):
        self.server.answers["GET /health"] = (200, {}, {"status": "healthy"})
        for end in ("", "/", "/v1", "/v1/", "/api/v1"):
            self.assertEqual(self.make(base_url=self.server.url + end).health().status, "healthy")
        self.server.answers["GET /behind/a/proxy/health"] = (200, {}, {"status": "healthy"})
        self.assertEqual(self.make(base_url=f"{self.server.url}/behind/a/proxy/v1").health().status, "healthy")
        for wrong in ("localhost:3000", "", "ftp://x"):
            with self.assertRaises(ao.OrchestrationError):
                Client(base_url=wrong)

    def test_one_connection_is_kept_and_a_stale_one_replaced(self):
        self.server.answers["GET /health"] = (200, {}, {})
        for _ in range(3):
            self.client.health()
        self.assertEqual(len({request["connection"] for request in self.server.requests}), 1)
        self.server.answers["GET /health"] = ["reset", (200, {}, {})]
        impatient = self.make(max_retries=0)
        with self.assertRaises(ao.ConnectionError):
            impatient.health()
        impatient.health()
        self.server.answers["GET /health"] = ["reset", (200, {}, {})]
        impatient.health()  # On the kept connection: that it was closed meanwhile is no failed attempt.

    def test_what_reached_no_decision_is_repeated_with_one_key(self):
        self.server.answers["POST /v1/tasks"] = [
            (503, {"retry-after": "0"}, {"detail": "busy"}),
            "reset",
            "half",
            (409, {"retry-after": "0"}, {"detail": "the same key is still in work"}),
            (429, {}, {"detail": "slower"}),
            problem(503, code="outcome_unknown"),
            (201, {"log-position": "42"}, {"data": {"id": "t1"}}),
        ]
        client = self.make(max_retries=6)
        self.assertEqual(client.tasks.create(type="a").id, "t1")
        keys = [request["headers"]["idempotency-key"] for request in self.server.requests]
        self.assertEqual((len(keys), len(set(keys))), (7, 1))
        self.assertEqual(self.server.requests[0]["headers"]["authorization"], "Bearer secret")
        self.assertEqual(client.position, 42)
        self.server.answers["GET /v1/tasks/t1"] = (200, {}, {"data": {"id": "t1"}})
        client.tasks.get("t1")
        self.assertEqual(self.server.requests[-1]["query"], "at_least=42")

    def test_a_key_of_ones_own_is_sent_and_none_with_a_question(self):
        self.server.answers["POST /v1/tasks"] = (201, {}, {"data": {}})
        self.client.tasks.create(type="a", idempotency_key="order-7")
        self.assertEqual(self.server.requests[-1]["headers"]["idempotency-key"], "order-7")
        self.server.answers["POST /agents/discover"] = (200, {}, {"agents": []})
        self.client.agents.discover()
        self.assertNotIn("idempotency-key", self.server.requests[-1]["headers"])

    def test_refusals_have_classes_and_are_not_repeated(self):
        for status, code, expected in [
            (400, None, ao.InvalidRequestError),
            (401, None, ao.UnauthenticatedError),
            (403, None, ao.ForbiddenError),
            (404, None, ao.NotFoundError),
            (409, None, ao.ConflictError),
            (409, "task_ended", ao.TaskEndedError),
            (409, "lease_superseded", ao.LeaseSupersededError),
            (412, None, ao.PreconditionFailedError),
            (413, None, ao.TooLargeError),
            (418, None, ao.ApiError),
            (422, "task_ended", ao.InvalidRequestError),
            (500, None, ao.ServerError),
        ]:
            with self.subTest(status=status, code=code):
                fields = [{"pointer": "/type", "message": "is empty"}]
                self.server.answers["POST /v1/tasks"] = problem(status, code=code, errors=fields, request_id="r1")
                del self.server.requests[:]
                with self.assertRaises(ao.ApiError) as caught:
                    self.client.tasks.create(type="")
                self.assertIs(type(caught.exception), expected)
                self.assertEqual(str(caught.exception), "Expected to …, but …")
                self.assertEqual((caught.exception.status, caught.exception.code), (status, code))
                self.assertEqual((caught.exception.errors, caught.exception.request_id), (fields, "r1"))
                self.assertEqual(len(self.server.requests), 1)

    def test_it_gives_up_after_its_repetitions(self):
        client = self.make(max_retries=2, timeout=0.1)
        for answer, expected in [
            (problem(503), ao.UnavailableError),
            (problem(503, code="outcome_unknown"), ao.OutcomeUnknownError),
            (problem(429), ao.RateLimitedError),
            ((502, {}, b"<html>"), ao.ServerError),
            ("reset", ao.ConnectionError),
            ("half", ao.ConnectionError),
        ]:
            with self.subTest(expected=expected):
                self.server.answers["GET /health"] = answer
                client.close()
                del self.server.requests[:]
                with self.assertRaises(expected):
                    client.health()
                self.assertEqual(len(self.server.requests), 3)
        released = threading.Event()
        self.addCleanup(released.set)
        self.server.answers["GET /health"] = lambda request: released.wait(10) and (200, {}, {})
        with self.assertRaises(builtins.TimeoutError) as caught:
            client.health()
        self.assertIsInstance(caught.exception, ao.TimeoutError)
        nobody = Client(base_url="http://127.0.0.1:1", max_retries=0)
        with self.assertRaises(builtins.ConnectionError):
            nobody.health()

    def test_an_answer_that_is_not_json_is_said_to_be_none(self):
        self.server.answers["GET /health"] = (200, {}, b"<html>")
        with self.assertRaisesRegex(ao.OrchestrationError, "not JSON"):
            self.client.health()

    def test_ids_stay_within_their_segment(self):
        self.server.answers["GET /v1/tasks/a%2F..%2Fb%3Fc"] = (200, {}, {"data": {"id": "x"}})
        self.assertEqual(self.client.tasks.get("a/../b?c").id, "x")
        for wrong in ("", ".", ".."):
            with self.assertRaises(ValueError):
                self.client.tasks.get(wrong)

    def test_times_are_sent_in_utc_and_what_is_not_json_is_not_sent(self):
        self.server.answers["POST /api/v1/tasks"] = (201, {}, {"task_id": "t1"})
        self.server.answers["GET /v1/tasks/t1"] = (200, {}, {"data": {"id": "t1"}})
        zone = datetime.timezone(datetime.timedelta(hours=2))
        self.client.tasks.create(type="a", deadline=datetime.datetime(2030, 1, 1, 2, tzinfo=zone), title=None)
        body = self.server.to("POST /api/v1/tasks")[-1]["body"]
        self.assertEqual(body, {"type": "a", "deadline": "2030-01-01T00:00:00.000Z"})
        for wrong in (float("nan"), object()):
            with self.assertRaises((TypeError, ValueError)):
                self.client.tasks.create(type="a", payload={"x": wrong})

    def test_schedules_go_to_the_api_that_knows_them(self):
        self.server.answers["POST /v1/tasks"] = (201, {}, {"data": {"id": "t1"}})
        self.client.tasks.create(type="a", schedule={"type": "cron", "expression": "0 3 * * *"})
        self.assertEqual(self.server.requests[-1]["body"]["schedule"]["type"], "cron")
        self.server.answers["POST /api/v1/tasks"] = (201, {}, {"task_id": "t1"})
        self.server.answers["GET /v1/tasks/t1"] = (200, {}, {"data": {"id": "t1"}})
        self.client.tasks.create(type="a", priority="urgent", schedule={"type": "delay", "delay_seconds": 5})
        body = self.server.to("POST /api/v1/tasks")[-1]["body"]
        self.assertEqual(body, {"type": "a", "priority": "urgent", "delay_seconds": 5})
        with self.assertRaises(ValueError):
            self.client.tasks.create(type="a", title="x", schedule={"type": "cron"})

    def test_many_tasks_go_in_requests_that_fit(self):
        self.server.answers["POST /api/v1/tasks/bulk"] = lambda request: (
            201,
            {},
            {"task_ids": ["01a2-0000"] * len(request["body"]["tasks"])},
        )
        ids = self.client.tasks.create_many([{"type": "a"}] * 1_100, idempotency_key="batch")
        self.assertEqual((len(ids), ids[0]), (1_100, "task_01a20000"))
        requests = self.server.to("POST /api/v1/tasks/bulk")
        self.assertEqual([len(request["body"]["tasks"]) for request in requests], [500, 500, 100])
        self.assertEqual([r["headers"]["idempotency-key"] for r in requests], ["batch-0", "batch-1", "batch-2"])
        self.client.tasks.create_many([{"type": "a", "payload": {"text": "x" * 90_000}}] * 5)
        self.assertEqual(len(self.server.to("POST /api/v1/tasks/bulk")), 6)


class Lists(WithServer):
    def test_pages_are_asked_for_as_they_are_wanted_and_nothing_comes_twice(self):
        made = [f"w{n}" for n in range(250)]

        def page(request):
            query = dict(part.split("=") for part in request["query"].split("&"))
            start = int(query["offset"])
            answer = [{"id": each} for each in made[start : start + int(query["limit"])]]
            made.insert(0, f"new{len(made)}")  # The newest first: the rest moves on.
            return (200, {"x-total-count": str(len(made))}, answer)

        self.server.answers["GET /api/v1/workflows"] = page
        first = self.client.workflows.list(limit=10, offset=0)
        self.assertEqual((len(first), first.total, first[0].id), (10, 251, "w0"))
        del self.server.requests[:]
        seen = []
        for workflow in self.client.workflows.iterate():
            if not seen:
                self.assertEqual(len(self.server.requests), 1)
            seen.append(workflow.id)
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual({each for each in seen if each.startswith("w")}, {f"w{n}" for n in range(250)})

    def test_a_watch_tells_of_each_change_once_and_survives_an_outage(self):
        looks = [("queued", 0), ("queued", 0), "outage", ("running", 10), ("running", 10), ("completed", 100)]

        def answer(request):
            look = looks.pop(0) if len(looks) > 1 else looks[0]
            if look == "outage":
                return problem(503)
            words = {"queued": "pending"}.get(look[0], look[0])
            return (200, {}, {"data": {"status": words, "status_detail": look[0], "progress": look[1], "result": None}})

        self.server.answers["GET /v1/tasks/t1"] = answer
        client = self.make(max_retries=0)
        seen = [(task.status, task.progress) for task in client.tasks.watch("t1", interval=0.01)]
        self.assertEqual(seen, [("pending", 0), ("running", 10), ("completed", 100)])

    def test_waiting_ends_in_time(self):
        shown = {"status": "running", "status_detail": "running"}
        self.server.answers["GET /v1/tasks/t1"] = (200, {}, {"data": shown})
        with self.assertRaisesRegex(ao.WaitTimeoutError, "was still running"):
            self.client.tasks.wait("t1", within=0.05)
        with self.assertRaises(ao.NotFoundError):
            self.client.tasks.wait("t2")


class Records(unittest.TestCase):
    def test_fields_are_attributes_at_every_depth(self):
        task = ao.Task(status="completed", result={"a": [{"b": 1}]}, new_one=2, items=3, none=None)
        self.assertEqual((task.status, task.result.a[0].b, task.new_one, task["items"]), ("completed", 1, 2, 3))
        self.assertIsNone(task.none)
        self.assertEqual(task, {"status": "completed", "result": {"a": [{"b": 1}]}, "new_one": 2, "items": 3, "none": None})
        self.assertTrue(task.ended)
        self.assertEqual(f"{task.result}", "{'a': [{'b': 1}]}")
        with self.assertRaisesRegex(AttributeError, "has no field 'nothing'"):
            task.nothing
        with self.assertRaises(AttributeError):
            task.status = "other"


if __name__ == "__main__":
    unittest.main()
