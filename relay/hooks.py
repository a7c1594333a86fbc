"""The door to the configuration file: ``load`` it, or ask which ``variables`` of the environment it needs."""

from relay.configuration.loading import load, variables
from relay.configuration.problems import Problem, WrongConfiguration

__all__ = ["Problem", "WrongConfiguration", "load", "variables"]
