"""Calls: what is served in this process, and how plugins reach it; hooks: what they ask each other.

::

    endpoints = Endpoints(authoriser, claims=Claims(database))
    endpoints.add(NotesService(...), plugin="notes")       # PluginError: no permission, served twice
    channel = LocalChannel(endpoints, actor="notes", requires=["people"], handovers=None)
    people = PeopleClient(channel)

    lines = connected(["10.0.0.7:9090"], repeatable=[...])  # in another process: the same clients
    channel = RemoteChannel(lines, plugin="people", vouch=issuer.vouch, actor="notes")

    endpoint = endpoints.find(method)                      # or endpoints.get(full_name)
    answer = await endpoint.serve(request, context, key="…")
    stream = endpoints.find_stream(method)
    await stream.serve(requests, context, deliver)          # deliver: async (answer) -> None
    endpoints.open_streams.end(within=10)                   # on the way down

    answers = Answers()
    answers.offer(NoteHooks, plugin="notes")               # PluginError: offered twice, or by nobody
    answers.add("people", [(NoteHooks.may_write, ask)])
    hooks = NoteHooksCaller(LocalHooks(answers, actor="notes"))

    new_id("note"), derived_key(method.full_name)          # the same again when a keyed call is retried
"""

from oms_core.calls.endpoint import AnswerOnce, Endpoint
from oms_core.calls.endpoints import AnyEndpoint, Endpoints
from oms_core.calls.gateway import passing_on
from oms_core.calls.handover import HandoverLog
from oms_core.calls.hooks import LocalHooks
from oms_core.calls.hooks_answers import Answers
from oms_core.calls.hooks_failure import HookFailure
from oms_core.calls.idempotency import Claims
from oms_core.calls.ids import derived_key, new_id
from oms_core.calls.local import LocalChannel
from oms_core.calls.pulled import Deliver
from oms_core.calls.remote import RemoteChannel, Vouch
from oms_core.calls.stream_endpoint import StreamEndpoint

__all__ = [
    "AnswerOnce",
    "Answers",
    "AnyEndpoint",
    "Claims",
    "Deliver",
    "Endpoint",
    "Endpoints",
    "HandoverLog",
    "HookFailure",
    "LocalChannel",
    "LocalHooks",
    "RemoteChannel",
    "StreamEndpoint",
    "Vouch",
    "derived_key",
    "new_id",
    "passing_on",
]
