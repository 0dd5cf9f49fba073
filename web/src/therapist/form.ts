/** What is wrong with a form, field by field. Pure but for the hook at its end. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../lib/api";
import { useAction } from "./hooks";

/** A sentence for every field that is not right. */
export type Wrong<Field extends string> = { readonly [Name in Field]?: string };

/** Control refuses shorter ones. */
export const PASSWORD_LENGTH = 12;

/** Enough to find a slip of the finger; whether it exists only a message can tell. */
export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text.trim());
}

/** Digits as people write them: "+39 333 123 4567", "(02) 1234/56"; 15 at most (E.164). */
export function looksLikePhone(text: string): boolean {
  const digits = text.replace(/\D/g, "").length;
  return /^\+?[\d\s()./-]+$/.test(text.trim()) && digits >= 5 && digits <= 15;
}

/** The field that control names first where it does not take a form ("email: …"); null for none. */
export function refusedField(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.code !== "invalid_body") return null;
  return /^(\w+)[.:]/.exec(error.text)?.[1] ?? null;
}

export interface FormState<Field extends string> {
  /** For the form's `ref`. */
  readonly form: RefObject<HTMLFormElement>;
  readonly busy: boolean;
  readonly wrong: Wrong<Field>;
  /** What went wrong that no field is to blame for. */
  readonly error: unknown;
  /** Check, then do; true when all went well. */
  readonly submit: (event: Event, work: () => Promise<unknown>) => Promise<boolean>;
  /** Something was typed: what was said of it holds no more. */
  readonly clear: () => void;
}

/**
 * A form whose errors stand at their fields; the first of them takes the focus.
 *
 * @param check What is wrong before anything is sent.
 * @param refused What control's error says of the fields; empty where it is about none.
 */
export function useForm<Field extends string>(
  check: () => Wrong<Field>,
  refused: (error: unknown) => Wrong<Field>,
): FormState<Field> {
  const form = useRef<HTMLFormElement>(null);
  const [found, setFound] = useState<Wrong<Field>>({});
  const { busy, error, run, clear } = useAction();
  const answered = error === null ? {} : refused(error);
  const blamed = Object.keys(answered).length > 0;
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [found, error]);
  const submit = async (event: Event, work: () => Promise<unknown>) => {
    event.preventDefault();
    clear();
    const wrong = check();
    setFound(wrong);
    return Object.keys(wrong).length === 0 && (await run(work));
  };
  const forget = () => {
    if (Object.keys(found).length > 0) setFound({});
    if (error !== null) clear();
  };
  const wrong = { ...found, ...answered };
  return { form, busy, wrong, error: blamed ? null : error, submit, clear: forget };
}
