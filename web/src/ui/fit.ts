/** Whether a picture is shown whole or fills its place. Pure. */

/** On a wide screen filling may cut away this much of a picture above and below: heads are there. */
const MAY_CUT_HEIGHT = 0.3;
/** And this much at its sides, where there is mostly wall. */
const MAY_CUT_WIDTH = 0.5;

type Picture = { videoWidth: number; videoHeight: number };
type Place = { clientWidth: number; clientHeight: number };

/**
 * True when the picture shall be shown whole, with the room around it.
 *
 * An upright phone always fills: a face stands in the middle of a wide picture. A wide screen
 * fills unless that would cut off a head, as with a picture from an upright phone.
 */
export function fitsWhole(picture: Picture, place: Place): boolean {
  const wide = place.clientWidth >= place.clientHeight;
  if (!wide || picture.videoHeight === 0 || place.clientHeight === 0) return false;
  const ratio = picture.videoWidth / picture.videoHeight / (place.clientWidth / place.clientHeight);
  return ratio < 1 - MAY_CUT_HEIGHT || 1 / ratio < 1 - MAY_CUT_WIDTH;
}
