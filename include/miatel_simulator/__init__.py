"""The vendor's statistics API, offline: same limits, a deterministic history, faults on request.

The product never imports this package; tests, benchmarks and the demo do.
"""

from miatel_simulator.checks import ConfigError
from miatel_simulator.config import Burst, SimulatorConfig
from miatel_simulator.faults import FAULT_KINDS, FaultPlan
from miatel_simulator.http.journal import RequestSeen, count_overlaps, max_in_flight
from miatel_simulator.http.server import serve
from miatel_simulator.http.simulator import Simulator
from miatel_simulator.incidents import INCIDENT_KINDS, Incident

__all__ = [
    "FAULT_KINDS",
    "INCIDENT_KINDS",
    "Burst",
    "ConfigError",
    "FaultPlan",
    "Incident",
    "RequestSeen",
    "Simulator",
    "SimulatorConfig",
    "count_overlaps",
    "max_in_flight",
    "serve",
]
