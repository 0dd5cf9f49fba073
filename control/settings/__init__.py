"""What the patient sees during a session, versioned per patient."""
