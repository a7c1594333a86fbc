"""How each of the contestants is started. Their settings are the usual ones of a production set-up on one machine."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.peers.load import number_of
from benchmarks.peers.peer import HERE, INSTALLED, Peer
from benchmarks.running import fast_configuration
from relay import __version__

# The same gunicorn for the relay and for Flask: the relay's defaults in production.
WEB_PROCESSES, WEB_THREADS = 2, 16


def npm_version(name: str) -> str:
    described = INSTALLED / name / "node_modules" / name / "package.json"
    return str(json.loads(described.read_text())["version"]) if described.is_file() else ""


def not_installed(name: str) -> str:
    return f"not installed; sh benchmarks/peers/install-{name}.sh"


def no_program(program: Path, name: str) -> str:
    if not program.is_file():
        return not_installed(name)
    return "" if shutil.which("node") else "there is no node"


class NodeRed(Peer):
    name = "Node-RED"
    program = INSTALLED / "node-red" / "node_modules" / "node-red" / "red.js"

    @classmethod
    def missing(cls) -> str:
        return no_program(cls.program, "node-red")

    @classmethod
    def version(cls) -> str:
        return npm_version("node-red")

    def start(self) -> None:
        self.spawn("node", str(self.program), "--settings", str(HERE / "node-red" / "settings.js"))


# Nothing that asks the network, no page, no record of what went well: the fastest that it does in one process.
N8N_OPTIONS = {
    "N8N_LISTEN_ADDRESS": "127.0.0.1",
    "N8N_HOST": "127.0.0.1",
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_PERSONALIZATION_ENABLED": "false",
    "N8N_HIRING_BANNER_ENABLED": "false",
    "N8N_LOG_LEVEL": "warn",
    "N8N_RUNNERS_ENABLED": "false",  # they are for Code nodes, and there is none
    "N8N_EXPRESSION_ENGINE": "legacy",  # the other one is compiled code for Node.js 22 and newer
    "N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS": "true",
    "EXECUTIONS_MODE": "regular",
    "EXECUTIONS_DATA_SAVE_ON_SUCCESS": "none",
    "DB_TYPE": "sqlite",
    "DB_SQLITE_POOL_SIZE": "4",
    "NODE_ENV": "production",
    "N8N_COMMUNITY_PACKAGES_ENABLED": "false",
    "N8N_PUBLIC_API_DISABLED": "true",
    "N8N_DISABLE_UI": "true",
}


def n8n_body(secret: str) -> str:
    """The form as an expression of the HTTP Request node: a Code node would be one more step, in another sandbox."""
    return "={{ " + (HERE / "n8n" / "body.js").read_text().strip().replace("JUSTCLICK_SECRET", secret) + " }}"


class N8n(Peer):
    name = "n8n"
    path = "/webhook/lead"
    program = INSTALLED / "n8n" / "node_modules" / "n8n" / "bin" / "n8n"

    @classmethod
    def missing(cls) -> str:
        return no_program(cls.program, "n8n")

    @classmethod
    def version(cls) -> str:
        return npm_version("n8n")

    @property
    def environ(self) -> dict[str, str]:
        folder = {"N8N_USER_FOLDER": str(self.rig.folder), "N8N_PORT": str(self.port)}
        return {**super().environ, **N8N_OPTIONS, **folder}

    def start(self) -> None:
        if not self.processes and not (self.rig.folder / "workflow.json").exists():
            self._bring_workflow()
        self.spawn("node", str(self.program), "start")

    def _bring_workflow(self) -> None:
        text = (HERE / "n8n" / "workflow.json").read_text()
        text = text.replace('"SIGNED_BODY"', json.dumps(n8n_body(self.environ["JUSTCLICK_SECRET"])))
        text = text.replace("JUSTCLICK_URL", self.rig.sink_url)
        path = self.rig.folder / "workflow.json"
        path.write_text(text)
        for command in (
            ("import:workflow", f"--input={path}"),
            ("update:workflow", "--all", "--active=true"),
        ):
            subprocess.run(
                ["node", str(self.program), *command],
                env=self.environ,
                stdout=subprocess.DEVNULL,
                timeout=180,
                check=True,
            )


class FlaskCelery(Peer):
    name = "Flask + Celery"
    uses_redis = True
    bin = INSTALLED / "celery" / "bin"
    gunicorn = ("--worker-class", "gthread", "--workers", f"{WEB_PROCESSES}", "--threads", f"{WEB_THREADS}")
    acknowledges = "early"  # as Celery comes: a task is gone from the broker when it begins

    @classmethod
    def missing(cls) -> str:
        return not_installed("celery") if not (cls.bin / "celery").is_file() else ""

    @classmethod
    def version(cls) -> str:
        asked = "import celery; print(celery.__version__)"
        return subprocess.check_output([cls.bin / "python", "-c", asked], text=True).strip()

    def start(self) -> None:
        broker = {
            "BROKER": self.rig.redis_url.replace("unix://", "redis+socket://"),
            "ACKNOWLEDGES": self.acknowledges,
        }
        web = [*self.gunicorn, "--keep-alive", "15", "--bind", f"127.0.0.1:{self.port}", "shop:app"]
        self.spawn(str(self.bin / "gunicorn"), *web, more=broker, cwd=HERE / "celery")
        worker = ["--app", "shop:queue", "worker", "--pool", "threads", "--concurrency", "64", "--loglevel", "WARNING"]
        self.spawn(str(self.bin / "celery"), *worker, more=broker, cwd=HERE / "celery")

    def set_aside(self) -> set[int]:
        """Their leads. In the hash are the messages that were given out, with the arguments of the task in each."""
        found = set()
        for kept in self.rig.store.redis.hvals("unacked"):
            arguments = json.loads(base64.b64decode(json.loads(kept)[0]["body"]))[0]
            found.add(number_of(arguments[0]["email"]))
        return found


class FlaskCeleryLate(FlaskCelery):
    """``acks_late`` and ``task_reject_on_worker_lost``: slower, and loses less."""

    name = "Flask + Celery with acks_late"
    acknowledges = "late"


class JustClickRelay(Peer):
    name = "JustClick Relay"
    path = "/hooks/lead/lead-token"
    uses_redis = True

    @property
    def environ(self) -> dict[str, str]:
        relay = self.rig.relay
        relay.configuration = fast_configuration().replace(
            "provider: generic\n", "provider: generic\n    max_per_minute: 1000000\n", 1
        )
        relay.port = self.port
        web = {"WEB_CONCURRENCY": f"{WEB_PROCESSES}", "RELAY_WEB_THREADS": f"{WEB_THREADS}"}
        return {**relay.environ, **web, "RELAY_IN_FLIGHT": "64", "RELAY_LOG_LEVEL": "warning"}

    @classmethod
    def version(cls) -> str:
        return __version__

    def start(self) -> None:
        self.spawn(sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "wsgi:app")
        self.spawn(sys.executable, "-m", "workers")


CONTESTANTS: tuple[type[Peer], ...] = (JustClickRelay, FlaskCelery, FlaskCeleryLate, NodeRed, N8n)


def unable() -> str:
    """Why there is nothing to measure; empty when at least one stands beside the relay."""
    if not shutil.which("wrk"):
        return "there is no wrk"
    whys = {one.missing(): one.name for one in reversed(CONTESTANTS) if one is not JustClickRelay}
    return "" if "" in whys else " / ".join(f"{name}: {why}" for why, name in reversed(whys.items()))
