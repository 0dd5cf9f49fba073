import type { LucideIcon } from "lucide-preact";
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";

type Kind = "plain" | "primary" | "tint" | "quiet" | "danger";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "size"> {
  kind?: Kind;
  size?: "normal" | "big" | "compact";
  wide?: boolean;
  icon?: LucideIcon;
  children: ComponentChildren;
}

/** A button that says what it does. */
export function Button(props: ButtonProps) {
  const {
    kind = "plain",
    size = "normal",
    wide,
    icon: Icon,
    class: extra,
    children,
    ...rest
  } = props;
  const classes = ["btn", kind, size, wide && "wide", extra].filter(Boolean).join(" ");
  return (
    <button type="button" {...rest} class={classes}>
      {Icon && <Icon aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "label"> {
  icon: LucideIcon;
  /** Its name for a screen reader and as the tooltip. */
  label: string;
}

/** A button that is only a picture, 44 px square, with its name for those who do not see it. */
export function IconButton({ icon: Icon, label, class: extra, ...rest }: IconButtonProps) {
  const classes = ["icon-btn", extra].filter(Boolean).join(" ");
  return (
    <button type="button" aria-label={label} title={label} {...rest} class={classes}>
      <Icon aria-hidden="true" />
    </button>
  );
}
