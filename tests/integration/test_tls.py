"""The client over TLS, as the real platform is asked: read, refused, and ended in time."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from miatel import HttpSettings, MiatelClient, RetryPolicy, UnreachableError, Window
from tests.support.landed import KEY, utc

NOW = utc(2026, 2, 1)
DAY = Window(utc(2026, 1, 1), utc(2026, 1, 2))
ANSWER = b'{"data":[]}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for this host that vouches for itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(utc(2020, 1, 1))
        .not_valid_after(utc(2020, 1, 1) + timedelta(days=20_000))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def serving(certificate, beginning, drop=None):
    """Answers one request over TLS; with a drop it never comes to an end."""

    def serve_one():
        with suppress(OSError), context.wrap_socket(listener.accept()[0], server_side=True) as one:
            one.recv(65_536)
            one.sendall(beginning)
            while drop and not stop.wait(0.05):
                one.sendall(drop)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_one)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        stop.set()
        thread.join()


@pytest.fixture
def client_of(tmp_path):
    def make(url, ca_bundle=None, answer_seconds=60.0):
        once = RetryPolicy(attempts=1, silence_seconds=1.0, answer_seconds=answer_seconds)
        return MiatelClient(
            url, KEY, clock=lambda: NOW, retry=once, lock_dir=tmp_path,
            http=HttpSettings(ca_bundle=ca_bundle and str(ca_bundle)),
        )  # fmt: skip

    return make


def test_an_answer_is_read(certificate, client_of):
    with serving(certificate, HEAD + b"\r\n" + ANSWER) as url:
        assert client_of(url, certificate).fetch(DAY).body == ANSWER


def test_authorities_that_the_environment_names_are_not_trusted(
    certificate, client_of, monkeypatch
):
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(variable, str(certificate))
    refused = pytest.raises(UnreachableError, match=r"no TLS connection.*ca_bundle")
    with serving(certificate, HEAD + b"\r\n" + ANSWER) as url, refused:
        client_of(url).fetch(DAY)


def test_the_secrets_of_a_connection_are_not_written_where_the_environment_says(
    certificate, client_of, monkeypatch, tmp_path
):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "secrets"))
    with serving(certificate, HEAD + b"\r\n" + ANSWER) as url:
        assert client_of(url, certificate).fetch(DAY).body == ANSWER
    assert not (tmp_path / "secrets").exists()


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate, client_of):
    refused = pytest.raises(UnreachableError, match="no TLS connection")
    with serving(certificate, HEAD + b"\r\n" + ANSWER) as url, refused:
        client_of(url).fetch(DAY)


@pytest.mark.parametrize("beginning", [HEAD + b"X-Wait: ", HEAD + b"\r\n"])
def test_an_answer_that_trickles_is_ended(certificate, client_of, beginning):
    with serving(certificate, beginning, b" ") as url:
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="not complete after"):
            client_of(url, certificate, answer_seconds=0.3).fetch(DAY)
        assert time.monotonic() - began < 3
