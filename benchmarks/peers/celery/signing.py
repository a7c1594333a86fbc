"""A call as JustClick wants it signed. Needs nothing but Python."""

from hashlib import md5
from urllib.parse import urlencode


def signed_body(lead: dict[str, str], login: str, secret: str) -> str:
    params = {"rid[0]": "webinar", "lead_email": lead["email"], "lead_name": lead["name"], "lead_phone": lead["phone"]}
    query = urlencode(params).replace("~", "%7E")
    return f"{query}&hash={md5(f'{query}::{login}::{secret}'.encode()).hexdigest()}"
