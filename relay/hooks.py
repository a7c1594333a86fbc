"""The door to the configuration file: ``load`` it, ask which ``variables`` of the environment it needs, or what in it
leaves ``doubts``: right, and perhaps not meant.
"""

from relay.configuration.loading import load, variables
from relay.configuration.numbering import doubts
from relay.configuration.problems import Problem, WrongConfiguration

__all__ = ["Problem", "WrongConfiguration", "doubts", "load", "variables"]
