/**
 * The page's own sounds, made here and not loaded: a soft ring and a test tone.
 *
 * Browsers let a page sound only after a click: call `unlock` inside one.
 */

type Note = { hz: number; atS: number; lastsS: number };

/** A rising third, like a small bell in another room. */
const RING: readonly Note[] = [
  { hz: 523.25, atS: 0, lastsS: 1.4 },
  { hz: 659.25, atS: 0.28, lastsS: 1.6 },
];
const TONE: readonly Note[] = [
  { hz: 440, atS: 0, lastsS: 0.7 },
  { hz: 554.37, atS: 0.35, lastsS: 0.7 },
  { hz: 659.25, atS: 0.7, lastsS: 1 },
];
const LOUDNESS = 0.12;
const ATTACK_S = 0.03;

type Sink = { setSinkId?(id: string): Promise<void> };

export class Sounds {
  private context: AudioContext | null = null;
  private outlet: HTMLAudioElement | null = null;

  constructor(
    private readonly create: () => AudioContext = () => new AudioContext(),
    private readonly createOutlet: () => HTMLAudioElement = () => new Audio(),
  ) {}

  /** Call inside a click, before anything shall sound. */
  unlock(): void {
    this.context ??= this.create();
    void this.context.resume();
  }

  /** A stream of silence: an element that plays it within a click may play other streams later. */
  silence(): MediaStream {
    this.unlock();
    return (this.context as AudioContext).createMediaStreamDestination().stream;
  }

  ring(): void {
    if (this.context) this.play(RING, this.context.destination);
  }

  /** Play the test tone on this speaker; resolves when it is over. */
  async tone(speaker: string | null): Promise<void> {
    this.unlock();
    const target = await this.speakerNode(speaker);
    this.play(TONE, target);
    const last = TONE.at(-1) as Note;
    await new Promise((resolve) => setTimeout(resolve, (last.atS + last.lastsS) * 1000));
  }

  /** Where a sound must go to leave by that speaker. Firefox can choose for elements only. */
  private async speakerNode(speaker: string | null): Promise<AudioNode> {
    const context = this.context as AudioContext & Sink;
    if (context.setSinkId) {
      await context.setSinkId(speaker ?? "").catch(() => undefined);
      return context.destination;
    }
    this.outlet ??= this.createOutlet();
    const { outlet } = this;
    if (!speaker || !canChooseSpeaker(outlet)) return context.destination;
    const node = context.createMediaStreamDestination();
    outlet.srcObject = node.stream;
    await applySpeaker(outlet, speaker);
    await outlet.play().catch(() => undefined);
    return node;
  }

  private play(notes: readonly Note[], target: AudioNode): void {
    const context = this.context as AudioContext;
    for (const note of notes) {
      const start = context.currentTime + note.atS;
      const oscillator = new OscillatorNode(context, { frequency: note.hz });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(LOUDNESS, start + ATTACK_S);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + note.lastsS);
      oscillator.connect(gain).connect(target);
      oscillator.start(start);
      oscillator.stop(start + note.lastsS);
    }
  }
}

export function canChooseSpeaker(element: Sink): boolean {
  return typeof element.setSinkId === "function";
}

/** Let an element sound on that speaker; one that is gone means the usual one. */
export async function applySpeaker(element: Sink, speaker: string | null): Promise<void> {
  await element.setSinkId?.(speaker ?? "").catch(() => undefined);
}
