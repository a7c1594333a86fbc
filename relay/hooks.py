"""The door to the configuration file: ``load`` it, ask which ``variables`` of the environment it needs, or which hooks
have ``shared_order_numbers``: right, and perhaps not meant.
"""

from relay.configuration.loading import load, variables
from relay.configuration.numbering import shared_order_numbers
from relay.configuration.problems import Problem, WrongConfiguration

__all__ = ["Problem", "WrongConfiguration", "load", "shared_order_numbers", "variables"]
