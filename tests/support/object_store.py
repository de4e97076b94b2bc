"""An S3 store of the tests' own: a real HTTP server in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem


@contextmanager
def s3_server() -> Iterator[ThreadedMotoServer]:
    """A server that answers as S3 does."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def empty_bucket(server: ThreadedMotoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a bucket without an object; this process's settings lead to it."""
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    forget_all(server)  # what an earlier store of this process left
    boto3.client("s3").create_bucket(Bucket="lake")
    S3FileSystem.clear_instance_cache()  # it would go on talking to another test's server
    yield "s3://lake"
    S3FileSystem.clear_instance_cache()


def forget_all(server: ThreadedMotoServer) -> None:
    """The buckets and all that they hold are gone, the server still answers."""
    host, port = server.get_host_and_port()
    requests.post(f"http://{host}:{port}/moto-api/reset", timeout=10).raise_for_status()
