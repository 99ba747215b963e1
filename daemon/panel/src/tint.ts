// A tint: the hue and the chroma of a picture, or of a seed where there is none. Pure.
// Lightness is never taken from the art: it is fixed by the style, so that text keeps its contrast on every colour.

export interface Tint {
  /** OKLCH hue, degrees. */
  readonly hue: number;
  /** OKLCH chroma at full strength, 0 to 0.14. */
  readonly chroma: number;
}

const MAX_CHROMA = 0.14;

/** A steady number from 0 to 2^32 for a text (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export function tintOfSeed(seed: number): Tint {
  // Steps of the golden angle, so that neighbours differ.
  return warmed({ hue: (seed * 137.508) % 360, chroma: 0.1 });
}

/** sRGB bytes to OKLab (Ottosson 2020), as lightness, a and b. */
function oklab(r: number, g: number, b: number): [number, number, number] {
  const linear = (byte: number) => {
    const c = byte / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  const [x, y, z] = [linear(r), linear(g), linear(b)];
  const l = Math.cbrt(0.4122214708 * x + 0.5363325363 * y + 0.0514459929 * z);
  const m = Math.cbrt(0.2119034982 * x + 0.6806995451 * y + 0.1073969566 * z);
  const s = Math.cbrt(0.0883024619 * x + 0.2817188376 * y + 0.6299787005 * z);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The hue most of the colourful pixels have; grey art gives a chroma near 0. RGBA bytes. */
export function tintOfPixels(pixels: Uint8ClampedArray): Tint {
  const bins = Array.from({ length: 24 }, () => ({ weight: 0, a: 0, b: 0 }));
  let total = 0;
  for (let i = 0; i + 3 < pixels.length; i += 4) {
    const [l, a, b] = oklab(pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0);
    const chroma = Math.hypot(a, b);
    // Very dark and very bright pixels look colourless whatever they measure.
    const weight = chroma * Math.max(0, 1 - Math.abs(l - 0.6) * 1.8);
    const bin = bins[Math.floor(((Math.atan2(b, a) / (2 * Math.PI) + 1) % 1) * bins.length)];
    if (bin === undefined) continue;
    bin.weight += weight;
    bin.a += a * weight;
    bin.b += b * weight;
    total += 1;
  }
  const best = bins.reduce((x, y) => (y.weight > x.weight ? y : x));
  if (best.weight === 0 || total === 0) return { hue: 260, chroma: 0.01 };
  const chroma = Math.hypot(best.a, best.b) / best.weight;
  const presence = Math.min(1, (best.weight / total) * 40);
  const hue = (Math.atan2(best.b, best.a) * 180) / Math.PI;
  return warmed({ hue, chroma: Math.min(MAX_CHROMA, chroma * presence) });
}

/** Dark yellow looks like mud: yellow becomes amber. */
export function warmed({ hue, chroma }: Tint): Tint {
  const turn = ((hue % 360) + 360) % 360;
  const fromYellow = Math.abs(turn - 100);
  return { hue: fromYellow < 35 ? turn - (35 - fromYellow) : turn, chroma };
}
