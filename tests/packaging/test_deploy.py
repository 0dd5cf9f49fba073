"""What `deploy/` says fits what the product reads, and what docs/operations.md tells operators.

There is no Docker here: the files are read as Compose reads them, the settings are given to the
product's own readers, and control and node are started with them in `test_compose_starts`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from canary import settings as canary_settings
from canary.__main__ import main as canary_main
from control import config as control_config
from sfu import config as sfu_config
from tests.packaging.composed import DEPLOY, SECRETS, Composed, prepared

ROOT = DEPLOY.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
OUR_OWN = ("control", "sfu", "canary")
ROOT_FOR_A_MOMENT = "folders"
UNITS = sorted((DEPLOY / "systemd").glob("visavis*.*"))


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Composed:
    return prepared(tmp_path_factory.mktemp("deploy"))


# compose.yaml


def test_every_value_of_compose_is_explained_in_the_example(composed: Composed) -> None:
    assert composed.asked <= set(composed.example), "missing in .env.example"
    unused = set(composed.example) - composed.asked - {"ACME_EMAIL"}
    assert unused == set(), "in .env.example and used by nothing"


@pytest.mark.parametrize(
    ("service", "known", "load"),
    [
        ("control", control_config.ENVIRONMENT, control_config.load),
        ("sfu", sfu_config.ENVIRONMENT, sfu_config.load),
        ("canary", canary_settings.ENVIRONMENT, canary_settings.load),
    ],
)
def test_settings_of_compose_are_the_products_own(
    composed: Composed, service: str, known: dict[str, str], load: Any
) -> None:
    environment = composed.environment(service)
    assert set(environment) <= set(known.values())
    if service == "canary":  # the operator sets these later
        environment |= {name: "set" for name, value in environment.items() if not value}
    load(environment)


CHOICES = {
    "VISAVIS_ORIGINS": ("extra_origins", "https://other.test", ("https://other.test",)),
    "VISAVIS_LINK_DAYS": ("link_days", "30", 30),
    "VISAVIS_TURN_HOURS": ("turn_hours", "24", 24),
    "VISAVIS_MAX_ROOMS": ("max_rooms", "50", 50),
    "VISAVIS_MAX_HALF_OPEN_PEERS": ("max_half_open_peers", "40", 40),
    "VISAVIS_RECEIVE_BUFFER_BYTES": ("receive_buffer_bytes", "1000000", 1_000_000),
    "VISAVIS_REGISTRATION": ("registration", "open", "open"),
    "VISAVIS_REGION": ("region", "DE", "DE"),
    "VISAVIS_LOG_LEVEL": ("log_level", "DEBUG", "DEBUG"),
    "VISAVIS_LOG_FORMAT": ("log_format", "json", "json"),
}
"""What operators choose in `.env`: the setting's name, what is written, what is read."""


def test_what_is_chosen_in_env_reaches_each_plane_that_knows_it(tmp_path: Path) -> None:
    composed = prepared(tmp_path, **{name: text for name, (_, text, _) in CHOICES.items()})
    for service, config in (("control", control_config), ("sfu", sfu_config)):
        loaded = config.load(composed.environment(service))
        known = {name: CHOICES[name] for name in CHOICES if name in config.ENVIRONMENT.values()}
        assert {name: getattr(loaded, own) for name, (own, _, _) in known.items()} == {
            name: read for name, (_, _, read) in known.items()
        }


@pytest.mark.parametrize("without", [(), tuple(CHOICES)], ids=["as it comes", "without the lines"])
def test_what_is_not_chosen_is_the_products_own_default(
    tmp_path: Path, without: tuple[str, ...]
) -> None:
    composed = prepared(tmp_path)
    file = tmp_path / ".env"
    file.write_text(
        "".join(
            line
            for line in file.read_text("utf-8").splitlines(keepends=True)
            if line.partition("=")[0] not in without
        )
    )
    token = {"VISAVIS_SFU_TOKEN": "x" * 32}
    for service, config in (("control", control_config), ("sfu", sfu_config)):
        loaded, plain = config.load(composed.environment(service)), config.load(token)
        own = [own for own, _, _ in CHOICES.values() if hasattr(plain, own)]
        assert [getattr(loaded, one) for one in own] == [getattr(plain, one) for one in own]


