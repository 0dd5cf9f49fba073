/** A page in a call: its connections, and what control and the node say to it. */
import { Call, type CallState } from "../call";
import type { ClockMessage, IceServers } from "../types";
import { FakeConnection } from "./connection";
import { flushPromises, World } from "./world";

export const ANSWER =
  "a=ice-ufrag:one\r\na=ice-pwd:p1\r\na=x-spare-ice:two p2\r\na=x-spare-ice:three p3\r\n";

export class CallingPage {
  readonly world = new World();
  readonly connections: FakeConnection[] = [];
  readonly clocks: (ClockMessage | null)[] = [];
  readonly phases: string[] = [];
  offers = 0;
  answer: () => Promise<string> = async () => ANSWER;
  servers: () => Promise<IceServers> = async () => ({ servers: [], lifetime_s: 0 });

  readonly call = new Call(
    {
      offer: () => {
        this.offers += 1;
        return this.answer();
      },
      iceServers: () => this.servers(),
    },
    {
      onChange: ({ phase }) => phase !== this.phases.at(-1) && this.phases.push(phase),
      onClock: (message) => this.clocks.push(message),
    },
    this.world,
    () => {
      this.connections.push(new FakeConnection());
      return this.last() as unknown as RTCPeerConnection;
    },
  );

  get state(): CallState {
    return this.call.state;
  }

  last(): FakeConnection {
    return this.connections.at(-1) as FakeConnection;
  }

  async connect(): Promise<void> {
    this.call.start();
    await flushPromises();
    await this.last().comeUp();
  }

  /** Let sound come for a while, a packet whenever time moves. */
  async hear(forMs: number): Promise<void> {
    const receiver = this.last().transceivers[0]?.receiver;
    for (let passed = 0; passed < forMs; passed += 20) {
      if (receiver) receiver.timestamp = this.world.now() + 1;
      await this.world.pass(20);
    }
  }
}
