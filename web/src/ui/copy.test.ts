import { afterEach, describe, expect, test, vi } from "vitest";
import { copyText } from "./copy";

/** A document with as much as a copied selection needs. */
function documentThat(copies: () => boolean, dialog: object | null = null) {
  const field = { value: "", className: "", select: vi.fn(), remove: vi.fn() };
  const body = { append: vi.fn() };
  return {
    field,
    body,
    activeElement: null,
    createElement: () => field,
    querySelector: () => dialog,
    execCommand: vi.fn(copies),
  };
}

function stand(page: object, writeText: (text: string) => Promise<void>): void {
  vi.stubGlobal("document", page);
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  vi.stubGlobal("HTMLElement", class {});
}

const refuse = () => Promise.reject(new DOMException("Denied", "NotAllowedError"));

describe("copyText", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("uses the clipboard where the browser allows it", async () => {
    const written: string[] = [];
    const page = documentThat(() => false);
    stand(page, async (text) => void written.push(text));
    expect(await copyText("link")).toBe(true);
    expect(written).toEqual(["link"]);
    expect(page.execCommand).not.toHaveBeenCalled();
  });

  test("copies a selection where it does not, and leaves nothing behind", async () => {
    const page = documentThat(() => true);
    stand(page, refuse);
    expect(await copyText("link")).toBe(true);
    expect(page.field.value).toBe("link");
    expect(page.field.select).toHaveBeenCalledBefore(page.execCommand);
    expect(page.field.remove).toHaveBeenCalled();
  });

  test("selects within an open dialog, since the rest of the page is inert", async () => {
    const dialog = { append: vi.fn() };
    const page = documentThat(() => true, dialog);
    stand(page, refuse);
    await copyText("link");
    expect(dialog.append).toHaveBeenCalledWith(page.field);
    expect(page.body.append).not.toHaveBeenCalled();
  });

  test.each([
    ["refuses", () => false],
    [
      "does not know how",
      () => {
        throw new Error("no copy");
      },
    ],
  ])("says that it failed where the browser %s", async (_, copies) => {
    const page = documentThat(copies);
    stand(page, refuse);
    expect(await copyText("link")).toBe(false);
    expect(page.field.remove).toHaveBeenCalled();
  });
});