def test_control_and_node_of_compose_meet(composed: Composed) -> None:
    control = control_config.load(composed.environment("control"))
    node = sfu_config.load(composed.environment("sfu"))
    assert control.sfu_url == f"http://sfu:{node.api_port}"
    assert control.sfu_token == node.token
    assert control.trust_proxy
    assert control.public_url == "https://visavis.test"
    assert [url.partition("?")[0] for url in control.turn_urls] == [
        "turn:turn.visavis.test:3478",
        "turn:turn.visavis.test:3478",
        "turns:turn.visavis.test:5349",
    ]


def test_node_of_compose_announces_the_address_that_its_published_port_leads_to(
    composed: Composed,
) -> None:
    sfu = composed.services["sfu"]
    node = sfu_config.load(composed.environment("sfu"))
    address = sfu["networks"]["media"]["ipv4_address"]
    assert node.announce == (f"198.51.100.4={address}",)
    ports = {f"0.0.0.0:{node.media_port}:{node.media_port}/{kind}" for kind in ("udp", "tcp")}
    assert set(sfu["ports"]) == ports, "the number must stay, or browsers are told a wrong one"


def test_node_of_compose_has_the_time_that_it_gives_running_calls(composed: Composed) -> None:
    minutes = composed.services["sfu"]["stop_grace_period"].removesuffix("m")
    node = sfu_config.load(composed.environment("sfu"))
    assert int(minutes) * 60 > node.drain_s


def test_what_compose_mounts_is_there(composed: Composed) -> None:
    named = composed.document["volumes"]
    for name, service in composed.services.items():
        for volume in service.get("volumes", []):
            source, target = volume.split(":")[:2]
            assert target.startswith("/"), volume
            if source.startswith("."):
                assert (composed.folder / source).exists(), f"{name} mounts {source}"
                assert volume.endswith(":ro"), f"{name} may write into {source}"
            else:
                assert source in named, f"{name} mounts an unknown volume {source}"


def test_services_of_compose_are_closed(composed: Composed) -> None:
    for name, service in composed.services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert "mem_limit" in service, name
        if name != ROOT_FOR_A_MOMENT:
            assert service["user"].partition(":")[0] not in ("", "0", "root"), name
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"], name
        assert set(service.get("networks", ())) <= set(composed.document["networks"]), name
        for other in service.get("depends_on", ()):
            assert other in composed.services, name


def test_database_and_api_of_the_node_are_not_reached_from_outside(composed: Composed) -> None:
    assert composed.document["networks"]["inside"]["internal"] is True
    for name in ("control", "postgres"):
        assert "ports" not in composed.services[name], name
    assert set(composed.services["postgres"]["networks"]) == {"inside"}


def test_our_image_of_compose_has_the_user_it_runs_as(composed: Composed) -> None:
    (uid,) = re.findall(r"useradd .*--uid (\d+)", (ROOT / "Dockerfile").read_text("utf-8"))
    for name in OUR_OWN:
        assert composed.services[name]["user"] == f"{uid}:{uid}"


