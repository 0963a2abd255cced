"""The composition root: from settings to a running application, and back to nothing."""

from oms_core.runtime.application import Application
from oms_core.runtime.assembly import Assembly, assemble

__all__ = ["Application", "Assembly", "assemble"]
