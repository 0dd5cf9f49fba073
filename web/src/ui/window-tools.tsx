import { Expand, PictureInPicture2, Shrink } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "./button";

interface WindowToolsProps {
  /** The other side's picture, for the small window. */
  picture(): HTMLVideoElement | null | undefined;
  words: { small: string; full: string; leaveFull: string };
}

/** The other side in a small window above all others, and the whole screen: where the browser can. */
export function WindowTools({ picture, words }: WindowToolsProps) {
  const [full, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const update = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", update);
    return () => document.removeEventListener("fullscreenchange", update);
  }, []);
  const toggleSmall = () => {
    const done = document.pictureInPictureElement
      ? document.exitPictureInPicture()
      : picture()?.requestPictureInPicture();
    done?.catch(() => undefined); // no picture has come yet
  };
  const toggleFull = () => {
    const done = full ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    done.catch(() => undefined);
  };
  return (
    <div class="row wrap">
      {document.pictureInPictureEnabled && (
        <Button icon={PictureInPicture2} data-testid="small-window" onClick={toggleSmall}>
          {words.small}
        </Button>
      )}
      {document.fullscreenEnabled && (
        <Button icon={full ? Shrink : Expand} data-testid="full-screen" onClick={toggleFull}>
          {full ? words.leaveFull : words.full}
        </Button>
      )}
    </div>
  );
}
