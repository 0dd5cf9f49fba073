/**
 * The WebSocket to control; docs/protocol.md section 2.
 *
 * It comes back by itself, for as long as it takes. Control sends whole states, so nothing is
 * asked again after a reconnect. Three close codes are final: somebody decided.
 */
import { reconnectDelay } from "./backoff";
import { browserEnvironment, type Environment } from "./environment";

export const LOGGED_OUT = 4001;
export const MOVED = 4002;
export const REVOKED = 4003;
const FINAL = new Set([LOGGED_OUT, MOVED, REVOKED]);

/** The part of WebSocket that is used. */
export type Socket = Pick<WebSocket, "send" | "close" | "readyState"> & {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
};

export type LiveHandlers<In> = {
  onMessage(message: In): void;
  /** True when the socket opened, false when it was lost and is being sought again. */
  onConnected(connected: boolean): void;
  /** Closed for good, with the code of the decision. */
  onClosed(code: number): void;
  /** A try did not even open: perhaps the login is over. Counts closes since it was last open. */
  onRefused?(failures: number): void;
};

const OPEN = 1;
const LOST = 1006;
/** A network that swallows the handshake answers nothing for minutes; this is long for any other. */
export const OPEN_WITHIN_MS = 10_000;

export class Live<In, Out = never> {
  private socket: Socket | null = null;
  private attempt = 0;
  private stopped = false;
  private cancelRetry: (() => void) | null = null;
  private cancelWait: (() => void) | null = null;
  private readonly stopListening: () => void;

  constructor(
    private readonly path: string,
    private readonly handlers: LiveHandlers<In>,
    private readonly env: Environment = browserEnvironment,
    private readonly connect: (path: string) => Socket = openSocket,
  ) {
    this.stopListening = env.onOnline(() => this.retryNow());
    this.open();
  }

  /** Send when connected; false when not (say it again in `onConnected`). */
  send(message: Out): boolean {
    if (this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Close for good, without a word to the handlers. */
  close(): void {
    this.stopped = true;
    this.stopListening();
    this.cancelRetry?.();
    this.cancelWait?.();
    this.socket?.close();
  }

  private open(): void {
    this.cancelRetry = null;
    let opened = false;
    const socket = this.connect(this.path);
    this.socket = socket;
    this.cancelWait = this.env.after(OPEN_WITHIN_MS, () => {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      this.handleClose(LOST, false);
    });
    socket.onopen = () => {
      opened = true;
      this.cancelWait?.();
      this.attempt = 0;
      if (!this.stopped) this.handlers.onConnected(true);
    };
    socket.onmessage = ({ data }) => {
      const message = this.stopped ? null : readMessage<In>(data);
      if (message !== null) this.handlers.onMessage(message);
    };
    socket.onclose = ({ code }) => this.handleClose(code, opened);
  }

  private handleClose(code: number, opened: boolean): void {
    if (this.stopped) return;
    this.cancelWait?.();
    this.socket = null;
    if (FINAL.has(code)) {
      this.close();
      this.handlers.onClosed(code);
      return;
    }
    const delay = reconnectDelay(this.attempt++, this.env.random());
    this.cancelRetry = this.env.after(delay, () => this.open());
    if (opened) this.handlers.onConnected(false);
    else this.handlers.onRefused?.(this.attempt);
  }

  private retryNow(): void {
    if (this.cancelRetry === null || this.stopped) return;
    this.cancelRetry();
    this.open();
  }
}

/** Read one text frame; null for anything that is not an object with a type. */
export function readMessage<T>(data: unknown): T | null {
  if (typeof data !== "string") return null;
  try {
    const message: unknown = JSON.parse(data);
    const typed = typeof message === "object" && message !== null && "type" in message;
    return typed ? (message as T) : null;
  } catch {
    return null;
  }
}

function openSocket(path: string): Socket {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url) as unknown as Socket;
}
