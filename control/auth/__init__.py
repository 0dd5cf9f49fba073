"""Who may enter: therapists, their passwords and their logins."""
