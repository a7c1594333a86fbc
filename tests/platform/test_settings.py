"""config/settings.py: the environment becomes settings, or sentences that help."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from config.settings import NO_STORE, complete, load_settings
from relay.errors import ConfigurationError

STORE = {"REDIS_URL": "redis://localhost:6379/0"}


def test_an_empty_environment_is_development_with_the_embedded_store() -> None:
    """Nothing set: everything has a default, and there is no store address."""
    settings = load_settings({})
    assert (settings.environment, settings.port, settings.redis_url) == ("development", 8000, None)
    assert settings.max_body == 1024 * 1024
    assert settings.config_path.endswith("config/relay.yaml")


@pytest.mark.parametrize("mark", [{"DYNO": "web.1"}, {"RELAY_ENV": "production"}, {"RENDER": "true"}])
def test_production_without_a_store_stops_with_the_sentence_that_helps(mark: dict[str, str]) -> None:
    """On a platform there is no embedded server."""
    with pytest.raises(ConfigurationError) as stopped:
        load_settings(mark)
    assert str(stopped.value) == NO_STORE
    assert "heroku addons:create" in NO_STORE


def test_a_platform_is_production_even_when_it_says_otherwise() -> None:
    """RELAY_ENV=development on a dyno would keep events on a disk that vanishes."""
    assert load_settings({"DYNO": "web.1", "RELAY_ENV": "development", **STORE}).production


def test_an_empty_store_address_counts_as_none() -> None:
    """Platforms offer empty variables in their forms."""
    with pytest.raises(ConfigurationError, match="REDIS_URL is missing"):
        load_settings({"RELAY_ENV": "production", "REDIS_URL": " "})


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "http"}, "PORT is 'http'; it must be a whole number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT is '70000'"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY is '0'; it must be a whole number from 1 to 64."),
        ({"RELAY_ENV": "prodution"}, "did you mean production?"),
        ({"RELAY_LOG_LEVEL": "loud"}, "one of debug, info, warning, error"),
        ({"RELAY_MAX_BODY": "1 apple"}, "a number of bytes"),
        ({"RELAY_MAX_BODY": "9GB"}, "a number of bytes"),
        ({"RELAY_TRUSTED_PROXIES": "-1"}, "RELAY_TRUSTED_PROXIES is '-1'"),
        ({"RELAY_IN_FLIGHT": "²"}, "RELAY_IN_FLIGHT is '²'"),
        (
            {"JUSTCLICK_LOGIN": "https://school.justclick.ru", "JUSTCLICK_SECRET": "s"},
            "without address or domain: school",
        ),
        ({"JUSTCLICK_LOGIN": "school"}, "JUSTCLICK_SECRET is missing although JUSTCLICK_LOGIN is set"),
        ({"JUSTCLICK_SECRET": "s"}, "JUSTCLICK_LOGIN is missing although JUSTCLICK_SECRET is set"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL begins with 'localhost'"),
        ({"REDIS_URL": "rediss://h", "REDIS_CA_FILE": "/no/such.pem"}, "REDIS_CA_FILE is '/no/such.pem'"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(environ: dict[str, str], sentence: str) -> None:
    """One clear sentence a mistake."""
    with pytest.raises(ConfigurationError) as stopped:
        load_settings(environ)
    assert sentence in str(stopped.value)


def test_all_wrong_values_are_told_at_once() -> None:
    """Nobody wants to start five times to find five mistakes."""
    with pytest.raises(ConfigurationError) as stopped:
        load_settings({"PORT": "x", "WEB_CONCURRENCY": "y", "RELAY_ENV": "production"})
    assert len(str(stopped.value).splitlines()) == 3


def test_no_error_and_no_representation_shows_a_secret() -> None:
    """Settings end up in tracebacks; store addresses hold passwords."""
    secret = "pass-word-123"
    with pytest.raises(ConfigurationError) as stopped:
        load_settings({"REDIS_URL": f"http://:{secret}@host", "JUSTCLICK_SECRET": secret, "PORT": "x"})
    assert secret not in str(stopped.value)
    names = ("RELAY_PASSWORD", "RELAY_API_TOKEN", "SECRET_KEY", "JUSTCLICK_SECRET", "TILDA_KEY")
    environ = {**dict.fromkeys(names, secret), "JUSTCLICK_LOGIN": "school", "REDIS_URL": f"redis://:{secret}@host"}
    assert secret not in repr(load_settings(environ))


@pytest.mark.parametrize(("text", "size"), [("2048", 2048), ("512k", 524288), ("2MB", 2097152), ("1 MiB", 1048576)])
def test_sizes_may_have_a_unit(text: str, size: int) -> None:
    """RELAY_MAX_BODY as people write it."""
    assert load_settings({"RELAY_MAX_BODY": text}).max_body == size


def test_hops_in_front_are_one_on_a_platform_and_none_at_home() -> None:
    """A router stands before every dyno; on one's own machine nobody may claim to be somebody else."""
    assert load_settings({"DYNO": "web.1", **STORE}).trusted_proxies == 1
    assert load_settings({"RELAY_ENV": "production", **STORE}).trusted_proxies == 0


