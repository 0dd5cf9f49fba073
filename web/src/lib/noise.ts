/**
 * Pictures of noise, which no codec can make small: they fill a line, to measure what it carries.
 * Nobody ever sees them: the node relays nothing of them.
 */

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES_PER_S = 20;

export type Noise = { track: MediaStreamTrack; stop(): void };

export function makeNoise(): Noise {
  const pattern = canvas(WIDTH * 2, HEIGHT * 2);
  scatter(pattern.context);
  const { element, context } = canvas(WIDTH, HEIGHT);
  // Moved further each time than any encoder searches for where a block came from.
  const draw = () =>
    context.drawImage(pattern.element, -Math.random() * WIDTH, -Math.random() * HEIGHT);
  draw();
  const timer = setInterval(draw, 1000 / FRAMES_PER_S);
  const [track] = element.captureStream(FRAMES_PER_S).getVideoTracks();
  if (!track) throw new Error("a canvas gives one video track");
  return {
    track,
    stop: () => {
      clearInterval(timer);
      track.stop();
    },
  };
}

function canvas(width: number, height: number) {
  const element = Object.assign(document.createElement("canvas"), { width, height });
  const context = element.getContext("2d");
  if (!context) throw new Error("a canvas draws in two dimensions");
  return { element, context };
}

function scatter(context: CanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < pixels.length; at += 1)
    pixels[at] = 0xff000000 | Math.floor(Math.random() * 0x1000000);
  context.putImageData(image, 0, 0);
}
