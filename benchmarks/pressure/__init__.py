"""Control under pressure: `python -m benchmarks.pressure`.

A real `visavis control` process on loopback, with a fresh SQLite database of one therapist, 2,000
patients and 50,000 sessions, and the usual file limit of 1,024. A process of its own asks it for
an answer every 20 ms and notes how long each took from the moment it was due, so that waiting
questions count as well. Bounded in count and time:

    health_p99_ms_login     `/api/health` while 50 logins with the right password come at once
    health_p99_ms_ws_flood  the same while one socket floods for 5 s and comes back each time it
                            is cut, at most ten times a second; the worst of all kinds of flood
    half_sent_health_ok     whether 2,000 requests half sent leave every fresh connection an
                            answer within a second
    guesses_judged_of_200   of 200 wrong passwords at once for one account from one address, how
                            many were judged (401) rather than sent away
    lists_p95_ms            first page of sessions, a later page, a search of patients
    list_stall_ms           the longest answer of a path that needs nothing but the event loop
                            (an unknown one), asked meanwhile, less its median when idle; what
                            the machine itself holds up is in it (`idle_max_ms` of the result)
"""
