"""Streams, consumers and the cancel list of the topology, as JetStream is asked for them."""

from __future__ import annotations

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    KeyValueConfig,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from studio_platform.topology import (
    ACK_PENDING_MAX,
    CANCELS_BUCKET,
    CANCELS_LIFE_SECONDS,
    Consumer,
    Retention,
    Stream,
)


def stream_config(stream: Stream) -> StreamConfig:
    """A stream; a full work queue refuses, for what is in it must not be dropped."""
    work_queue = stream.retention is Retention.WORK_QUEUE
    return StreamConfig(
        name=stream.name,
        subjects=[stream.subjects],
        retention=RetentionPolicy.WORK_QUEUE if work_queue else RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW if work_queue else DiscardPolicy.OLD,
        storage=StorageType.FILE,
        max_bytes=stream.bytes_max,
        max_msgs=stream.messages_max,
        max_age=stream.age_max_seconds,
        duplicate_window=stream.duplicate_window_seconds,
        max_msgs_per_subject=1 if stream.one_per_subject else -1,
        discard_new_per_subject=stream.one_per_subject,
    )


def consumer_config(consumer: Consumer) -> ConsumerConfig:
    """A durable pull consumer that delivers for ever."""
    return ConsumerConfig(
        durable_name=consumer.name,
        filter_subject=consumer.subjects,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=consumer.lease_seconds,
        max_deliver=-1,
        max_ack_pending=ACK_PENDING_MAX,
    )


def cancels_config() -> KeyValueConfig:
    """The list of cancelled runs."""
    return KeyValueConfig(bucket=CANCELS_BUCKET, ttl=CANCELS_LIFE_SECONDS, storage=StorageType.FILE)
