"""A JustClick of our own for development and tests: real HTTP, every function, trouble on demand.

It never imports the relay's signing, functions or codes: it has to find their mistakes.
"""

from relay.justclick.sandbox.service import Sandbox
from relay.justclick.sandbox.trouble import Trouble

__all__ = ["Sandbox", "Trouble"]
