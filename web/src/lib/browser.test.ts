import { describe, expect, test } from "vitest";
import { browserKind, inAppBrowser, keepsCookies, obstacle } from "./browser";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15";
const SAFARI_IOS = `${IPHONE} (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1`;
const CHROME_IOS = `${IPHONE} (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1`;
const INSTAGRAM = `${IPHONE} (KHTML, like Gecko) Mobile/15E148 Instagram 300.0`;
const FACEBOOK = `${IPHONE} (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/400.0]`;
const IOS_WEBVIEW = `${IPHONE} (KHTML, like Gecko) Mobile/15E148`;
const ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8";
const CHROME_ANDROID = `${ANDROID}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36`;
const ANDROID_WEBVIEW = `${ANDROID}; wv) AppleWebKit/537.36 Version/4.0 Chrome/130.0 Mobile Safari/537.36`;
const SAMSUNG = `${ANDROID}) AppleWebKit/537.36 SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36`;
const FIREFOX_ANDROID = "Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const SAFARI_MAC = `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15`;
const EDGE =
  "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";

describe("a window inside another application", () => {
  test.each([
    [INSTAGRAM, "Instagram"],
    [FACEBOOK, "Facebook"],
    [`${IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/400.0]`, "Messenger"],
    [`${IPHONE} Mobile/15E148 [LinkedInApp]/9.29`, "LinkedIn"],
    [`${IPHONE} Mobile/15E148 MicroMessenger/8.0.40`, "WeChat"],
    [`${IPHONE} (KHTML, like Gecko) GSA/330.0 Mobile/15E148 Safari/604.1`, "Google"],
    [`${ANDROID}) Chrome/130.0 Mobile Safari/537.36 Instagram 300.0 Android`, "Instagram"],
    [`${ANDROID}; wv) Chrome/130.0 Mobile Safari/537.36 WhatsApp/2.24`, "WhatsApp"],
  ])("is known by name", (userAgent, name) => {
    expect(inAppBrowser(userAgent)).toBe(name);
  });

  test.each([IOS_WEBVIEW, ANDROID_WEBVIEW])("is known without a name too", (userAgent) => {
    expect(inAppBrowser(userAgent)).toBe("");
  });

  test.each([SAFARI_IOS, CHROME_IOS, CHROME_ANDROID, SAMSUNG, FIREFOX_ANDROID, SAFARI_MAC, EDGE])(
    "is none of the real browsers",
    (userAgent) => {
      expect(inAppBrowser(userAgent)).toBeNull();
    },
  );
});

describe("a browser's kind", () => {
  test.each([
    [SAFARI_IOS, "safari", "ios"],
    [CHROME_IOS, "chrome", "ios"],
    [CHROME_ANDROID, "chrome", "android"],
    [SAMSUNG, "samsung", "android"],
    [FIREFOX_ANDROID, "firefox", "android"],
    [SAFARI_MAC, "safari", "desktop"],
    [EDGE, "edge", "desktop"],
    ["curl/8", "other", "desktop"],
  ])("is read from its user agent", (userAgent, browser, platform) => {
    expect(browserKind(userAgent)).toEqual({ browser, platform });
  });

  test("of a Mac with a touch screen is an iPad", () => {
    expect(browserKind(SAFARI_MAC, 5).platform).toBe("ios");
  });
});

describe("an obstacle", () => {
  const fine = {
    userAgent: SAFARI_IOS,
    secure: true,
    hasPeerConnection: true,
    hasMediaDevices: true,
  };

  test("is none where everything is there, even inside an application", () => {
    expect(obstacle(fine)).toBeNull();
    expect(obstacle({ ...fine, userAgent: INSTAGRAM })).toBeNull();
  });

  test("inside an application is the application", () => {
    expect(obstacle({ ...fine, userAgent: INSTAGRAM, hasMediaDevices: false })).toBe("in_app");
  });

  test("on plain http is the address", () => {
    expect(obstacle({ ...fine, secure: false, hasMediaDevices: false })).toBe("insecure");
  });

  test("else is the browser", () => {
    expect(obstacle({ ...fine, hasPeerConnection: false })).toBe("unsupported");
  });
});

describe("cookies", () => {
  class Jar {
    kept = "theme=dark";
    constructor(private readonly allows: boolean) {}
    get cookie(): string {
      return this.kept;
    }
    set cookie(text: string) {
      if (!this.allows) return;
      const [pair = ""] = text.split(";");
      const others = this.kept.split("; ").filter((each) => each !== pair);
      this.kept = (text.includes("Max-Age=0") ? others : [...others, pair]).join("; ");
    }
  }

  test("are kept where one that was set is there, and nothing is left behind", () => {
    const jar = new Jar(true);
    expect(keepsCookies(jar)).toBe(true);
    expect(jar.kept).toBe("theme=dark");
  });

  test("are not kept where it vanished, or the page may not even ask", () => {
    expect(keepsCookies(new Jar(false))).toBe(false);
    const refusing = {
      get cookie(): string {
        throw new Error("SecurityError");
      },
      set cookie(_: string) {
        throw new Error("SecurityError");
      },
    };
    expect(keepsCookies(refusing)).toBe(false);
  });
});
