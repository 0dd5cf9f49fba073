import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { IconButton } from "./button";

interface DialogProps {
  title: string;
  /** The name of the button that closes it without doing anything. */
  closeLabel: string;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
  "data-testid"?: string;
}

/**
 * A modal question, shown as long as it is rendered.
 *
 * The browser's own `<dialog>` traps the focus, closes by Esc and gives the focus back.
 */
export function Dialog(props: DialogProps) {
  const { title, closeLabel, onClose, children } = props;
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog
      ref={element}
      class={["dialog", props.class].filter(Boolean).join(" ")}
      aria-labelledby={heading}
      data-testid={props["data-testid"]}
      onCancel={cancel}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={heading}>{title}</h2>
          <IconButton icon={X} label={closeLabel} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** The row of buttons that ends a dialog. */
export function DialogFoot({ children }: { children: ComponentChildren }) {
  return <footer class="dialog-foot">{children}</footer>;
}
