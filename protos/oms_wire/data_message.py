"""Messages that are betterproto2's dataclasses."""

from __future__ import annotations

import betterproto2

from oms_wire.message import Message


class DataMessage(Message, betterproto2.Message):
    """A message with betterproto2's surface: constructor, equality, truth; its codecs are never used.

    The constructor takes two members of a oneof. Only writing refuses them.
    """
