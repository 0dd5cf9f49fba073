import type { ComponentProps, RefObject } from "preact";
import { Button, TextField } from "../../ui";
import { Trouble } from "./trouble";

interface OneFieldFormProps {
  form: RefObject<HTMLFormElement>;
  text: string;
  /** Left out where a click is enough. */
  field: (ComponentProps<typeof TextField> & { "data-testid": string }) | undefined;
  error: unknown;
  busy: boolean;
  submit: string;
  onSubmit: (event: Event) => void;
  "data-testid": string;
}

/** What the pages around the login ask for: one thing, and the button below it. */
export function OneFieldForm(props: OneFieldFormProps) {
  const { form, text, field, error, busy, submit, onSubmit } = props;
  return (
    <form ref={form} class="stack loose" noValidate onSubmit={onSubmit}>
      <p>{text}</p>
      {field && <TextField autofocus {...field} />}
      <Trouble error={error} />
      <Button
        type="submit"
        kind="primary"
        size="big"
        wide
        disabled={busy}
        data-testid={props["data-testid"]}
      >
        {submit}
      </Button>
    </form>
  );
}
