/** Lists, Home and a session's own page. */
export const deskEn = {
  "begin.title": "Begin",
  "home.today_recent": "TODAY AND RECENT SESSIONS",

  "list.name": "Name",
  "list.contact": "Contact",
  "list.last": "Last session",
  "list.link": "Link",
  "list.state": "State",
  "list.patient": "Patient",
  "list.began": "Began",
  "list.length": "Length",
  "list.connected": "Connected",
  "list.outcome": "Outcome",
  "list.doors": "Actions",
  "list.no_length": "no time together",
  "list.patients": "Patients",
  "list.sessions": "Sessions",

  "sessions.tab": "SESSIONS",
  "sessions.met": "met",
  "sessions.no_contact": "no contact",
  "sessions.return": "Return",
  "sessions.return_for": "Return to {name}",
} as const;
