// The sizes of covers: few, so that they are made once for all who ask, each double the one before. Pure; the panel uses it, too.

/** Longer sides, in pixels: a row, a row where pixels are small, a tile, the large picture of a telephone, of a desktop. */
export const COVER_SIZES = [96, 192, 384, 768, 1536] as const;
export const LARGEST_COVER = 1536;

/** The size that is given to whoever asks for `asked` pixels. */
export function coverSizeFor(asked: number): number {
  return COVER_SIZES.find((size) => size >= asked) ?? LARGEST_COVER;
}
