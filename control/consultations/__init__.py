"""First consultations: sessions with people who are not patients, by a one-time link."""
