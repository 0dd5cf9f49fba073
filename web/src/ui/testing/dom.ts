/** As much of a document as Preact needs to draw into, for tests of what an element is given. */
import { render, type VNode } from "preact";
import { act } from "preact/test-utils";
import { vi } from "vitest";
import { flushPromises } from "../../lib/testing/world";

export class FakeElement extends EventTarget {
  readonly childNodes: FakeElement[] = [];
  readonly attributes = new Map<string, unknown>();
  readonly style: Record<string, string> = {};
  parentNode: FakeElement | null = null;
  readonly nodeType = 1;
  readonly namespaceURI = "http://www.w3.org/1999/xhtml";
  // Preact looks for these names to know how an event or a property is called.
  onclick = null;
  data = "";

  constructor(readonly localName: string) {
    super();
  }

  get firstChild(): FakeElement | null {
    return this.childNodes[0] ?? null;
  }
  get nextSibling(): FakeElement | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }
  insertBefore(node: FakeElement, before: FakeElement | null): FakeElement {
    node.parentNode?.removeChild(node);
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
    return node;
  }
  removeChild(node: FakeElement): FakeElement {
    this.childNodes.splice(this.childNodes.indexOf(node), 1);
    node.parentNode = null;
    return node;
  }
  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, value);
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  /** The first element of that name in here. */
  find<T extends FakeElement = FakeElement>(localName: string): T | null {
    for (const child of this.childNodes) {
      const found = child.localName === localName ? child : child.find(localName);
      if (found) return found as T;
    }
    return null;
  }
}

export class FakeMedia extends FakeElement {
  srcObject: { tracks: unknown[] } | null = null;
  muted = false;
  autoplay = false;
  readonly sinks: string[] = [];
  plays = 0;
  /** Why the next tries to play fail. */
  refusal: DOMException | null = null;

  async play(): Promise<void> {
    this.plays += 1;
    if (this.refusal) throw this.refusal;
  }
  async setSinkId(id: string): Promise<void> {
    this.sinks.push(id);
  }
}

/** All text in an element. */
export function textOf({ data, childNodes }: Pick<FakeElement, "data" | "childNodes">): string {
  return [data, ...childNodes.map(textOf)].join(" ");
}

/** Make a document that Preact draws into, for one test; returns how to draw and to wait. */
export function aPage() {
  const body = new FakeElement("body");
  const create = (name: string) =>
    name === "audio" || name === "video" ? new FakeMedia(name) : new FakeElement(name);
  const page = Object.assign(new EventTarget(), {
    createElementNS: (_namespace: string, name: string) => create(name),
    createTextNode: (data: string) => Object.assign(new FakeElement("#text"), { data }),
  });
  vi.stubGlobal("document", page);
  vi.stubGlobal(
    "MediaStream",
    class {
      constructor(readonly tracks: unknown[]) {}
    },
  );
  /** Do something, then let effects, promises and what they draw come to rest. */
  const when = async (doing: () => unknown) => {
    await act(async () => void doing());
    await flushPromises();
    await act(async () => undefined);
  };
  const draw = (what: VNode | null) => when(() => render(what, body as unknown as Element));
  return { page, body, draw, when };
}