def test_options_of_the_canary_are_its_own(
    composed: Composed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in canary_settings.ENVIRONMENT.values():
        monkeypatch.delenv(name, raising=False)
    unit = (DEPLOY / "systemd/visavis-canary.service").read_text("utf-8")
    (line,) = re.findall(r"^ExecStart=\S+ canary (.*)$", unit, re.MULTILINE)
    for options in (composed.services["canary"]["command"][1:], line.split()):
        assert canary_main(options) == 2, "it gets as far as its settings, which are not set"
        assert "VISAVIS_CANARY_URL must be set" in capsys.readouterr().err


# ports


def firewall() -> set[tuple[str, str]]:
    """Return (ports, protocol) of each row of the table of docs/operations.md."""
    part = OPERATIONS.partition("\n## Firewall\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([\d–]+) \| (TCP|UDP) \|", part, re.MULTILINE)
    return {(ports.replace("–", "-"), kind.lower()) for ports, kind in rows}


def test_firewall_table_names_every_port_that_compose_opens(composed: Composed) -> None:
    opened = {
        (port.rpartition("/")[0].split(":")[-2], port.rpartition("/")[2])
        for service in composed.services.values()
        for port in service.get("ports", ())
        if not port.startswith("127.0.0.1:")
    }
    turn = composed.turn
    opened |= {(turn["listening-port"], kind) for kind in ("udp", "tcp")}
    opened |= {(turn["tls-listening-port"], "tcp")}
    opened |= {(f"{turn['min-port']}-{turn['max-port']}", "udp")}
    assert firewall() == opened


def test_relays_of_coturn_leave_the_nodes_port_alone(composed: Composed) -> None:
    node = sfu_config.load(composed.environment("sfu"))
    assert int(composed.turn["min-port"]) > node.media_port


# Prometheus and Grafana


def test_prometheus_of_compose_finds_its_files_and_whom_it_asks(composed: Composed) -> None:
    services, prometheus = composed.services, composed.services["prometheus"]
    mounted = {volume.split(":")[1] for volume in prometheus["volumes"]}
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    assert set(config["rule_files"]) <= mounted
    listening = {"control": "8080", "sfu": composed.environment("sfu")["VISAVIS_SFU_PORT"]}
    listening["canary"] = services["canary"]["command"][-1].rpartition(":")[2]
    for job in config["scrape_configs"]:
        if "authorization" in job:
            assert job["authorization"]["credentials_file"] in mounted
        for target in job["static_configs"][0]["targets"]:
            host, _, port = target.partition(":")
            assert port == listening.pop(host)
            assert set(services[host]["networks"]) & set(prometheus["networks"])
    assert listening == {}, "nobody asks these"
    token = (composed.folder / "secrets/metrics-token").read_text("utf-8").strip()
    assert token == composed.environment("control")["VISAVIS_METRICS_TOKEN"]


def test_grafana_of_compose_finds_prometheus_and_is_for_this_machine_alone(
    composed: Composed,
) -> None:
    grafana = composed.services["grafana"]
    file = DEPLOY / "grafana/provisioning/datasources/visavis.yml"
    (source,) = yaml.safe_load(file.read_text("utf-8"))["datasources"]
    host = source["url"].removeprefix("http://").partition(":")[0]
    assert set(composed.services[host]["networks"]) & set(grafana["networks"])
    assert all(port.startswith("127.0.0.1:") for port in grafana["ports"])
    boards = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/dashboards/visavis.yml").read_text("utf-8")
    )
    path = boards["providers"][0]["options"]["path"]
    assert f"./grafana/dashboards:{path}:ro" in grafana["volumes"]


# prepare.sh


def test_prepare_fills_in_coturns_file(composed: Composed) -> None:
    turn = composed.turn
    assert turn["static-auth-secret"] == composed.values["VISAVIS_TURN_SECRET"]
    assert turn["listening-ip"] == turn["relay-ip"] == turn["allowed-peer-ip"] == "198.51.100.4"
    certificate = composed.services["coturn"]["environment"]["TURN_CERTIFICATE"]
    assert turn["cert"] == certificate.replace("${TURN_DOMAIN}", "turn.visavis.test")
    text = (composed.folder / "secrets/turnserver.conf").read_text("utf-8")
    assert "<" not in "".join(line for line in text.splitlines() if not line.startswith("#"))


def test_prepare_makes_secrets_that_others_cannot_read(composed: Composed) -> None:
    assert (composed.folder / ".env").stat().st_mode & 0o077 == 0
    for name, service in (("turnserver.conf", "coturn"), ("metrics-token", "prometheus")):
        file = (composed.folder / "secrets" / name).stat()
        assert f"{file.st_uid}:{file.st_gid}" == composed.services[service]["user"]
        assert file.st_mode & 0o777 == 0o400
    made = [composed.values[name] for name in SECRETS]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch("[0-9a-f]{64}", secret) for secret in made)


def test_prepare_keeps_what_is_set_when_it_runs_again(composed: Composed) -> None:
    before = (composed.folder / ".env").read_text("utf-8")
    assert composed.prepare().returncode == 0
    assert (composed.folder / ".env").read_text("utf-8") == before


def test_prepare_knows_a_machine_behind_nat(tmp_path: Path) -> None:
    composed = prepared(tmp_path, HOST_ADDRESS="10.0.0.5")
    assert composed.turn["listening-ip"] == composed.turn["relay-ip"] == "10.0.0.5"
    assert composed.turn["external-ip"] == "198.51.100.4/10.0.0.5"
    assert composed.turn["allowed-peer-ip"] == "198.51.100.4"


