"""What the patient sees during a session. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class SettingVersion:
    """One version of a patient's setting; versions are never altered, only followed by others."""

    version: int
    self_view: bool
    clock: bool

    def changed(self, *, self_view: bool, clock: bool) -> SettingVersion:
        """Return the version after this change: itself when nothing changes."""
        if (self.self_view, self.clock) == (self_view, clock):
            return self
        return replace(self, version=self.version + 1, self_view=self_view, clock=clock)


FIRST = SettingVersion(version=1, self_view=True, clock=True)
