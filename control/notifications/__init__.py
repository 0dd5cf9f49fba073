"""Messages to people: written with the change that causes them, sent by background workers.

`enqueue` adds a letter within the caller's transaction, so that a letter exists exactly when its
cause does. A worker claims one by a single UPDATE, hands it to a gateway (SMTP, or SMS by Apprise)
and writes down what became of it. A claim whose worker died is taken again for an e-mail, under the
same Message-ID; for an SMS, which nobody could tell from a second one, it counts as failed. Without
a gateway letters are kept for a page that shows them, where the operator wants it (the demo does).
"""
