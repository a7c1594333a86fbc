"""Flask takes the webhook, Celery signs and sends it. Has an environment of its own and knows nothing of the relay."""

import os
import threading

import requests
from celery import Celery
from flask import Flask, request
from signing import signed_body

LOGIN, SECRET, URL = (os.environ[f"JUSTCLICK_{name}"] for name in ("LOGIN", "SECRET", "URL"))

app = Flask(__name__)
queue = Celery("shop", broker=os.environ["BROKER"])
queue.conf.task_ignore_result = True
# Early (Celery's default): a task is gone from the broker when it begins. Late: when it has ended.
queue.conf.task_acks_late = queue.conf.task_reject_on_worker_lost = os.environ["ACKNOWLEDGES"] == "late"
mine = threading.local()  # each thread keeps its connection open


@app.post("/lead")
def receive() -> str:
    lead = request.get_json()
    send.delay({name: lead[name] for name in ("email", "name", "phone")})
    return "ok"


@queue.task
def send(lead: dict[str, str]) -> None:
    body = signed_body(lead, LOGIN, SECRET)
    if not hasattr(mine, "session"):
        mine.session = requests.Session()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = mine.session.post(f"{URL}/api/AddLeadToGroup", body, headers=headers, timeout=30)
    if answer.json()["error_code"] != 0:
        raise RuntimeError(answer.text)
