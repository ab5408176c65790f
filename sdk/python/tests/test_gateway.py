"""Against a control plane: ``AGENT_ORCHESTRATION_URL`` and ``AGENT_ORCHESTRATION_API_KEY`` say which."""

import os
import threading
import time
import unittest
import uuid

from agent_orchestration import (
    Client,
    InvalidRequestError,
    LeaseLostError,
    NonRetryableError,
    NotFoundError,
    TaskCancelledError,
    TaskEndedError,
    TaskFailedError,
    UnauthenticatedError,
    Worker,
)

URL = os.environ.get("AGENT_ORCHESTRATION_URL", "")
KEY = os.environ.get("AGENT_ORCHESTRATION_API_KEY")
UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


def eventually(assertion, within=20.0):
    deadline = time.monotonic() + within
    while True:
        try:
            return assertion()
        except (AssertionError, AttributeError, KeyError):
            if time.monotonic() > deadline:
                raise
            threading.Event().wait(0.02)


def own(name):
    return f"{name}-{uuid.uuid4().hex[:8]}"


@unittest.skipUnless(URL, "AGENT_ORCHESTRATION_URL names no control plane")
class WithGateway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client(api_key=KEY, base_url=f"{URL}/v1")

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def worker(self, agent_id, **options):
        options.setdefault("capabilities", [agent_id])
        options.setdefault("client", self.client)
        worker = Worker(agent_id=agent_id, heartbeat_interval_seconds=1, **options)
        self.addCleanup(worker.stop, grace=0.0)
        worker.start()
        return worker

    def create(self, agent_id, type="job", **more):  # noqa: A002
        return self.client.tasks.create(type=type, requirements={"capabilities": [agent_id]}, **more)


class AgentsAndTasks(WithGateway):
    def test_agents_are_made_found_changed_and_deleted(self):
        kind = own("kind")
        made = self.client.agents.create(name="Made here", type=kind, configuration={"timeout": 3}, environment="test")
        self.assertEqual((made.status, made.configuration.timeout), ("initializing", 3))
        self.client.agents.create(name="Made as well", type=kind)
        self.assertEqual(len(self.client.agents.list(type=kind)), 2)
        self.assertEqual(self.client.agents.list(type=kind, limit=1).total, 2)
        self.assertEqual(len(self.client.agents.list(status="active", type=kind)), 0)
        alias = own("alias")
        self.client.agents.register(agent_id=alias, agent_type="consumer", capabilities=[kind], tags=["t"])
        self.assertEqual([found.agent_id for found in self.client.agents.discover(capabilities=[kind])], [alias])
        self.client.agents.heartbeat(alias, {"active_connections": 1})
        self.client.agents.set_status(alias, "inactive")
        self.assertEqual(self.client.agents.get(alias).status, "inactive")
        changed = self.client.agents.update(made.id, name="Another", configuration={"retries": 2})
        self.assertEqual((changed.name, changed.configuration), ("Another", {**made.configuration, "retries": 2}))
        self.assertIn("deleted_at", self.client.agents.delete(made.id))
        with self.assertRaises(NotFoundError):
            self.client.agents.get(made.id)

    def test_tasks_are_made_once_shown_listed_and_cancelled(self):
        key = own("once")
        kind = own("waits")
        nobody = {"requirements": {"capabilities": ["nobody-has-it"]}}
        first = self.client.tasks.create(type=kind, payload={"n": 1}, priority="critical", idempotency_key=key, **nobody)
        again = self.client.tasks.create(type=kind, payload={"n": 1}, priority="critical", idempotency_key=key, **nobody)
        self.assertEqual(first.id, again.id)
        self.assertEqual((first.status, first.status_detail, first.priority, first.progress), ("pending", "queued", "critical", 0))
        words = self.client.tasks.create(type=kind, title="In words", instructions="Do it.", priority=7, **nobody)
        self.assertEqual((words.type, words.priority), (kind, "low"))
        self.assertEqual(words.id, self.client.tasks.change(words.id, title="Others").id)
        self.assertEqual(self.client.tasks.pause(first.id).status_detail, "paused")
        self.assertEqual(self.client.tasks.resume(first.id).status_detail, "queued")
        self.assertEqual(self.client.tasks.cancel(first.id, "not needed").reason, "not needed")
        with self.assertRaises(TaskEndedError):
            self.client.tasks.cancel(first.id)
        self.assertEqual(self.client.tasks.retry(first.id).status, "pending")
        types = [event.type for event in self.client.tasks.history(first.id)]
        self.assertEqual((types[0], types[-1]), ("TaskSubmitted", "TaskRetried"))
        self.client.tasks.cancel(first.id)
        self.client.tasks.cancel(words.id)
        self.assertGreaterEqual(self.client.tasks.stats().by_status.cancelled, 2)

    def test_many_tasks_are_made_and_iterated(self):
        agent = self.client.agents.register(agent_id=own("many"), agent_type="worker").agent_id
        tasks = [{"type": "many", "payload": {"n": n}, "agent_id": agent} for n in range(230)]
        ids = self.client.tasks.create_many(tasks)
        self.assertEqual(len(set(ids)), 230)
        found = list(self.client.tasks.iterate(agent_id=agent))
        self.assertEqual(len(found), 230)
        self.assertEqual({task.id for task in found}, set(ids))
        self.assertEqual(self.client.tasks.list(agent_id=agent, limit=5).total, 230)
        for task in found[:3]:
            self.client.tasks.cancel(task.id)

    def test_refusals_have_classes_and_name_fields(self):
        with self.assertRaises(InvalidRequestError) as caught:
            self.client.tasks.create(type="")
        self.assertEqual(caught.exception.errors[0]["pointer"], "/type")
        with self.assertRaises(NotFoundError):
            self.client.tasks.get(UNKNOWN)
        stranger = Client(api_key="no-such-key-at-all", base_url=URL)
        self.addCleanup(stranger.close)
        with self.assertRaises(UnauthenticatedError):
            stranger.tasks.list()
        with self.assertRaises(UnauthenticatedError):
            Worker(agent_id=own("x"), handler=lambda task: None, client=stranger).start()

    def test_webhooks_are_made_and_deleted(self):
        made = self.client.webhooks.create(url="http://127.0.0.1:1/hook", events=["task.completed"])
        self.assertTrue(made.secret.startswith("whsec_"))
        self.assertEqual(self.client.webhooks.update(made.id, description="x").description, "x")
        self.assertIn(made.id, [each.id for each in self.client.webhooks.iterate()])
        self.client.webhooks.delete(made.id)
        with self.assertRaises(NotFoundError):
            self.client.webhooks.get(made.id)

    def test_health_is_told(self):
        self.assertEqual(self.client.health().status, "healthy")


