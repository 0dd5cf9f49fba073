/** A picture from a file, made square and small before it leaves the browser. */

export const SIDE = 320;
export const MOST_BYTES = 256 * 1024;
const QUALITY = 0.85;

/** The largest square in the middle of a picture. */
export function middleSquare(width: number, height: number) {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/** Make the file small; rejects when it is no picture that this browser can read. */
export async function smallPicture(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  const { x, y, side } = middleSquare(picture.width, picture.height);
  context?.drawImage(picture, x, y, side, side, 0, 0, SIDE, SIDE);
  picture.close();
  const small = await encode(canvas, "image/webp");
  // A browser that writes no WebP answers with PNG, which may be large.
  return small.type === "image/webp" ? small : encode(canvas, "image/jpeg");
}

function encode(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const take = (blob: Blob | null) => {
      if (blob && blob.size <= MOST_BYTES) resolve(blob);
      else reject(new Error("the browser makes no small picture of it"));
    };
    canvas.toBlob(take, type, QUALITY);
  });
}
