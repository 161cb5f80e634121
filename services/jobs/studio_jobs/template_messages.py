"""Templates as the contract says them."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.scripthelp.v1 import scripthelp_pb2
from studio_jobs.templates.shelf import TEMPLATES


def template(name: str) -> scripthelp_pb2.Template:
    """A template of TEMPLATES, without its screenplay."""
    kept = TEMPLATES[name]
    return scripthelp_pb2.Template(
        name=f"templates/{name}",
        display_name=kept.display_name,
        description=kept.description,
        options=jobs_pb2.RenderOptions(
            size=task_pb2.Size(width_px=kept.width_px, height_px=kept.height_px),
            rate=task_pb2.Rate(numerator=kept.rate_hz, denominator=1),
            loudness_target_millilufs=kept.loudness_millilufs,
        ),
    )
