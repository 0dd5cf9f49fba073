/** Whether a picture is shown whole or fills its place. Pure. */

/** Filling may cut away this much of a picture on a wide screen. */
const MAY_CUT = 0.3;

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
  return Math.min(ratio, 1 / ratio) < 1 - MAY_CUT;
}
