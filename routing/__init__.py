"""Plans runs of document couriers through a drive-thru hub: pickups, returns, lanes, breaks, traffic."""

from routing.check import Violation, check
from routing.errors import InternalError, Interrupted, InvalidInput, Problem, RoutingError, UnknownId
from routing.model import Break, Costs, Day, Driver, Hub, Place, Request
from routing.plan import Cluster, CostBreakdown, Plan, Run, Unserved
from routing.retime import Retimed, retime
from routing.solve import Progress, solve
from routing.travel import TrafficClock, TravelTimes
from routing.visits import Visit

__all__ = [
    "Break",
    "Cluster",
    "CostBreakdown",
    "Costs",
    "Day",
    "Driver",
    "Hub",
    "InternalError",
    "Interrupted",
    "InvalidInput",
    "Place",
    "Plan",
    "Problem",
    "Progress",
    "Request",
    "Retimed",
    "RoutingError",
    "Run",
    "TrafficClock",
    "TravelTimes",
    "UnknownId",
    "Unserved",
    "Violation",
    "Visit",
    "check",
    "retime",
    "solve",
]
