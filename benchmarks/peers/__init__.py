"""The same job in Node-RED, n8n and Celery, side by side with the relay: ``python -m benchmarks.peers``.

Each is installed by its own script into ``var/peers/``; what is not installed is left out of the table, and named.
"""
