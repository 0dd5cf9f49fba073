import { expect, test } from "vitest";
import { mailto, smsTo } from "./send";

test("a mail keeps its lines and lets nothing add a header", () => {
  expect(mailto("A & B", "one\ntwo?cc=x@y")).toBe(
    "mailto:?subject=A%20%26%20B&body=one%0D%0Atwo%3Fcc%3Dx%40y",
  );
});

test("an SMS has its text and the whole link", () => {
  expect(smsTo("Ciao: https://a/v#b_-c")).toBe("sms:?&body=Ciao%3A%20https%3A%2F%2Fa%2Fv%23b_-c");
});
