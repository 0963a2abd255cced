"""Calls: what is served in this process, and how plugins reach it; hooks: what they ask each other.

::

    endpoints = Endpoints(authoriser, claims=Claims(database))
    endpoints.add(NotesService(...), plugin="notes")       # PluginError: no permission, served twice
    channel = LocalChannel(endpoints, actor="notes", requires=["people"], handovers=None)
    people = PeopleClient(channel)

    endpoint = endpoints.find(method)                      # or endpoints.get(full_name)
    answer = await endpoint.serve(request, context, key="…")

    answers = Answers()
    answers.offer(NoteHooks, plugin="notes")               # PluginError: offered twice, or by nobody
    answers.add("people", [(NoteHooks.may_write, ask)])
    hooks = NoteHooksCaller(LocalHooks(answers, actor="notes"))

    new_id("note"), derived_key(method.full_name)          # the same again when a keyed call is retried
"""

from oms_core.calls.endpoint import AnswerOnce, Endpoint
from oms_core.calls.endpoints import Endpoints
from oms_core.calls.handover import HandoverLog
from oms_core.calls.hooks import LocalHooks
from oms_core.calls.hooks_answers import Answers
from oms_core.calls.hooks_failure import HookFailure
from oms_core.calls.idempotency import Claims
from oms_core.calls.ids import derived_key, new_id
from oms_core.calls.local import LocalChannel

__all__ = [
    "AnswerOnce",
    "Answers",
    "Claims",
    "Endpoint",
    "Endpoints",
    "HandoverLog",
    "HookFailure",
    "LocalChannel",
    "LocalHooks",
    "derived_key",
    "new_id",
]
