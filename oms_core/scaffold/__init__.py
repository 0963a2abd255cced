"""New projects from templates: rendered, generated and formatted somewhere aside, then put in place.

``names`` (what may be called so), ``template`` (cookiecutter), ``building`` (the steps from a template to a
project that works), ``preview`` (a project as if it were installed), ``trial`` (its tests).
"""

from __future__ import annotations

from oms_core.scaffold.building import Step, build, place
from oms_core.scaffold.names import check_description, check_name, check_resource
from oms_core.scaffold.template import Template
from oms_core.scaffold.trial import Trial, missing_for_tests, try_out

__all__ = [
    "Step",
    "Template",
    "Trial",
    "build",
    "check_description",
    "check_name",
    "check_resource",
    "missing_for_tests",
    "place",
    "try_out",
]
