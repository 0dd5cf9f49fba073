"""What the patient sees during a session, and how they hear that it begins. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class SettingVersion:
    """One version of a patient's setting; versions are never altered, only followed by others."""

    version: int
    self_view: bool
    clock: bool
    notify_email: bool = False
    """Tell the patient by e-mail when the therapist enters the virtual room."""
    notify_sms: bool = False
    alert_text: str | None = None
    """The therapist's own words for that; None for ours."""
    screen: bool = True
    """The patient may show their screen."""

    def changed(
        self, *, self_view: bool, clock: bool, screen: bool | None = None
    ) -> SettingVersion:
        """Return the version after this change: itself when nothing changes.

        Args:
            screen: None leaves it as it is.
        """
        after = replace(
            self,
            self_view=self_view,
            clock=clock,
            screen=self.screen if screen is None else screen,
        )
        return self if after == self else replace(after, version=self.version + 1)

    def with_alert(self, *, email: bool, sms: bool, text: str | None) -> SettingVersion:
        """Return the version after this change of the alert: itself when nothing changes."""
        if (self.notify_email, self.notify_sms, self.alert_text) == (email, sms, text):
            return self
        return replace(
            self, version=self.version + 1, notify_email=email, notify_sms=sms, alert_text=text
        )

    def with_alert_of(self, other: SettingVersion) -> SettingVersion:
        """Return the version after taking over another's alert."""
        return self.with_alert(
            email=other.notify_email, sms=other.notify_sms, text=other.alert_text
        )

    def without_alert(self) -> SettingVersion:
        """Return this version with nobody told of an entry, in no words of the therapist's own."""
        return replace(self, notify_email=False, notify_sms=False, alert_text=None)

    def after(self, before: SettingVersion) -> SettingVersion:
        """Return this as the version after another: that other when they say the same."""
        following = replace(self, version=before.version)
        return before if following == before else replace(self, version=before.version + 1)

    def as_first(self) -> SettingVersion:
        """Return this as the first version of somebody's setting."""
        return replace(self, version=1)


FIRST = SettingVersion(version=1, self_view=True, clock=True)
