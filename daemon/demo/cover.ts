// Cover: paints a picture for an album: overlapping discs in the artist's colours. Pure, the same for the same seed.
import { encodePng } from './png.ts';
import { randomFrom } from './random.ts';

type Rgb = [number, number, number];

const SIZE = 300;

export function paintCover(seed: string, hue: number): Uint8Array {
  const random = randomFrom(seed);
  const sky = colour(hue, 0.45, 0.14);
  const ground = colour(hue + random.between(-40, 40), 0.5, 0.3);
  const discs = Array.from({ length: random.whole(4, 7) }, () => ({
    x: random.between(0.05, 0.95) * SIZE,
    y: random.between(0.05, 0.95) * SIZE,
    radius: random.between(0.08, 0.34) * SIZE,
    paint: colour(hue + random.between(-35, 60), random.between(0.5, 0.9), random.between(0.35, 0.7)),
    share: random.between(0.45, 0.9),
  }));
  const rgb = new Uint8Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++) {
    const depth = y / SIZE;
    const back = sky.map((value, c) => value * (1 - depth) + (ground[c] ?? 0) * depth) as Rgb;
    for (let x = 0; x < SIZE; x++) {
      let [red, green, blue] = back;
      for (const { x: cx, y: cy, radius, paint, share } of discs) {
        const squared = (x - cx) ** 2 + (y - cy) ** 2;
        if (squared > (radius + 1) ** 2) continue;
        // One pixel of soft edge.
        const cover = share * Math.max(0, Math.min(1, radius - Math.sqrt(squared) + 0.5));
        red += (paint[0] - red) * cover;
        green += (paint[1] - green) * cover;
        blue += (paint[2] - blue) * cover;
      }
      rgb.set([Math.round(red * 255), Math.round(green * 255), Math.round(blue * 255)], (y * SIZE + x) * 3);
    }
  }
  return encodePng(SIZE, SIZE, rgb);
}

/** Hue in degrees, saturation and lightness 0 to 1, to red, green, blue 0 to 1. */
function colour(hue: number, saturation: number, lightness: number): Rgb {
  const span = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((offset) => {
    const k = (offset + hue / 30 + 24) % 12;
    return lightness - span * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  }) as Rgb;
}
