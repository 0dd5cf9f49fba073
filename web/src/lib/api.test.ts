import { describe, expect, test } from "vitest";
import { Api, ApiError, type Fetch, VisitApi } from "./api";
import { ServerTime } from "./server-time";

type Asked = { url: string; init: RequestInit };

/** A control that gives one answer and remembers what it was asked. */
function control(answer: Response | Error): { fetch: Fetch; asked: Asked[] } {
  const asked: Asked[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push({ url, init });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetch, asked };
}

const visit = { state: "waiting", name: "Alex M." };

test("the server's time is learnt from every answer, a refusal too", async () => {
  const time = new ServerTime(
    () => 0,
    () => 0,
  );
  const headers = { Date: "Sat, 28 Nov 2026 12:00:00 GMT" };
  const { fetch } = control(new Response("no", { status: 404, headers }));
  await expect(new Api(fetch, time).json("GET", "/api/me")).rejects.toThrow();
  expect(Math.abs(time.now() - Date.parse("2026-11-28T12:00:00Z"))).toBeLessThanOrEqual(1_000);
});

describe("the visit's calls", () => {
  test("open a link with the token in the body and the header that a form cannot set", async () => {
    const { fetch, asked } = control(Response.json(visit));
    expect(await new VisitApi(new Api(fetch)).open("secret")).toEqual(visit);
    expect(asked[0]?.url).toBe("/api/visit");
    expect(asked[0]?.init.method).toBe("POST");
    expect(asked[0]?.init.body).toBe('{"token":"secret"}');
    expect(asked[0]?.init.headers).toMatchObject({ "X-Visavis": "1" });
  });

  test("take over only when told so", async () => {
    const { fetch, asked } = control(Response.json(visit));
    await new VisitApi(new Api(fetch)).open("secret", true);
    expect(asked[0]?.init.body).toBe('{"token":"secret","take_over":true}');
  });

  test("post an offer as SDP and bring the answer as it came", async () => {
    const { fetch, asked } = control(new Response("v=0 answer", { status: 201 }));
    expect(await new VisitApi(new Api(fetch)).offer("v=0 offer")).toBe("v=0 answer");
    expect(asked[0]?.init.headers).toMatchObject({ "Content-Type": "application/sdp" });
    expect(asked[0]?.init.body).toBe("v=0 offer");
  });

  test("leave without waiting for a body", async () => {
    const { fetch } = control(new Response(null, { status: 204 }));
    expect(await new VisitApi(new Api(fetch)).leave()).toBeUndefined();
  });
});

describe("an error", () => {
  const failure = async (answer: Response | Error) =>
    (await new VisitApi(new Api(control(answer).fetch))
      .current()
      .catch((error: unknown) => error)) as ApiError;

  test("carries control's code and words", async () => {
    const body = { code: "elsewhere", text: "Another device is in this visit." };
    const error = await failure(Response.json(body, { status: 409 }));
    expect(error).toBeInstanceOf(ApiError);
    expect([error.status, error.code, error.text]).toEqual([409, body.code, body.text]);
    expect(error.passing).toBe(false);
  });

  test("from a proxy's page is unexpected and passing", async () => {
    const error = await failure(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect([error.code, error.passing]).toEqual(["unexpected", true]);
  });

  test("without an answer says unreachable", async () => {
    const error = await failure(new TypeError("network"));
    expect([error.status, error.code, error.passing]).toEqual([0, "unreachable", true]);
  });
});

describe("sheets", () => {
  test("go as they are, and come whole or not at all", async () => {
    const sheet = new Blob(["name\n"]);
    const sent: RequestInit[] = [];
    const api = new Api(async (_, init) => {
      sent.push(init);
      return new Response(JSON.stringify({ added: 1 }), { status: 200 });
    });
    expect(await api.upload("/api/patients/import", sheet)).toEqual({ added: 1 });
    expect(sent[0]?.body).toBe(sheet);
    expect(new Headers(sent[0]?.headers).get("Content-Type")).toBe("text/csv");

    const torn = new ReadableStream({ start: (stream) => stream.error(new Error("torn")) });
    const broken = new Api(async () => new Response(torn, { status: 200 }));
    await expect(broken.download("/api/sessions/export")).rejects.toMatchObject({
      code: "unreachable",
    });
  });
});
