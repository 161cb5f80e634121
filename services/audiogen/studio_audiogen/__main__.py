"""The audio generator's composition root: settings, engines, run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from filmstudio.audiogen.v1 import audiogen_pb2, audiogen_pb2_grpc
from filmstudio.generation.v1 import task_pb2
from studio_audiogen.convert import order_of
from studio_audiogen.engines.catalogue import engines
from studio_audiogen.servicer import AudiogenServicer
from studio_audiogen.settings import AudiogenSettings
from studio_platform.engine import Input
from studio_platform.generator import DirectService, Pool, run_generator
from studio_platform.settings import load

SERVICE = DirectService(
    audiogen_pb2.DESCRIPTOR.services_by_name["AudiogenService"],
    AudiogenServicer,
    audiogen_pb2_grpc.add_AudiogenServiceServicer_to_server,
)


def main() -> None:
    """Run the audio generator until it is told to stop."""
    settings = load(AudiogenSettings)
    catalogue = engines(
        settings.audiogen_voices_dir,
        settings.speech_threads,
        settings.audiogen_soundfont,
        settings.model,
        settings.audiogen_seconds_max,
        settings.speech_choice,
    )
    pools = [Pool(catalogue[name](), settings.lanes_of_engine(name)) for name in settings.audiogen_engines]
    run_generator("audiogen", settings, pools, _order, SERVICE)


def _order(spec: task_pb2.TaskSpec, inputs: Mapping[str, Input]) -> Any:
    """The order of a spec; sound is made from nothing, so there are no inputs."""
    del inputs
    return order_of(spec)


if __name__ == "__main__":
    main()
