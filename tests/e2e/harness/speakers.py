"""A sound card whose microphone stands before its speaker: what is played is heard.

PulseAudio with a speaker that goes nowhere and a microphone that is its monitor.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Playwright

from tests.e2e.harness.browser import FAKE_DEVICES, FLAGS, PERMITS, find_chromium
from tests.e2e.harness.page import eventually

SERVER = shutil.which("pulseaudio")
CARD = """
load-module module-native-protocol-unix socket={socket} auth-anonymous=1
load-module module-null-sink sink_name=speaker rate=48000
load-module module-remap-source master=speaker.monitor source_name=microphone
set-default-sink speaker
set-default-source microphone
"""


@asynccontextmanager
async def sound_card(folder: Path) -> AsyncIterator[str]:
    """Start one with its files in `folder`; yields its address, for PULSE_SERVER."""
    assert SERVER is not None
    socket, script = folder / "socket", folder / "card.pa"
    script.write_text(CARD.format(socket=socket))
    with (folder / "log").open("wb") as log:  # it warns of root
        process = await asyncio.create_subprocess_exec(
            *(SERVER, "-n", "-F", str(script), "--daemonize=no", "--exit-idle-time=-1"),
            env=os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
            stderr=log,
        )

    async def is_up() -> bool:
        assert process.returncode is None, (folder / "log").read_text()
        return socket.exists()

    try:
        await eventually(is_up, "the sound card")
        yield f"unix:{socket}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def launch_with(playwright: Playwright, card: str) -> Browser:
    """Start a browser with this sound card and without a camera."""
    return await playwright.chromium.launch(
        executable_path=find_chromium(),
        args=[*(flag for flag in FLAGS if flag != FAKE_DEVICES), PERMITS],
        ignore_default_args=["--mute-audio"],
        env={**os.environ, "PULSE_SERVER": card},
    )
