"""The environment is not trusted: .netrc, proxies and plain http count where a setting says so."""

from __future__ import annotations

import base64
import logging
from pathlib import Path

import pytest

from miatel import (
    HttpSettings,
    MiatelClient,
    RequestRefusedError,
    RetryPolicy,
    UnreachableError,
    Window,
)
from tests.support.landed import KEY, utc
from tests.support.scripted_server import reply, scripted

NOW = utc(2026, 2, 1)
DAY = Window(utc(2026, 1, 1), utc(2026, 1, 2))
ANSWER = b'{"data":[]}'
PROXY_PASSWORD = "pRoxy canary/@"
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


@pytest.fixture
def client(tmp_path: Path):
    once = RetryPolicy(attempts=1, silence_seconds=2.0)

    def make(url: str, **settings) -> MiatelClient:
        http = HttpSettings(**settings)
        return MiatelClient(url, KEY, clock=lambda: NOW, retry=once, lock_dir=tmp_path, http=http)

    return make


def test_passwords_of_netrc_are_not_sent(client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password hidden\ndefault login a password b")
    monkeypatch.setenv("NETRC", str(netrc))
    with scripted(reply(ANSWER)) as (url, asked):
        client(url).fetch(DAY)
    assert "authorization" not in asked.heads[0].lower()


@pytest.mark.parametrize("variable", PROXIES)
def test_a_proxy_of_the_environment_is_not_asked(client, monkeypatch, variable):
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with scripted(reply(ANSWER)) as (url, _), scripted(reply(ANSWER)) as (proxy, listening):
        monkeypatch.setenv(variable, proxy)
        client(url).fetch(DAY)
        with pytest.raises(UnreachableError):
            client("https://127.0.0.1:9").fetch(DAY)
        assert listening.heads == []


@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_the_proxy_that_a_setting_names_is_asked_whatever_the_environment_says(
    client, monkeypatch, variable
):
    monkeypatch.setenv(variable, "*")
    with scripted(reply(ANSWER)) as (proxy, asked):
        client("http://localhost:9", proxy=proxy).fetch(DAY)
    assert asked.paths[0].startswith("http://localhost:9/main-getData.php?")


def test_the_proxys_password_is_sent_to_it_alone_and_logged_nowhere(client, caplog):
    caplog.set_level(logging.DEBUG)
    refused = reply(b"pRoxy canary/@ is wrong", "407 Proxy Authentication Required")
    with scripted(refused) as (proxy, asked):
        place = proxy.replace("http://", "http://user:pRoxy%20canary%2F%40@")
        one = client("https://localhost:9", proxy=place)
        with pytest.raises(UnreachableError, match="proxy in the connection's extra") as caught:
            one.fetch(DAY)
        assert asked.heads[0].startswith("CONNECT localhost:9 ")
        sent = base64.b64encode(f"user:{PROXY_PASSWORD}".encode()).decode()
        assert f"Basic {sent}" in asked.heads[0]
        assert "ip_auth_key" not in asked.heads[0]
        plain = client("http://localhost:9", proxy=place)
        with pytest.raises(Exception, match="407") as also:
            plain.fetch(DAY)
    texts = [caplog.text, repr(one), one.redact(f"{place} {PROXY_PASSWORD}")]
    texts += [repr(HttpSettings(proxy=place))]
    texts += [f"{e.value!r} {e.value.__context__!r} {e.value.__cause__!r}" for e in (caught, also)]
    for text in texts:
        assert "pRoxy" not in text


@pytest.mark.parametrize(
    "url",
    ["http://sms-hub2.miatel.ru", "http://192.0.2.1", "http://10.0.0.1:8080", "http://[2001:db8::1]",
     "http://localhost.example", "http://127.0.0.1.example", "http://0.0.0.0", "http://1270001",
     "http://user:127.0.0.1@host", "HTTP://host"],
)  # fmt: skip
def test_plain_http_over_a_network_is_refused_before_anything_is_sent(client, url):
    with pytest.raises(RequestRefusedError, match=r"plain http.*allow_plain_http"):
        client(url)
    client(url, allow_plain_http=True)
    client(url.lower().replace("http:", "https:"))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1", "http://127.9.9.9:80", "http://[::1]:8080", "http://LOCALHOST"]
)
def test_plain_http_to_this_host_itself_is_no_way(client, url):
    client(url)
    with pytest.raises(RequestRefusedError, match=r"plain http.*over a proxy"):
        client(url, proxy="http://proxy.example:3128")
    client(url, proxy="http://127.0.0.1:3128")


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ({"proxy": 3128}, "proxy"),
        ({"proxy": "proxy.example:3128"}, "proxy"),
        ({"proxy": "socks5://proxy.example"}, "proxy"),
        ({"proxy": "http://"}, "proxy"),
        ({"proxy": "http://host:port"}, "proxy"),
        ({"ca_bundle": "/nowhere/at/all.pem"}, "ca_bundle"),
        ({"ca_bundle": "relative.pem"}, "ca_bundle"),
        ({"ca_bundle": True}, "ca_bundle"),
        ({"allow_plain_http": "false"}, "allow_plain_http"),
        ({"allow_plain_http": 1}, "allow_plain_http"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(extra, named):
    with pytest.raises(RequestRefusedError, match=named):
        HttpSettings.from_extra(extra)


def test_settings_are_read_from_the_extra(tmp_path):
    bundle = str(tmp_path)
    extra = {"proxy": "http://p:1", "ca_bundle": bundle, "allow_plain_http": True, "no_traffic": []}
    assert HttpSettings.from_extra(extra) == HttpSettings("http://p:1", bundle, True)
    assert HttpSettings.from_extra({"proxy": "", "ca_bundle": None}) == HttpSettings()
