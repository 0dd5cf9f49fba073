import type { QrCode } from "../api";

/** Modules of quiet around a QR code, of which scanners need four (ISO/IEC 18004). */
const QUIET = 4;

/** A QR code: dark on white also in the dark, since many scanners read it no other way. */
export function Qr({ qr, label }: { qr: QrCode; label: string }) {
  const side = qr.size + 2 * QUIET;
  return (
    <svg
      class="qr"
      viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`}
      role="img"
      aria-label={label}
      data-testid="qr"
    >
      <rect class="light" x={-QUIET} y={-QUIET} width={side} height={side} />
      <path class="dark" d={qr.path} shape-rendering="crispEdges" />
    </svg>
  );
}
