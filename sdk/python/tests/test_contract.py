"""Every method with all that it can say, against a server that is made of the gateway's OpenAPI document: it refuses what is not
there, and answers with samples of what is."""

import inspect
import os
import unittest

from agent_orchestration import Client

URL = os.environ.get("AGENT_ORCHESTRATION_CONTRACT_URL", "")
ID = "01890a5d-ac96-774b-bcce-b302099a8057"
TIME = "2026-01-01T00:00:00Z"
SECRET = "whsec_" + "AQ" * 21 + "E="
STEP = {"key": "a", "name": "A", "type": "task", "task": {"type": "x"}}
DEFINITION = {"steps": [STEP]}
CONFIG = {"expression": "0 3 * * *"}
ACTION = {"type": "create_task", "task": {"type": "report"}}

CALLS = {
    "health": lambda c: c.health(),
    "agents.list": lambda c: c.agents.list(status="active", type="t"),
    "agents.iterate": lambda c: list(c.agents.iterate(status="error")),
    "agents.get": lambda c: c.agents.get("a"),
    "agents.create": lambda c: c.agents.create(
        name="n", type="t", configuration={"k": 1}, environment="e", capabilities=["c"], version="1"
    ),
    "agents.update": lambda c: c.agents.update("a", name="n", configuration={"k": None}),
    "agents.delete": lambda c: c.agents.delete("a"),
    "agents.register": lambda c: c.agents.register(
        agent_id="a",
        agent_type="worker",
        capabilities=["c"],
        services=["s"],
        endpoints={"http": "http://a"},
        metadata={"k": 1},
        version="1",
        tags=["t"],
        max_concurrent_tasks=2,
        heartbeat_interval_seconds=30,
    ),
    "agents.discover": lambda c: c.agents.discover(
        status="active", agent_type="worker", capabilities=["c"], services=["s"]
    ),
    "agents.set_status": lambda c: c.agents.set_status("a", "busy", {"cpu_usage": 1}),
    "agents.heartbeat": lambda c: c.agents.heartbeat("a", {"cpu_usage": 1}),
    "tasks.create": lambda c: [
        c.tasks.create(
            type="t",
            agent_id="a",
            payload={"k": 1},
            priority="medium",
            schedule={"type": "at", "at": TIME},
            requirements={"capabilities": ["c"], "agent_type": "worker"},
        ),
        c.tasks.create(
            type="t",
            priority="urgent",
            schedule={"type": "delay", "delay_seconds": 5},
            title="t",
            description="d",
            instructions="i",
            required_tools=["x"],
            retry={"max_attempts": 2, "non_retryable": ["X"]},
            lease_seconds=5,
            deadline=TIME,
            depends_on=[ID],
            on_dependency_failure="run",
            on_agent_lost="wait",
            fairness_key="f",
            concurrency_key="k",
            credentials=[{"name": "n", "secret": "s", "version": 1}],
        ),
    ],
    "tasks.create_many": lambda c: c.tasks.create_many([{"type": "t"}]),
    "tasks.get": lambda c: c.tasks.get(ID),
    "tasks.list": lambda c: c.tasks.list(
        status="failed", agent_id="a", priority="high", created_after=TIME, created_before=TIME, page=2, limit=5
    ),
    "tasks.iterate": lambda c: list(c.tasks.iterate(status="pending")),
    "tasks.cancel": lambda c: c.tasks.cancel(ID, "why"),
    "tasks.change": lambda c: c.tasks.change(ID, title="t", priority=7, deadline=None, payload={}, agent_id=None),
    "tasks.pause": lambda c: c.tasks.pause(ID),
    "tasks.resume": lambda c: c.tasks.resume(ID),
    "tasks.retry": lambda c: c.tasks.retry(ID, not_before=TIME),
    "tasks.provide_input": lambda c: c.tasks.provide_input(ID, {"yes": True}),
    "tasks.accept_result": lambda c: c.tasks.accept_result(ID, ID),
    "tasks.stats": lambda c: c.tasks.stats(),
    "tasks.history": lambda c: c.tasks.history(ID),
    "tasks.logs": lambda c: c.tasks.logs(ID, 3),
    "tasks.watch": lambda c: list(c.tasks.watch(ID)),
    "tasks.wait": lambda c: c.tasks.wait(ID),
    "workflows.list": lambda c: c.workflows.list(is_template=True, search="s", limit=1, offset=1),
    "workflows.iterate": lambda c: list(c.workflows.iterate()),
    "workflows.get": lambda c: c.workflows.get(ID),
    "workflows.create": lambda c: c.workflows.create(
        name="w", definition=DEFINITION, description="d", is_template=False, config={"k": 1}
    ),
    "workflows.update": lambda c: c.workflows.update(ID, description="e", definition=DEFINITION),
    "workflows.add_step": lambda c: c.workflows.add_step(ID, STEP),
    "workflows.validate": lambda c: c.workflows.validate(DEFINITION),
    "workflows.versions": lambda c: c.workflows.versions(ID, limit=1, offset=1),
    "workflows.version": lambda c: c.workflows.version(ID, 2),
    "workflows.delete": lambda c: c.workflows.delete(ID),
    "workflows.execute": lambda c: c.workflows.execute(ID, {"k": 1}, priority="medium", version=1),
    "workflows.signal": lambda c: c.workflows.signal("n", correlation="c", payload=1),
    "workflows.runs.list": lambda c: c.workflows.runs.list(
        workflow_id=ID, status="failed", parent=ID, started_after=TIME, started_before=TIME, limit=1, offset=1
    ),
    "workflows.runs.iterate": lambda c: list(c.workflows.runs.iterate(status="paused")),
    "workflows.runs.get": lambda c: c.workflows.runs.get(ID),
    "workflows.runs.graph": lambda c: c.workflows.runs.graph(ID),
    "workflows.runs.events": lambda c: c.workflows.runs.events(ID),
    "workflows.runs.wait": lambda c: c.workflows.runs.wait(ID),
    "workflows.runs.watch": lambda c: list(c.workflows.runs.watch(ID)),
    "workflows.runs.pause": lambda c: c.workflows.runs.pause(ID, "why"),
    "workflows.runs.resume": lambda c: c.workflows.runs.resume(ID),
    "workflows.runs.cancel": lambda c: c.workflows.runs.cancel(ID, "why"),
    "workflows.runs.signal": lambda c: c.workflows.runs.signal(ID, "n", {"k": 1}),
    "workflows.runs.retry": lambda c: c.workflows.runs.retry(ID, from_step="a"),
    "workflows.runs.fork": lambda c: c.workflows.runs.fork(ID, from_step="a", parameters={"k": 1}),
    "approvals.list": lambda c: c.approvals.list(status="all", run_id=ID, mine=True, limit=1, offset=1),
    "approvals.iterate": lambda c: list(c.approvals.iterate(mine=False)),
    "approvals.get": lambda c: c.approvals.get(ID),
    "approvals.create": lambda c: c.approvals.create(
        title="t",
        description="d",
        arguments={"k": 1},
        required=2,
        roles=["approver"],
        users=[ID],
        allow_self=True,
        expires_seconds=60,
    ),
    "approvals.approve": lambda c: c.approvals.approve(ID, comment="c", arguments_hash="a" * 64),
    "approvals.reject": lambda c: c.approvals.reject(ID, comment="c"),
    "approvals.cancel": lambda c: c.approvals.cancel(ID),
    "triggers.list": lambda c: c.triggers.list(type="cron", enabled=True, limit=1, offset=1),
    "triggers.iterate": lambda c: list(c.triggers.iterate(enabled=False)),
    "triggers.get": lambda c: c.triggers.get(ID),
    "triggers.create": lambda c: c.triggers.create(
        name="n", type="cron", config=CONFIG, action=ACTION, description="d", enabled=True, throttle=None
    ),
    "triggers.update": lambda c: c.triggers.update(ID, config=CONFIG, throttle={"max": 1, "seconds": 1}),
    "triggers.delete": lambda c: c.triggers.delete(ID),
    "triggers.rotate_secret": lambda c: c.triggers.rotate_secret(ID, secret=SECRET),
    "triggers.toggle": lambda c: c.triggers.toggle(ID, True),
    "triggers.test": lambda c: c.triggers.test(ID, {"payload": 1}, dry_run=True),
    "triggers.history": lambda c: c.triggers.history(ID, outcome="fired", limit=1, offset=1),
    "code_reviews.list": lambda c: c.code_reviews.list(status="pending", agent_id="a", limit=1, offset=1),
    "code_reviews.iterate": lambda c: list(c.code_reviews.iterate(status="approved")),
    "code_reviews.get": lambda c: c.code_reviews.get(ID),
    "code_reviews.create": lambda c: c.code_reviews.create(
        title="t", repository="r", branch="b", diff="d", files=[{"path": "p", "additions": 1, "deletions": 0}]
    ),
    "code_reviews.revise": lambda c: c.code_reviews.revise(ID, commit="c", diff="d"),
    "code_reviews.approve": lambda c: c.code_reviews.approve(ID, comment="c", revision=1),
    "code_reviews.reject": lambda c: c.code_reviews.reject(ID, reason="r", revision=1),
    "code_reviews.comment": lambda c: c.code_reviews.comment(
        ID, "b", file="f", line=1, side="new", in_reply_to=ID
    ),
    "templates.list": lambda c: c.templates.list(category="c", search="s"),
    "templates.get": lambda c: c.templates.get(ID),
    "templates.install": lambda c: c.templates.install(ID, {"k": 1}, version=1, name="n"),
    "templates.installations": lambda c: c.templates.installations(template_id="t", status="installed"),
    "templates.installation": lambda c: c.templates.installation(ID),
    "templates.uninstall": lambda c: c.templates.uninstall(ID, force=True),
    "webhooks.list": lambda c: c.webhooks.list(status="active", limit=1, offset=1),
    "webhooks.iterate": lambda c: list(c.webhooks.iterate(status="failing")),
    "webhooks.get": lambda c: c.webhooks.get(ID),
    "webhooks.create": lambda c: c.webhooks.create(
        url="https://a.example", events=["task.*"], description="d", filter="true", enabled=True, secret=SECRET
    ),
    "webhooks.update": lambda c: c.webhooks.update(ID, filter=None, enabled=False),
    "webhooks.delete": lambda c: c.webhooks.delete(ID),
    "webhooks.test": lambda c: c.webhooks.test(ID),
    "webhooks.rotate_secret": lambda c: c.webhooks.rotate_secret(ID, secret=SECRET),
    "webhooks.deliveries": lambda c: c.webhooks.deliveries(
        ID, state="failed", event="task.failed", limit=1, offset=1
    ),
}


def methods_of(api, prefix=""):
    for name, _ in inspect.getmembers(type(api), inspect.isfunction):
        if not name.startswith("_") and name != "close":
            yield prefix + name
    for name, value in vars(api).items():
        if type(value).__name__.endswith("Api"):
            yield from methods_of(value, f"{prefix}{name}.")


@unittest.skipUnless(URL, "AGENT_ORCHESTRATION_CONTRACT_URL names no server")
class Contract(unittest.TestCase):
    def setUp(self):
        self.client = Client(base_url=URL, max_retries=0)
        self.addCleanup(self.client.close)

    def test_every_method_is_called_here(self):
        self.assertEqual(sorted(CALLS), sorted(methods_of(self.client)))

    def test_every_method_asks_for_what_is_there_and_understands_the_answer(self):
        for name, call in CALLS.items():
            with self.subTest(name):
                call(self.client)
