import { expect, test } from "vitest";
import { ApiError } from "../lib/api";
import { looksLikeEmail, looksLikePhone, refusedField } from "./form";

test.each(["a@b.org", " alex.m+x@mail.example.org ", "ü@münchen.example"])(
  "%s may be an address",
  (text) => {
    expect(looksLikeEmail(text)).toBe(true);
  },
);

test.each(["", "alex", "alex@", "@b.org", "alex@example", "a b@c.org", "a@b@c.org", "a@b."])(
  "%s is none",
  (text) => {
    expect(looksLikeEmail(text)).toBe(false);
  },
);

test.each(["+39 333 1234567", "(02) 1234/56", "333-123.4567", "11283"])(
  "%s may be a number",
  (text) => {
    expect(looksLikePhone(text)).toBe(true);
  },
);

test.each(["", "1234", "+", "12345678901234567", "call me", "333 123 456 x7", "++39 333123"])(
  "%s is none",
  (text) => {
    expect(looksLikePhone(text)).toBe(false);
  },
);

test("control names the field that it does not take", () => {
  expect(refusedField(new ApiError(422, "invalid_body", "email: no such domain"))).toBe("email");
  expect(refusedField(new ApiError(422, "invalid_body", "phone.country: unknown"))).toBe("phone");
  expect(
    refusedField(new ApiError(422, "invalid_body", "Send the body as application/json.")),
  ).toBeNull();
  expect(refusedField(new ApiError(409, "email_taken", "email: taken"))).toBeNull();
  expect(refusedField(new Error("email: no"))).toBeNull();
});
