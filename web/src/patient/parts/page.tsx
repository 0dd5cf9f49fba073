import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Brand } from "../../ui";

/** The page's title takes the focus when the page changes, so that it is read out. */
export function Title({ children, hidden }: { children: ComponentChildren; hidden?: boolean }) {
  const element = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => element.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={element} tabIndex={-1} class={hidden ? "only-heard" : "page-title"}>
      {children}
    </h1>
  );
}

type QuietPageProps = {
  title: string;
  text?: string;
  testid: string;
  children?: ComponentChildren;
};

/** A page that says one thing, with at most one or two buttons. */
export function QuietPage({ title, text, testid, children }: QuietPageProps) {
  return (
    <main class="quiet-page" data-testid={testid}>
      <Brand bare />
      <div class="stack">
        <Title>{title}</Title>
        {text && <p class="lead">{text}</p>}
      </div>
      {children && <div class="stack quiet-actions">{children}</div>}
    </main>
  );
}