class Workflows(WithGateway):
    def test_a_workflow_is_made_run_and_looked_at(self):
        agent = own("steps")
        self.worker(agent, handler=lambda task: {"got": task.payload.value})
        step = {"type": "double", "capabilities": [agent], "payload": {"value": "${{ parameters.n * 2 }}"}}
        definition = {
            "parameters": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}},
            "steps": [
                {"key": "work", "name": "Work", "type": "task", "task": step},
                {"key": "go", "name": "Wait", "type": "signal", "signal": {"name": "go"}},
            ],
            "output": {"work": "${{ steps.work.output.got }}", "go": "${{ steps.go.output }}"},
        }
        self.assertEqual(self.client.workflows.validate(definition), [])
        wrong = {"steps": [{**definition["steps"][0], "depends_on": ["nothing"]}]}
        self.assertEqual(self.client.workflows.validate(wrong)[0].step, "work")
        workflow = self.client.workflows.create(name=own("workflow"), definition=definition)
        self.assertEqual((workflow.version, [each.key for each in workflow.steps]), (1, ["work", "go"]))
        with self.assertRaises(InvalidRequestError):
            self.client.workflows.execute(workflow.id, {"n": "text"})
        run = self.client.workflows.execute(workflow.id, {"n": 21}, priority="high")
        self.assertEqual((run.workflow_id, run.version, run.ended), (workflow.id, 1, False))
        self.client.workflows.runs.signal(run.id, "go", {"yes": True})
        done = self.client.workflows.runs.wait(run.id)
        self.assertEqual((done.status, done.output["work"]), ("completed", 42))
        self.assertIn(run.id, [each.id for each in self.client.workflows.runs.iterate(workflow_id=workflow.id)])
        self.assertEqual(self.client.workflows.runs.events(run.id)[0].type, "RunStarted")
        self.assertTrue(self.client.workflows.runs.graph(run.id).nodes)
        self.assertEqual(self.client.workflows.update(workflow.id, definition={**definition, "max_parallel": 1}).version, 2)
        self.assertEqual(len(self.client.workflows.versions(workflow.id)), 2)
        self.client.workflows.delete(workflow.id)
        with self.assertRaises(NotFoundError):
            self.client.workflows.get(workflow.id)

    def test_approvals_triggers_and_reviews_are_made(self):
        approval = self.client.approvals.create(title="Deploy it?", arguments={"version": "4.2.0"}, required=2)
        self.assertEqual((approval.status, len(approval.arguments_hash)), ("pending", 64))
        self.assertIn(approval.id, [each.id for each in self.client.approvals.iterate()])
        self.assertEqual(self.client.approvals.cancel(approval.id).status, "voided")
        action = {"type": "create_task", "task": {"type": "report", "capabilities": ["nobody-has-it"]}}
        trigger = self.client.triggers.create(
            name=own("nightly"), type="cron", config={"expression": "0 3 * * *"}, action=action
        )
        self.assertTrue(self.client.triggers.test(trigger.id, dry_run=True).would_fire)
        self.assertFalse(self.client.triggers.toggle(trigger.id).enabled)
        self.client.triggers.delete(trigger.id)
        review = self.client.code_reviews.create(title="Retry once", repository="r", diff="-a\n+b\n")
        commented = self.client.code_reviews.comment(review.id, "Why?")
        self.assertEqual([comment.body for comment in commented.comments], ["Why?"])


