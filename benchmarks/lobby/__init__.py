"""A full house: `python -m benchmarks.lobby`; the last line is JSON.

1,000 patients wait on one control, a process as operators run it, with SQLite; 200 therapists have
Home open. Patients are present by their WebSockets, as pages are, without media: a node is not
measured here. Then 100 more come, ten a second.

    push_ms_p95      from just before a patient's WebSocket to Home's message that shows the patient
    kb_per_waiting   growth of control's resident memory for each patient who waits
    cpu_ratio        share of a core that control uses while patients come, ten a second

Before it stands what a core spends while all wait and nobody comes.
"""
