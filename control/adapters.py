"""What the settings name outside of control: gateways for messages, and TURN."""

from __future__ import annotations

from datetime import timedelta

from control.config import Config
from control.data.encryption import Vault
from control.notifications.apprise_sms import AppriseGateway
from control.notifications.model import Channel
from control.notifications.ports import Gateway
from control.notifications.return_path import ReturnPath
from control.notifications.smtp import SmtpGateway, read_url
from control.turn.model import Turn


def gateways(config: Config, return_path: ReturnPath | None) -> dict[Channel, Gateway]:
    gateways: dict[Channel, Gateway] = {}
    if config.smtp_url:
        server = read_url(config.smtp_url, "VISAVIS_SMTP_URL")
        gateways["email"] = SmtpGateway(server, config.mail_from, return_path=return_path)
    if config.sms_url:
        gateways["sms"] = AppriseGateway(config.sms_url, "VISAVIS_SMS_URL")
    return gateways


def return_path(config: Config, vault: Vault) -> ReturnPath | None:
    if not config.bounce_address:
        return None
    key = vault.derive("bounces")
    return ReturnPath(config.bounce_address, key, "VISAVIS_BOUNCE_ADDRESS")


def turn(config: Config) -> Turn | None:
    if not config.turn_urls:
        return None
    return Turn(config.turn_urls, config.turn_secret, timedelta(hours=config.turn_hours))
