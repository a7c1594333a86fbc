"""The hello-world route that the intake is compared with: the same gunicorn, the same settings, nothing to do."""

from flask import Flask, request

app = Flask(__name__)


@app.post("/hooks/lead/lead-token")
def hello() -> str:
    request.get_data()
    return "ok"
