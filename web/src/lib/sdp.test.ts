import { describe, expect, test } from "vitest";
import { answerWithSpare, spareCredentials } from "./sdp";

const ANSWER = [
  "v=0",
  "a=ice-lite",
  "a=x-spare-ice:two pwd-two",
  "a=x-spare-ice:three pwd+three/3",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=ice-ufrag:one",
  "a=ice-pwd:pwd-one",
  "a=fingerprint:sha-256 AA:BB",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=ice-ufrag:one",
  "a=ice-pwd:pwd-one",
  "",
].join("\r\n");

describe("spare credentials", () => {
  test("are read in the order of the answer", () => {
    expect(spareCredentials(ANSWER)).toEqual([
      { ufrag: "two", pwd: "pwd-two" },
      { ufrag: "three", pwd: "pwd+three/3" },
    ]);
  });

  test("of an answer without any are none", () => {
    expect(spareCredentials("v=0\r\na=ice-ufrag:x\r\n")).toEqual([]);
  });
});

describe("an answer with its nth spare pair", () => {
  test("differs from the old one by ufrag and pwd of every m-line alone", () => {
    const spare = answerWithSpare(ANSWER, 1) as string;
    expect(spare).toBe(
      ANSWER.replaceAll("a=ice-ufrag:one", "a=ice-ufrag:three").replaceAll(
        "a=ice-pwd:pwd-one",
        "a=ice-pwd:pwd+three/3",
      ),
    );
  });

  test("keeps the line ends of the answer", () => {
    const bare = answerWithSpare(ANSWER.replaceAll("\r\n", "\n"), 0) as string;
    expect(bare).not.toContain("\r");
    expect(bare).toContain("a=ice-ufrag:two\na=ice-pwd:pwd-two\n");
  });

  test("takes a password with $ signs as it is", () => {
    const answer = "a=x-spare-ice:u $&$1\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\n";
    expect(answerWithSpare(answer, 0)).toContain("a=ice-pwd:$&$1\r\n");
  });

  test("is null when the spares are used up", () => {
    expect(answerWithSpare(ANSWER, 2)).toBeNull();
  });
});