def test_the_cookie_key_follows_from_the_other_secrets_when_none_is_set() -> None:
    """The same in every process, another when the password changes, none when there is nothing to make it of."""
    first = load_settings({"RELAY_PASSWORD": "a"}).secret_key
    assert first == load_settings({"RELAY_PASSWORD": "a"}).secret_key
    assert first != load_settings({"RELAY_PASSWORD": "b"}).secret_key
    assert load_settings({}).secret_key == ""
    assert load_settings({"SECRET_KEY": "mine", "RELAY_PASSWORD": "a"}).secret_key == "mine"


@pytest.mark.parametrize(
    ("environ", "ending"),
    [
        ({}, "rediss://h:1/0"),
        ({"DYNO": "web.1"}, "rediss://h:1/0?ssl_cert_reqs=none"),
        ({"DYNO": "web.1", "REDIS_URL": "rediss://h:1/0?ssl_cert_reqs=required"}, "?ssl_cert_reqs=required"),
        ({"DYNO": "web.1", "REDIS_URL": "rediss://h:1?db=2"}, "?db=2&ssl_cert_reqs=none"),
        ({"DYNO": "web.1", "REDIS_URL": "redis://h:1/0"}, "redis://h:1/0"),
        ({"RENDER": "true"}, "rediss://h:1/0"),
    ],
)
def test_certificates_are_verified_except_on_a_dyno_without_a_rule(environ: dict[str, str], ending: str) -> None:
    """Heroku's store shows a certificate that it signed itself; nobody else gets that trust."""
    url = load_settings({"REDIS_URL": "rediss://h:1/0", **environ}).redis_url
    assert url is not None
    assert url.endswith(ending)


def test_a_named_authority_wins_on_a_dyno_too(tmp_path: Path) -> None:
    """REDIS_CA_FILE turns verification on again."""
    authority = tmp_path / "a b.pem"
    authority.write_text("certificate")
    url = load_settings({"REDIS_URL": "rediss://h", "DYNO": "web.1", "REDIS_CA_FILE": str(authority)}).redis_url
    assert url is not None
    assert "ssl_ca_certs=" in url
    assert "ssl_cert_reqs" not in url


def test_settings_cannot_be_changed() -> None:
    """Frozen: what was true at the start stays true."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_settings({}).port = 1  # type: ignore[misc]


# ---------------------------------------------------------------- .env and var/dev.env
def test_the_env_file_is_read_and_never_wins(tmp_path: Path) -> None:
    """What the environment says stays; a dollar sign in a secret stays a dollar sign."""
    (tmp_path / ".env").write_text("PORT=1\nTILDA_KEY='a$HOME b'\nRELAY_PASSWORD=file\n")
    found = complete({"PORT": "2", "HOME": "/h"}, tmp_path)
    assert (found["PORT"], found["TILDA_KEY"], found["RELAY_PASSWORD"]) == ("2", "a$HOME b", "file")


@pytest.mark.parametrize("mark", [{"RELAY_ENV": "production"}, {"DYNO": "web.1"}])
def test_no_file_is_read_in_production(mark: dict[str, str], tmp_path: Path) -> None:
    """A forgotten .env in a deployed folder changes nothing."""
    (tmp_path / ".env").write_text("RELAY_PASSWORD=file\n")
    assert "RELAY_PASSWORD" not in complete(mark, tmp_path)


def test_a_real_account_pushes_the_sandbox_out_as_a_whole(tmp_path: Path) -> None:
    """A real login never meets the sandbox's address, nor the other way round."""
    (tmp_path / "var").mkdir()
    kept = "JUSTCLICK_LOGIN=sandbox\nJUSTCLICK_SECRET=s\nJUSTCLICK_URL=http://127.0.0.1:8100\nLEAD_TOKEN=t\n"
    (tmp_path / "var" / "dev.env").write_text(kept)
    assert complete({}, tmp_path)["JUSTCLICK_URL"] == "http://127.0.0.1:8100"
    real = complete({"JUSTCLICK_LOGIN": "school", "JUSTCLICK_SECRET": "real"}, tmp_path)
    assert "JUSTCLICK_URL" not in real
    assert (real["JUSTCLICK_SECRET"], real["LEAD_TOKEN"]) == ("real", "t")
