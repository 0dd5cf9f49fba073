"""The patient's link: derived, never stored, renewable and revocable."""
