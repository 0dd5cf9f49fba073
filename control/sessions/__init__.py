"""The meeting of a therapist and a patient, from opening to outcome."""
