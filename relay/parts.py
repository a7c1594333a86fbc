"""The parts that the web half and the command line share, as one frozen value. Put together in app.py and relay/cli."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import Settings
from relay.models import Configuration
from relay.store import Store


@dataclass(frozen=True, slots=True)
class Parts:
    settings: Settings
    configuration: Configuration
    store: Store