def test_prepare_stops_until_the_names_are_set(tmp_path: Path) -> None:
    composed = Composed.copied(tmp_path)
    found = composed.prepare()
    assert found.returncode == 1
    assert "set DOMAIN" in found.stderr
    assert not (tmp_path / "secrets").exists()


def test_no_secret_is_under_version_control() -> None:
    ignored = (DEPLOY / ".gitignore").read_text("utf-8").split()
    assert {".env", "secrets/"} <= set(ignored)
    example = (DEPLOY / ".env.example").read_text("utf-8")
    for name in SECRETS:
        assert re.search(rf"^{name}=$", example, re.MULTILINE), name


# programs that read their own files


@pytest.mark.skipif(shutil.which("caddy") is None, reason="needs caddy on PATH (Debian: caddy)")
def test_caddy_takes_its_file_and_sends_everything_but_counters_to_control() -> None:
    names = {"DOMAIN": "visavis.test", "TURN_DOMAIN": "turn.visavis.test", "ACME_EMAIL": "a@b.test"}
    command = ["caddy", "adapt", "--config", str(DEPLOY / "caddy/Caddyfile"), "--validate"]
    found = subprocess.run(
        command, env={**os.environ, **names}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    for word in ("control:8080", "/metrics", "visavis.test", "turn.visavis.test"):
        assert word in found.stdout


def test_braces_of_the_caddyfile_are_closed_and_its_names_come_from_compose(
    composed: Composed,
) -> None:
    text = re.sub(r"#.*", "", (DEPLOY / "caddy/Caddyfile").read_text("utf-8"))
    placeholders = re.findall(r"\{\$(\w+)(?::([^}]*))?\}", text)
    given = composed.services["caddy"]["environment"]
    assert {name for name, default in placeholders if not default} == set(given)
    bare = re.sub(r"\{\$[^}]*\}", "", text)
    assert bare.count("{") == bare.count("}") == 3


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_takes_its_units_and_finds_the_services_closed(tmp_path: Path) -> None:
    program = tmp_path / "visavis"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS:
        if unit.suffix in (".service", ".timer"):
            text = unit.read_text("utf-8").replace("/opt/visavis/bin/visavis", str(program))
            (tmp_path / unit.name).write_text(text)
    units = [path for path in tmp_path.iterdir() if path.suffix in (".service", ".timer")]
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units)],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")
    for unit in units:
        if unit.suffix == ".service":
            judged = subprocess.run(
                ["systemd-analyze", "security", "--offline=yes", "--threshold=25", str(unit)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert judged.returncode == 0, judged.stdout[-300:] + judged.stderr


def test_settings_of_the_units_are_the_products_own() -> None:
    ours = (control_config, sfu_config, canary_settings)
    known = {name for config in ours for name in config.ENVIRONMENT.values()}
    for unit in UNITS:
        assert set(re.findall(r"(VISAVIS_\w+)=", unit.read_text("utf-8"))) <= known, unit.name


def example(name: str) -> dict[str, str]:
    text = (DEPLOY / f"systemd/{name}.env.example").read_text("utf-8")
    lines = [line.removeprefix("#") for line in text.splitlines() if "=" in line]
    return dict(line.split("=", 1) for line in lines if re.match("[A-Z]", line))


def test_every_file_of_settings_that_a_unit_reads_has_an_example_and_is_installed() -> None:
    for unit in UNITS:
        for file in re.findall(r"^EnvironmentFile=-?(\S+)", unit.read_text("utf-8"), re.MULTILINE):
            install = f"install -m 0600 deploy/systemd/{Path(file).name}.example {file}"
            assert install in OPERATIONS, unit.name
            assert (DEPLOY / f"systemd/{Path(file).name}.example").exists(), unit.name


def test_the_examples_of_settings_for_systemd_are_accepted() -> None:
    told = example("visavis")
    told["VISAVIS_TURN_SECRET"] = "x" * 32
    control_config.load(told)
    sfu_config.load(told | {"VISAVIS_SFU_TOKEN": "x" * 32})
    told = example("canary")
    assert set(told) <= set(canary_settings.ENVIRONMENT.values())
    canary_settings.load(told | {"VISAVIS_CANARY_PASSWORD": "set"})