class Workers(WithGateway):
    def test_a_task_is_run_with_progress_logs_and_usage(self):
        agent = own("runner")
        proceed = threading.Event()

        def double(task):
            task.progress(40, "on the way")
            task.log("it begins", "debug")
            task.report_usage(provider="openai", model="m", input_tokens=10, output_tokens=5, duration=0.2)
            proceed.wait(20)
            return {"doubled": task.payload.n * 2}

        self.worker(agent, handlers={"double": double})
        task = self.create(agent, "double", payload={"n": 21})
        seen = []

        def watch():
            for look in self.client.tasks.watch(task.id):
                seen.append((look.status, look.progress))
                if look.progress == 40:
                    proceed.set()

        watching = threading.Thread(target=watch)
        watching.start()
        done = self.client.tasks.wait(task.id)
        watching.join(20)
        self.assertEqual((done.status, done.result, done.progress), ("completed", {"doubled": 42}, 100))
        self.assertIn(("running", 40), seen)
        self.assertEqual(seen[-1], ("completed", 100))
        lines = eventually(lambda: self.assertTrue(self.client.tasks.logs(task.id)) or self.client.tasks.logs(task.id))
        self.assertEqual([(line.level, line.message) for line in lines], [("debug", "it begins")])

    def test_failed_attempts_are_repeated_and_not_those_of_no_use(self):
        agent = own("failing")
        worker = Worker(agent_id=agent, capabilities=[agent], client=self.client)

        @worker.task("thrice")
        def thrice(task):
            if task.attempt < 3:
                raise TaskFailedError("again", failure_class="Busy", retry_after=0.01)
            return task.attempt

        @worker.task("never")
        def never(task):
            raise NonRetryableError("no such file")

        @worker.task("set")
        async def of_a_kind_that_is_not_json(task):
            return object()

        worker.start()
        self.addCleanup(worker.stop, grace=0.0)
        retry = {"initial_delay_ms": 10, "max_attempts": 3}
        made = {kind: self.create(agent, kind, retry=retry) for kind in ("thrice", "never", "set", "unknown")}
        ended = {kind: self.client.tasks.wait(task.id) for kind, task in made.items()}
        self.assertEqual((ended["thrice"].status, ended["thrice"].result), ("completed", 3))
        self.assertEqual(ended["never"].failure["class"], "NonRetryableError")
        self.assertIn("not JSON", ended["set"].failure.message)
        self.assertEqual(ended["unknown"].status_detail, "dead_lettered")
        self.assertEqual(ended["unknown"].failure["class"], "NoHandler")

    def test_a_cancelled_task_is_told_and_a_long_one_keeps_its_lease(self):
        agent = own("holding")
        reasons = {}
        begun = threading.Semaphore(0)

        def hold(task):
            begun.release()
            try:
                task.sleep(2.5)
                return task.attempt
            except TaskCancelledError as reason:
                reasons[task.type] = str(reason)
                raise

        self.worker(agent, handler=hold, concurrency=2)
        doomed = self.create(agent, "doomed")
        long = self.create(agent, "long", lease_seconds=1)
        for _ in range(2):
            self.assertTrue(begun.acquire(timeout=20))
        self.client.tasks.cancel(doomed.id, "changed my mind")
        eventually(lambda: self.assertEqual(reasons, {"doomed": "changed my mind"}))
        done = self.client.tasks.wait(long.id)
        self.assertEqual((done.status, done.result), ("completed", 1))

    def test_what_is_not_finished_at_a_stop_is_handed_back(self):
        shared = own("shared")
        begun = threading.Event()
        reasons = []

        def never_ends(task):
            begun.set()
            task.cancelled.wait(30)
            try:
                task.raise_if_cancelled()
            except Exception as reason:
                reasons.append(type(reason).__name__)

        first = self.worker(own("leaving"), capabilities=[shared], handler=never_ends)
        task = self.create(shared)
        self.assertTrue(begun.wait(20))
        first.stop(grace=0.05)
        self.assertTrue(first.wait(0))
        self.worker(own("arriving"), capabilities=[shared], handler=lambda task: task.attempt)
        done = self.client.tasks.wait(task.id)
        self.assertEqual(done.status, "completed")
        types = [event.type for event in self.client.tasks.history(task.id)]
        self.assertIn("TaskReturned", types)
        self.assertEqual(types.count("TaskCompleted"), 1)
        eventually(lambda: self.assertEqual(reasons, ["WorkerStoppedError"]))

    def test_the_newest_connection_of_an_agent_wins(self):
        agent = own("twice")
        first = self.worker(agent, handler=lambda task: "first")
        self.worker(agent, handler=lambda task: "second")
        with self.assertRaisesRegex(Exception, "another connection took over"):
            first.wait(20)
        task = self.create(agent)
        self.assertEqual(self.client.tasks.wait(task.id).result, "second")
        self.assertTrue(issubclass(LeaseLostError, Exception))


if __name__ == "__main__":
    unittest.main()
