/** A track of a screen or a device, for tests. */
export class FakeTrack extends EventTarget {
  contentHint = "";
  stopped = false;
  constructor(readonly id: string) {
    super();
  }
  stop = () => {
    this.stopped = true;
  };
}
