"""Chromium as a person has it, fed by files instead of a camera and a microphone.

Autoplay rules stay as they are: the product must unlock sound by a click of its own.
"""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, Playwright

from tests.support.media import MediaFiles

PROBE = Path(__file__).with_name("probe.js")
RELAY_ONLY = Path(__file__).with_name("relay_only.js")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAIN_AUDIO = {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False}

NAMED_DEVICES = """
    const names = {
        audioinput: "Desk microphone", videoinput: "HD camera", audiooutput: "Headphones",
    };
    const enumerate = navigator.mediaDevices?.enumerateDevices.bind(navigator.mediaDevices);
    if (enumerate) navigator.mediaDevices.enumerateDevices = async () =>
        (await enumerate()).map(({ deviceId, groupId, kind }) =>
            ({ deviceId, groupId, kind, label: names[kind] }));
"""

FAKE_DEVICES = "--use-fake-device-for-media-stream"
PLAYWRIGHT_DISABLES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
"""Repeated, as Chromium heeds only the last list of its command line."""
ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
"""Pages that each new window loads for what may drop down there: most of what a window costs."""
FLAGS = [
    f"--disable-features={','.join((*PLAYWRIGHT_DISABLES, *ADDRESS_BAR))}",
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    FAKE_DEVICES,
]
PERMITS = "--use-fake-ui-for-media-stream"


@dataclass(frozen=True, slots=True)
class Browsers:
    """Two people's browsers, each with its own picture and sound."""

    therapist: Browser
    patient: Browser


class NoBrowserError(RuntimeError):
    """No Chromium or Chrome on this machine."""


def find_chromium() -> str:
    """Return the path of the browser; raises `NoBrowserError` with what to do."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise NoBrowserError(
        "The browser tests need Chromium or Chrome on PATH; as root on Debian: "
        "apt-get install chromium, or run `make browser`."
    )


async def launch(
    playwright: Playwright,
    media: MediaFiles,
    *,
    namespace: str | None = None,
    scratch: Path | None = None,
    flags: Sequence[str] = (),
    permits: bool = True,
) -> Browser:
    """Start one browser with a fresh profile, inside a network namespace where one is named.

    It lets every page have camera and microphone from the beginning, or else those whose context
    was granted them: before that Chromium gathers without looking at the network interfaces.
    """
    executable = find_chromium()
    if namespace is not None:
        assert scratch is not None, "a wrapper script has to lie somewhere"
        executable = _wrapped(executable, namespace, scratch)
    return await playwright.chromium.launch(
        executable_path=executable,
        args=[
            *FLAGS,
            *([PERMITS] if permits else []),
            *flags,
            f"--use-file-for-fake-video-capture={media.video}",
            f"--use-file-for-fake-audio-capture={media.audio}",
        ],
    )


async def new_device(
    browser: Browser,
    *,
    width: int = 1024,
    height: int = 680,
    locale: str = "en-GB",
    dark: bool = False,
    named_devices: bool = False,
    sound: Mapping[str, bool] = PLAIN_AUDIO,
) -> BrowserContext:
    """Return a fresh set of cookies and storage: as a new device of a person.

    `sound` is what its microphone's sound goes through, beyond `PLAIN_AUDIO`.
    With `named_devices` camera and microphone have names as a person's have, for pictures;
    Chromium's own name of a camera fed by a file is the path of that file.
    """
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    constraints = json.dumps(json.dumps(PLAIN_AUDIO | dict(sound)))
    await context.add_init_script(
        f"try {{ localStorage.setItem('visavis.audio', {constraints}) }} catch {{}}"
    )
    await context.add_init_script(path=PROBE)
    if named_devices:
        await context.add_init_script(NAMED_DEVICES)
    return context


def relay_only(transport: str) -> str:
    """Return what makes of a page one whose network lets out TURN alone, by "udp", "tcp", "tls"."""
    return RELAY_ONLY.read_text("utf-8").replace("TRANSPORT", json.dumps(transport), 1)


async def lets_out_only(transport: str, page: Page) -> None:
    """Put such a network around the page's device; where there is no TURN, no media passes it."""
    await page.context.add_init_script(relay_only(transport))


def _wrapped(executable: str, namespace: str, scratch: Path) -> str:
    script = scratch / f"chromium-in-{namespace}"
    script.write_text(f'#!/bin/sh\nexec ip netns exec {namespace} "{executable}" "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)
