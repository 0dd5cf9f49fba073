import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** The foot of a room: what is said and the bar. Styles beside it know its height as `--foot`. */
export function RoomFoot({ children }: { children: ComponentChildren }) {
  const foot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = foot.current;
    const room = element?.parentElement;
    if (!element || !room) return;
    const tell = () => room.style.setProperty("--foot", `${element.offsetHeight}px`);
    const watch = new ResizeObserver(tell);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return (
    <div ref={foot} class="room-foot">
      {children}
    </div>
  );
}
