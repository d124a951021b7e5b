"""Plans runs of document couriers through a drive-thru hub: pickups, returns, lanes, breaks, traffic."""

from routing.check import Violation, check
from routing.difference import Difference, Moved, difference
from routing.errors import CannotGoOn, InternalError, Interrupted, InvalidInput, Problem, RoutingError, UnknownId
from routing.explain import Explanation, Remedy, Served, Why, explain
from routing.live import Dispatcher, JournalError
from routing.model import Break, Costs, Day, Driver, Hub, Place, Request
from routing.plan import Cluster, CostBreakdown, Plan, Run, Unserved
from routing.retime import Retimed, retime
from routing.solve import Progress, solve
from routing.travel import TrafficClock, TravelTimes
from routing.visits import Visit

__all__ = [
    "Break",
    "CannotGoOn",
    "Cluster",
    "CostBreakdown",
    "Costs",
    "Day",
    "Difference",
    "Dispatcher",
    "Driver",
    "Explanation",
    "Hub",
    "InternalError",
    "Interrupted",
    "InvalidInput",
    "JournalError",
    "Moved",
    "Place",
    "Plan",
    "Problem",
    "Progress",
    "Remedy",
    "Request",
    "Retimed",
    "RoutingError",
    "Run",
    "Served",
    "TrafficClock",
    "TravelTimes",
    "UnknownId",
    "Unserved",
    "Violation",
    "Visit",
    "Why",
    "check",
    "difference",
    "explain",
    "retime",
    "solve",
]
