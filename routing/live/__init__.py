"""The live day: what a dispatch service holds all day long, and its durable log."""

from routing.live.answers import Change, Late, NextStops, Option, Quote, Replanned, Slot
from routing.live.dispatcher import Dispatcher
from routing.live.journal import JournalError

__all__ = ["Change", "Dispatcher", "JournalError", "Late", "NextStops", "Option", "Quote", "Replanned", "Slot"]
