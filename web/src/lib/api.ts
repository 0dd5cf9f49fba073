/**
 * The HTTP half of the conversation with control; docs/protocol.md section 1.
 *
 * Every answer from 400 up becomes an `ApiError`; a network that does not answer becomes one
 * with the code `unreachable`, so that callers have one kind of trouble to handle.
 */
import { serverTime } from "./server-time";
import type { Chat, ChatMessage, IceServers, LinkPreview, Visit } from "./types";

export class ApiError extends Error {
  /**
   * @param status HTTP status; 0 when no answer came.
   * @param code Stable word for programs.
   * @param text A sentence that may be shown; English, so pages prefer their own words by code.
   * @param sessionId The session that stands in the way, where one does.
   * @param retryAfterS So many seconds the server asks to wait, where it says so.
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly text: string,
    readonly sessionId: string | null = null,
    readonly retryAfterS: number | null = null,
  ) {
    super(`${status} ${code}`);
    this.name = "ApiError";
  }

  /** Whether asking again later may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** How long an answer may take before it counts as none, in milliseconds. */
const ANSWER_WITHIN_MS = 10_000;
/** A picture of 256 kB over a line of 0.1 Mbit/s. */
const FILE_WITHIN_MS = 30_000;
/** An offer lost in a dead network shall not hold up the next one. */
const SDP_WITHIN_MS = 4_000;
/** A sheet of thousands of rows, on a slow line. */
const SHEET_WITHIN_MS = 60_000;

export class Api {
  constructor(
    private readonly fetch: Fetch = (url, init) => globalThis.fetch(url, init),
    private readonly time = serverTime,
  ) {}

  /** Ask control; `body` goes as JSON, an empty answer (204) comes back as undefined. */
  async json<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const response = await this.send(
      method,
      path,
      "application/json",
      ANSWER_WITHIN_MS,
      jsonBody(body),
    );
    if (response.status === 204) return undefined as T;
    return (await response.json()) as T;
  }

  /** Send a file as it is. */
  async file<T>(method: Method, path: string, file: Blob): Promise<T> {
    const response = await this.send(method, path, file.type, FILE_WITHIN_MS, file);
    return (await response.json()) as T;
  }

  /** Post an offer and get the answer. */
  async offer(path: string, sdp: string): Promise<string> {
    const response = await this.send("POST", path, "application/sdp", SDP_WITHIN_MS, sdp);
    return response.text();
  }

  /** Send a sheet as it is, and take what control read in it. */
  async upload<T>(path: string, sheet: Blob): Promise<T> {
    const response = await this.send("POST", path, "text/csv", SHEET_WITHIN_MS, sheet);
    return (await response.json()) as T;
  }

  /** Get a sheet; rejects where it breaks off. */
  async download(path: string): Promise<Blob> {
    const response = await this.send("GET", path, "", SHEET_WITHIN_MS, undefined);
    try {
      return await response.blob();
    } catch {
      throw new ApiError(0, "unreachable", "We cannot reach the server.");
    }
  }

  private async send(
    method: Method,
    path: string,
    contentType: string,
    withinMs: number,
    body: string | Blob | undefined,
  ): Promise<Response> {
    const headers: Record<string, string> = { "X-Visavis": "1" };
    if (body !== undefined) headers["Content-Type"] = contentType;
    const init: RequestInit = {
      method,
      headers,
      credentials: "same-origin",
      signal: AbortSignal.timeout(withinMs),
    };
    if (body !== undefined) init.body = body;
    const takeDate = this.time.measure();
    let response: Response;
    try {
      response = await this.fetch(path, init);
    } catch {
      throw new ApiError(0, "unreachable", "We cannot reach the server.");
    }
    takeDate(response.headers.get("Date"));
    if (!response.ok) throw await readError(response);
    return response;
  }
}

/** The patient's calls. */
export class VisitApi {
  constructor(private readonly api: Api = new Api()) {}

  /** Ask whom a link is for; nobody notices. */
  preview(token: string): Promise<LinkPreview> {
    return this.api.json<LinkPreview>("POST", "/api/visit/preview", { token });
  }

  /** Turn the link's token into this browser's cookie; `takeOver` after "Continue here?". */
  open(token: string, takeOver = false, name: string | null = null): Promise<Visit> {
    const body = { token, ...(takeOver && { take_over: true }), ...(name !== null && { name }) };
    return this.api.json<Visit>("POST", "/api/visit", body);
  }

  /** The visit this browser's cookie stands for. */
  current(): Promise<Visit> {
    return this.api.json<Visit>("GET", "/api/visit");
  }

  offer(sdp: string): Promise<string> {
    return this.api.offer("/api/visit/offer", sdp);
  }

  iceServers(): Promise<IceServers> {
    return this.api.json<IceServers>("GET", "/api/visit/ice-servers");
  }

  /** Begin a check of this page's line; `light` with few bytes. */
  check(light: boolean): Promise<void> {
    return this.api.json<void>("POST", `/api/visit/check${light ? "?light=1" : ""}`);
  }

  leave(): Promise<void> {
    return this.api.json<void>("POST", "/api/visit/leave");
  }

  /** Connect a test from the link: nobody is told, and no visit begins. */
  async offerTest(token: string, sdp: string): Promise<string> {
    const body = { token, sdp };
    return (await this.api.json<{ sdp: string }>("POST", "/api/visit/test/offer", body)).sdp;
  }

  iceServersOfTest(token: string): Promise<IceServers> {
    return this.api.json<IceServers>("POST", "/api/visit/test/ice-servers", { token });
  }

  /** What was written after this number. */
  chat(after: number): Promise<Chat> {
    return this.api.json<Chat>("GET", `/api/visit/chat?after=${after}`);
  }

  write(message: { id: string; text: string }): Promise<ChatMessage> {
    return this.api.json<ChatMessage>("POST", "/api/visit/chat", message);
  }
}

/** The header in its form of seconds; a date is not used by our servers. */
function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}

function jsonBody(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

async function readError(response: Response): Promise<ApiError> {
  try {
    const { code, text, session_id } = (await response.json()) as Record<string, unknown>;
    const sessionId = typeof session_id === "string" ? session_id : null;
    if (typeof code === "string" && typeof text === "string")
      return new ApiError(response.status, code, text, sessionId, retryAfter(response));
  } catch {
    // A proxy's error page, not ours: fall through to the general words.
  }
  return new ApiError(response.status, "unexpected", "Something went wrong on our side.");
}
