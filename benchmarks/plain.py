"""What the intake is compared with besides hello-world: the same webhook stored and queued with RQ's own calls.

No proof, no mapping, no search for repeats, no indexes: marshmallow reads it, one MULTI holds a SET and RQ's enqueue.
"""

import os

from flask import Flask, request
from marshmallow import Schema, fields
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer


class Lead(Schema):
    id = fields.String(required=True)
    email = fields.Email(required=True)
    name = fields.String()
    phone = fields.String()
    answers = fields.Dict(keys=fields.String(), values=fields.String())


app = Flask(__name__)
redis = Redis.from_url(os.environ["REDIS_URL"])
queue = Queue("plain", connection=redis, serializer=JSONSerializer)
schema = Lead()


@app.post("/hooks/lead/lead-token")
def store_and_enqueue() -> str:
    lead = schema.load(request.get_json())
    with redis.pipeline(transaction=True) as pipeline:
        pipeline.multi()
        pipeline.set(f"plain:{lead['id']}", request.get_data())
        queue.enqueue("workers.deliver.deliver_job", lead, pipeline=pipeline)
        pipeline.execute()
    return "ok"
