/**
 * Which browser this is, as far as a patient needs to be told what to do in it. Pure.
 *
 * The user agent is read for words only, never to switch a feature on or off.
 */

export type Browser = "chrome" | "edge" | "firefox" | "safari" | "samsung" | "other";
export type Platform = "android" | "ios" | "desktop";
export type BrowserKind = { browser: Browser; platform: Platform };

/** Applications that show a link in a window of their own, without camera or with half of it. */
const IN_APP: readonly (readonly [RegExp, string])[] = [
  [/Barcelona/, "Threads"],
  [/Instagram/, "Instagram"],
  [/Messenger(Lite)?ForiOS|Orca-Android/, "Messenger"],
  [/FBAN|FBAV|FB_IAB|FBIOS/, "Facebook"],
  [/WhatsApp/, "WhatsApp"],
  [/Telegram/i, "Telegram"],
  [/\bLine\//, "Line"],
  [/MicroMessenger/, "WeChat"],
  [/LinkedInApp/, "LinkedIn"],
  [/musical_ly|BytedanceWebview|TikTok/, "TikTok"],
  [/Snapchat/, "Snapchat"],
  [/Pinterest\//, "Pinterest"],
  [/Twitter for iPhone|TwitterAndroid/, "X"],
  [/KAKAOTALK/, "KakaoTalk"],
  [/\bViber\b/, "Viber"],
  [/Outlook-(iOS|Android)/, "Outlook"],
  [/\bTeams(Mobile)?-?(iOS|Android)?\/|TeamsMobile/, "Teams"],
  [/\bSlack\b/, "Slack"],
  [/\bGSA\//, "Google"],
  [/; wv\)/, ""],
];

/**
 * The application in whose own window the page runs: its name, "" when it is not known by name,
 * null in a real browser.
 */
export function inAppBrowser(userAgent: string): string | null {
  const found = IN_APP.find(([pattern]) => pattern.test(userAgent));
  if (found) return found[1];
  const ios = /iPhone|iPad|iPod/.test(userAgent);
  // A WebView of iOS says AppleWebKit and Mobile like Safari, but leaves the word Safari out.
  return ios && /AppleWebKit/.test(userAgent) && !/Safari\//.test(userAgent) ? "" : null;
}

/**
 * @param touchPoints `navigator.maxTouchPoints`: an iPad calls itself a Mac, but a Mac has none.
 */
export function browserKind(userAgent: string, touchPoints = 0): BrowserKind {
  return { browser: browserOf(userAgent), platform: platformOf(userAgent, touchPoints) };
}

function platformOf(userAgent: string, touchPoints: number): Platform {
  if (/Android/.test(userAgent)) return "android";
  if (/iPhone|iPad|iPod/.test(userAgent)) return "ios";
  return /Macintosh/.test(userAgent) && touchPoints > 1 ? "ios" : "desktop";
}

function browserOf(userAgent: string): Browser {
  if (/Edg(e|A|iOS)?\//.test(userAgent)) return "edge";
  if (/SamsungBrowser/.test(userAgent)) return "samsung";
  if (/Firefox|FxiOS/.test(userAgent)) return "firefox";
  if (/Chrome|Chromium|CriOS/.test(userAgent)) return "chrome";
  return /Safari/.test(userAgent) ? "safari" : "other";
}

/** What stands in the way before anything is asked for. */
export type Obstacle =
  /** Not a secure origin: the browser hides camera and microphone. */
  | "insecure"
  /** A window inside another application, without access to the devices. */
  | "in_app"
  /** No WebRTC at all. */
  | "unsupported";

export type Surroundings = {
  userAgent: string;
  secure: boolean;
  hasPeerConnection: boolean;
  hasMediaDevices: boolean;
};

/** Judge by what is there first and by the user agent only for the words. */
export function obstacle(around: Surroundings): Obstacle | null {
  if (around.hasPeerConnection && around.hasMediaDevices) return null;
  if (inAppBrowser(around.userAgent) !== null) return "in_app";
  return around.secure ? "unsupported" : "insecure";
}

export function surroundings(): Surroundings {
  return {
    userAgent: navigator.userAgent,
    secure: globalThis.isSecureContext,
    hasPeerConnection: typeof globalThis.RTCPeerConnection === "function",
    hasMediaDevices: navigator.mediaDevices !== undefined,
  };
}

/** Whether a cookie that this page sets is kept; `navigator.cookieEnabled` is true where it is not. */
export function keepsCookies(page: { cookie: string }): boolean {
  const probe = "visavis-probe=1";
  try {
    page.cookie = `${probe}; SameSite=Strict`;
    const kept = page.cookie.includes(probe);
    page.cookie = `${probe}; SameSite=Strict; Max-Age=0`;
    return kept;
  } catch {
    return false; // a sandboxed frame
  }
}
