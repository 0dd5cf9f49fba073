/** The browser's storage where it is allowed, and the page's memory where it is not. */

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * Never throws; what cannot be stored is kept until the page is closed.
 *
 * @param find Returns the storage; reading `localStorage` throws where the person forbade it.
 */
export function storageOf(find: () => Kept): Kept {
  const memory = new Map<string, string>();
  const attempt = <T>(use: (storage: Kept) => T, otherwise: T): T => {
    try {
      return use(find());
    } catch {
      return otherwise;
    }
  };
  return {
    getItem: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key), null),
    setItem: (key, value) => {
      memory.set(key, value);
      attempt((storage) => storage.setItem(key, value), undefined);
    },
    removeItem: (key) => {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key), undefined);
    },
  };
}
