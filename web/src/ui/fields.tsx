import { ChevronDown, type LucideIcon, Search } from "lucide-preact";
import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "label" | "onInput"> {
  label: string;
  hint?: string | undefined;
  /** What is wrong with the value, as a sentence. */
  wrong?: string | undefined;
  value: string;
  onText: (text: string) => void;
}

/** A line of text with its label, a hint and, when needed, what is wrong with it. */
export function TextField({ label, hint, wrong, onText, ...rest }: TextFieldProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        {...rest}
        id={id}
        class="input"
        aria-invalid={wrong ? "true" : undefined}
        aria-describedby={about || undefined}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {wrong && (
        <span class="wrong" id={`${id}-wrong`}>
          {wrong}
        </span>
      )}
    </div>
  );
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

interface SelectProps {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChoose: (value: string) => void;
  icon?: LucideIcon;
  disabled?: boolean;
  /** Hide the label from sight where the icon says enough. */
  bare?: boolean;
  "data-testid"?: string;
}

/** One of several, by the browser's own list, so that phones and keyboards work as ever. */
export function Select(props: SelectProps) {
  const { label, choices, value, onChoose, icon: Icon, bare, disabled } = props;
  const id = useId();
  return (
    <div class="field">
      <label class={bare ? "only-heard" : "field-label"} for={id}>
        {label}
      </label>
      <div class="select">
        {Icon && <Icon class="lead" aria-hidden="true" />}
        <select
          id={id}
          value={value}
          disabled={disabled}
          data-testid={props["data-testid"]}
          onChange={(event) => onChoose(event.currentTarget.value)}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value} selected={choice.value === value}>
              {choice.text}
            </option>
          ))}
        </select>
        <ChevronDown class="more" aria-hidden="true" />
      </div>
    </div>
  );
}

interface SwitchProps {
  label: string;
  hint?: ComponentChildren;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
  "data-testid"?: string;
}

/** On or off, in force at once. The whole line can be pressed. */
export function Switch(props: SwitchProps) {
  const { label, hint, on, onChange, disabled } = props;
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={on}
      disabled={disabled}
      data-testid={props["data-testid"]}
      onClick={() => onChange(!on)}
    >
      <span class="what">{label}</span>
      <span class="knob" aria-hidden="true" />
      {hint && <span class="hint">{hint}</span>}
    </button>
  );
}

interface SearchFieldProps {
  label: string;
  value: string;
  onText: (text: string) => void;
  autofocus?: boolean;
  "data-testid"?: string;
}

/** Search as you type. */
export function SearchField(props: SearchFieldProps) {
  return (
    <label class="search">
      <Search aria-hidden="true" />
      <span class="only-heard">{props.label}</span>
      <input
        type="search"
        value={props.value}
        placeholder={props.label}
        autofocus={props.autofocus}
        autocomplete="off"
        spellcheck={false}
        data-testid={props["data-testid"]}
        onInput={(event) => props.onText(event.currentTarget.value)}
      />
    </label>
  );
}
