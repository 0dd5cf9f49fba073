/** Where the own small picture rests. Pure. */
export type Corner = "top-left" | "top-right" | "bottom-left" | "bottom-right";

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The corner of the stage whose quarter holds the middle of the box. */
export function nearestCorner(box: Box, stage: Box): Corner {
  const right = box.left + box.width / 2 > stage.left + stage.width / 2;
  const bottom = box.top + box.height / 2 > stage.top + stage.height / 2;
  return corner(bottom, right);
}

/** The corner an arrow key leads to; the same one for any other key. */
export function moveByKey(from: Corner, key: string): Corner {
  const bottom = from.startsWith("bottom");
  const right = from.endsWith("right");
  switch (key) {
    case "ArrowLeft":
      return corner(bottom, false);
    case "ArrowRight":
      return corner(bottom, true);
    case "ArrowUp":
      return corner(false, right);
    case "ArrowDown":
      return corner(true, right);
    default:
      return from;
  }
}

function corner(bottom: boolean, right: boolean): Corner {
  return `${bottom ? "bottom" : "top"}-${right ? "right" : "left"}`;
}
