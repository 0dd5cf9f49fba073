"""Bodies of the calls about settings."""

from __future__ import annotations

from control.http.wire import WireModel
from control.settings.model import SettingVersion


class SettingChange(WireModel):
    """Body of `PUT /api/patients/{id}/setting`."""

    self_view: bool
    """The patient can see himself reflected on the screen."""
    clock: bool
    """The patient can see the time elapsed since the beginning."""
    screen: bool | None = None
    """The patient may show their screen; None leaves it as it is."""


class Setting(WireModel):
    """What the patient sees, and which version of it this is."""

    version: int
    self_view: bool
    clock: bool
    screen: bool


class VisitSetting(WireModel):
    """What the patient's page needs of the setting."""

    self_view: bool
    clock: bool
    screen: bool


def to_wire(setting: SettingVersion) -> Setting:
    return Setting(
        version=setting.version,
        self_view=setting.self_view,
        clock=setting.clock,
        screen=setting.screen,
    )
