import { expect, test } from "vitest";
import { fitsWhole } from "./fit";

const picture = (videoWidth: number, videoHeight: number) => ({ videoWidth, videoHeight });
const place = (clientWidth: number, clientHeight: number) => ({ clientWidth, clientHeight });

test.each([
  ["a wide picture fills a wide screen", picture(1280, 720), place(1280, 800), false],
  ["a wide picture fills what the side menu leaves", picture(1280, 720), place(920, 800), false],
  ["a camera of 4:3 fills a screen of 16:9", picture(640, 480), place(1920, 1080), false],
  [
    "a picture of an upright phone stays whole on a desk",
    picture(720, 1280),
    place(1280, 800),
    true,
  ],
  ["a wide picture fills an upright phone", picture(1280, 720), place(390, 844), false],
  ["nothing is decided before the first frame", picture(0, 0), place(1280, 800), false],
])("%s", (_, video, element, whole) => {
  expect(fitsWhole(video, element)).toBe(whole);
});
