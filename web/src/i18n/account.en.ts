/** The therapist's own account. */
export const accountEn = {
  "account.title": "Account",
  "account.profile": "PROFILE",
  "account.name_title": "Title",
  "account.no_title": "none",
  "account.name": "Name",
  "account.article": "In languages with an article",
  "account.article_f": "la, as “la Dr.ssa”",
  "account.article_m": "il, as “il Dr.”",
  "account.article_none": "without an article",
  "account.reads": "How your patients read it",
  "account.language": "Language",
  "account.save": "Save",
  "account.saved": "Saved.",

  "account.picture": "PICTURE",
  "account.picture_hint":
    "Your patients see it while they wait. Nobody sees it without a valid link.",
  "account.picture_choose": "Choose a picture",
  "account.picture_remove": "Remove",
  "account.picture_alt": "Your picture, as patients see it",
  "account.picture_wrong": "This file is no picture that we can read. Choose a PNG, JPEG or WebP.",

  "account.password": "PASSWORD",
  "account.password_present": "Present password",
  "account.password_new": "New password",
  "account.password_missing": "Write your present password.",
  "account.password_wrong": "This is not your present password.",
  "account.password_save": "Change the password",
  "account.password_saved": "Your password is changed. Every other login has ended.",

  "account.logins": "WHERE YOU ARE LOGGED IN",
  "account.login_this": "this browser",
  "account.login_unknown": "Unknown browser",
  "account.login_used": "last used: {time}",
  "account.login_end": "End",
  "account.login_end_of": "End the login of {browser}",
  "account.logins_end": "End all others",
  "account.logins_ended": "Every other login has ended.",

  "account.look": "Appearance",
  "account.look_system": "As on this device",
  "account.look_light": "Light",
  "account.look_dark": "Dark",
  "account.look_hint": "For this browser. The virtual room is always dark.",
  "account.logout": "Log out",
  "account.logout_hint": "Ends this login on the server too.",

  "account.yours": "YOUR DATA",
  "account.export": "Download everything",
  "account.export_hint":
    "One file (JSON) with your patients, settings, links and sessions as they stand now. Keep it safe.",
  "account.erase": "Delete the account",
  "account.erase_title": "Delete your account?",
  "account.erase_text":
    "Your account is deleted for good with all patients, settings, links, sessions and messages. Links stop working and a running session ends at once. This cannot be undone, by us neither.",
  "account.erase_first": "You may want to download everything first.",
  "account.erase_yes": "Delete for good",
  "account.erased_title": "Your account is deleted.",
  "account.erased_text": "Nothing of it is left on this server but in backups of the operator.",

  "forgot.link": "Forgot your password?",
  "forgot.title": "A new password",
  "forgot.text":
    "Write the e-mail address of your account. We send a link for a new password to it.",
  "forgot.submit": "Send the link",
  "forgot.sent":
    "If there is an account with this address, a link is on its way. It works once, for 30 minutes. Look in your spam folder too.",
  "forgot.no_mail":
    "This server sends no e-mail. Ask whoever runs it for a link, made by: visavis therapist reset",
  "forgot.back": "Back to log in",
  "reset.title": "Choose a new password",
  "reset.text": "Every login of this account ends. Then log in with the new password.",
  "reset.submit": "Save the password",
  "reset.done": "Your new password is saved. Log in with it.",
  "reset.invalid": "This link is not valid any more. It works once, for 30 minutes.",
  "reset.again": "Ask for a new link",

  "confirm.check_title": "Look in your mailbox",
  "confirm.sent":
    "We have written to {email}. Open the link in that message within 24 hours and write your password there; then your account is ready.",
  "confirm.nothing":
    "Nothing there? Look in your spam folder too. After a minute you can have it sent again.",
  "confirm.again": "Send again",
  "confirm.again_sent": "Sent again.",
  "confirm.other": "Use another address",
  "confirm.title": "Confirm your e-mail address",
  "confirm.text": "Write the password you registered with. It shows that the account is yours.",
  "confirm.submit": "Confirm and log in",
  "confirm.wrong": "This is not the password you registered with.",
  "confirm.invalid":
    "This link is not valid any more. It works once, for 24 hours. If you have confirmed already, log in.",
  "confirm.register": "Register again",
  "login.unconfirmed": "Just registered? First open the link that we sent you.",

  "account.email": "E-MAIL",
  "account.email_now": "You log in with {email}.",
  "account.email_new": "New e-mail address",
  "account.email_hint":
    "We send a link to it, which works for 24 hours. The old address stays until you have used the link.",
  "account.email_same": "This is your address already.",
  "account.email_save": "Change the address",
  "account.email_taken": "There is an account with this address already.",
  "account.email_waiting":
    "We have written to {email}. Open the link in that message to log in with this address from now on.",
  "account.email_until": "The link works until: {time}",
  "account.email_cancel": "Keep the old address",
  "account.email_kept": "Your address stays as it is.",
  "account.email_saved": "From now on you log in with {email}.",
  "email.title": "Confirm your new address",
  "email.text": "From now on you log in with the address that the message was sent to.",
  "email.password": "Password of your account",
  "email.wrong": "This is not the password of the account.",
  "email.submit": "Confirm the address",
  "email.invalid":
    "This link is not valid any more. It works once, for 24 hours. You can ask for a new one in your account.",
  "email.account": "To your account",
} as const;
