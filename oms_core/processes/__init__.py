"""Process managers: what has to happen across plugins, with deadlines, and undone in reverse when it cannot.

::

    placing = Process("placing", Placing, decide)
    placing.starts_on(Wanted)
    placing.does(Reserve, reserve, undo=release, patience=timedelta(seconds=30))
    oms.process(placing)

``decide(state, happening)`` is pure. Its decision is stored with what follows from it in one transaction;
commands are performed afterwards, each under a key of its own, and what came of it is the next happening.
A process may be killed at any moment: what was decided is done, what was begun is done again under its key.
"""

from oms_core.processes.decision import Decision, done, go, undo
from oms_core.processes.definition import Done, Process
from oms_core.processes.happenings import Answered, Happening, Refused, TimedOut, Undone
from oms_core.processes.key import step_key
from oms_core.processes.runner import Runner, consumers_of

__all__ = [
    "Answered",
    "Decision",
    "Done",
    "Happening",
    "Process",
    "Refused",
    "Runner",
    "TimedOut",
    "Undone",
    "consumers_of",
    "done",
    "go",
    "step_key",
    "undo",
]
