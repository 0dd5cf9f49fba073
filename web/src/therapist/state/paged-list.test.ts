import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../lib/api";
import { type Asked, PAUSE_MS, type Page, PagedList } from "./paged-list";

interface Row {
  readonly id: string;
}

/** A control that answers when the test says so. */
class Slow {
  readonly asked: Asked[] = [];
  private readonly open: {
    readonly resolve: (page: Page<Row>) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  readonly load = (asked: Asked) => {
    this.asked.push(asked);
    return new Promise<Page<Row>>((resolve, reject) => {
      this.open.push({ resolve, reject });
    });
  };

  async answer(n: number, ids: string, next: string | null = null) {
    this.open[n]?.resolve({ items: [...ids].map((id) => ({ id })), next });
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(n: number, error: unknown) {
    this.open[n]?.reject(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}

const ids = (list: PagedList<Row>) => list.listed.value.items?.map(({ id }) => id).join("") ?? null;
const pause = () => vi.advanceTimersByTimeAsync(PAUSE_MS);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("what is typed", () => {
  it("is asked once, when typing pauses", async () => {
    const control = new Slow();
    const list = new PagedList(control.load);
    for (const text of ["a", "al", "ale"]) {
      list.type(text);
      await vi.advanceTimersByTimeAsync(PAUSE_MS - 1);
    }
    expect(control.asked).toEqual([]);
    await pause();
    expect(control.asked).toEqual([{ search: "ale", cursor: null, limit: 50 }]);
  });

  it("shows the last answer, whichever comes last", async () => {
    const control = new Slow();
    const list = new PagedList(control.load);
    list.type("al");
    await pause();
    list.type("bo");
    await pause();
    await control.answer(1, "b");
    await control.answer(0, "a");
    expect(ids(list)).toBe("b");
    expect(list.listed.value.search).toBe("bo");
  });

  it("keeps the rows of before until the answer came", async () => {
    const control = new Slow();
    const list = new PagedList(control.load);
    list.reload();
    await control.answer(0, "ab");
    list.type("b");
    await pause();
    expect([ids(list), list.listed.value.search, list.listed.value.busy]).toEqual(["ab", "", true]);
    await control.fail(1, "away");
    const { error, atEnd } = list.listed.value;
    expect([ids(list), error, atEnd]).toEqual(["ab", "away", false]);
  });

  it("passes over an old failure", async () => {
    const control = new Slow();
    const list = new PagedList(control.load);
    list.type("al");
    await pause();
    list.type("bo");
    await pause();
    await control.answer(1, "b");
    await control.fail(0, "away");
    expect(list.listed.value.error).toBe(null);
  });
});

describe("the next page", () => {
  it("follows, with each row once", async () => {
    const control = new Slow();
    const list = new PagedList(control.load, "al");
    list.reload();
    await control.answer(0, "ab", "after b");
    list.more();
    list.more();
    expect(control.asked.slice(1)).toEqual([{ search: "al", cursor: "after b", limit: 50 }]);
    await control.answer(1, "bcd");
    expect(ids(list)).toBe("abcd");
    list.more();
    expect(control.asked).toHaveLength(2);
  });

  it("is of what is shown, also while something else is being typed", async () => {
    const control = new Slow();
    const list = new PagedList(control.load, "al");
    list.reload();
    await control.answer(0, "ab", "after b");
    list.type("bo");
    list.more();
    expect(control.asked[1]).toEqual({ search: "al", cursor: "after b", limit: 50 });
  });

  it("is dropped when a search came between", async () => {
    const control = new Slow();
    const list = new PagedList(control.load);
    list.reload();
    await control.answer(0, "ab", "after b");
    list.more();
    list.type("z");
    await pause();
    await control.answer(2, "z");
    await control.answer(1, "cd");
    expect(ids(list)).toBe("z");
  });

  it("is asked again after a failure", async () => {
    const control = new Slow();
    const list = new PagedList(control.load);
    list.reload();
    await control.answer(0, "ab", "after b");
    list.more();
    await control.fail(1, "away");
    const { error, atEnd } = list.listed.value;
    expect([ids(list), error, atEnd]).toEqual(["ab", "away", true]);
    list.retry();
    expect(control.asked[2]).toEqual(control.asked[1]);
    await control.answer(2, "c");
    expect([ids(list), list.listed.value.error]).toEqual(["abc", null]);
  });
});

it("a cursor that control does not know any more begins the list anew", async () => {
  const control = new Slow();
  const list = new PagedList(control.load);
  list.reload();
  await control.answer(0, "ab", "after b");
  list.more();
  await control.fail(1, new ApiError(400, "bad_cursor", ""));
  expect(control.asked[2]).toEqual({ search: "", cursor: null, limit: 50 });
  await control.answer(2, "abc");
  expect([ids(list), list.listed.value.error]).toEqual(["abc", null]);
});

it("a reload asks for as much as is shown", async () => {
  const control = new Slow();
  const list = new PagedList(control.load);
  list.reload();
  await control.answer(0, "x".repeat(1), "on");
  list.more();
  const many = Array.from({ length: 80 }, (_, n) => String.fromCharCode(0x4e00 + n)).join("");
  await control.answer(1, many);
  list.reload();
  expect(control.asked.map(({ limit }) => limit)).toEqual([50, 50, 81]);
});

it("a closed list asks and takes nothing", async () => {
  const control = new Slow();
  const list = new PagedList(control.load);
  list.reload();
  list.type("a");
  list.close();
  await pause();
  await control.answer(0, "a");
  expect([control.asked.length, ids(list)]).toEqual([1, null]);
});
