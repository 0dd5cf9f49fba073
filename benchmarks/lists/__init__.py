"""How long lists take, and the event loop meanwhile: 2,000 patients, 50,000 sessions, SQLite.

Control runs in a process of its own, as served, and measures how late its loop is; this process
asks as a therapist's pages do: pages of both lists, searches letter by letter, one patient's
sessions, and now and then a change of a patient, so that the names in memory are out of date.
"""
