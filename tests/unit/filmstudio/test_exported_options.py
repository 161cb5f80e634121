"""The options of an export's film."""

from __future__ import annotations

import pytest
from google.protobuf import json_format

from filmstudio.cli.archives.keys import exported_options
from filmstudio.jobs.v1 import jobs_pb2


@pytest.mark.parametrize("narrates", [True, False])
def test_a_films_options_come_back_as_they_went_out(narrates: bool) -> None:
    options = jobs_pb2.RenderOptions(narrate=narrates, quality=jobs_pb2.QUALITY_PROXY)

    assert exported_options(json_format.MessageToDict(options)) == options


def test_an_export_from_before_narration_was_the_default_has_no_narrator() -> None:
    assert exported_options({"quality": "QUALITY_FULL"}).narrate is False
    assert exported_options({"quality": "QUALITY_FULL"}).HasField("narrate")
