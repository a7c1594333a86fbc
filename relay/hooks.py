"""The door to the configuration file: ``load`` it, or ask which ``variables`` of the environment it needs.

``doubts`` are what a right file may all the same not mean.
"""

from relay.configuration.loading import load, variables
from relay.configuration.numbering import doubts
from relay.configuration.problems import Problem, WrongConfiguration

__all__ = ["Problem", "WrongConfiguration", "doubts", "load", "variables"]
