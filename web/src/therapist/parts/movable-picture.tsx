import { VideoOff } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../../i18n/therapist";
import { Picture } from "../../ui";
import { type Corner, moveByKey, nearestCorner } from "../corners";
import { ownPicture } from "../state/place";

/** One's own small picture: drag it, or move it by the arrow keys; it rests in a corner. */
export function MovablePicture() {
  const [corner, setCorner] = useState<Corner>("bottom-right");
  const element = useRef<HTMLButtonElement>(null);
  const grip = useRef<{ x: number; y: number } | null>(null);
  const place = (x: number, y: number) => {
    if (element.current) element.current.style.translate = x || y ? `${x}px ${y}px` : "";
  };
  const drop = (event: PointerEvent) => {
    const box = element.current?.getBoundingClientRect();
    const stage = element.current?.parentElement?.getBoundingClientRect();
    if (grip.current && box && stage) setCorner(nearestCorner(box, stage));
    grip.current = null;
    place(0, 0);
    element.current?.releasePointerCapture(event.pointerId);
  };
  return (
    <button
      type="button"
      ref={element}
      class={`own picture ${corner}`}
      aria-label={t("room.own")}
      title={t("room.own")}
      onPointerDown={(event) => {
        grip.current = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const from = grip.current;
        if (from) place(event.clientX - from.x, event.clientY - from.y);
      }}
      onPointerUp={drop}
      onPointerCancel={drop}
      onKeyDown={(event) => {
        const next = moveByKey(corner, event.key);
        if (next === corner) return;
        event.preventDefault();
        setCorner(next);
      }}
    >
      <Picture track={ownPicture.value} mirrored data-testid="self-view" />
      {!ownPicture.value && (
        <span class="picture-empty">
          <VideoOff aria-hidden="true" />
        </span>
      )}
    </button>
  );
}
