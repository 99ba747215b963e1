// The picture of a piece; where there is none, one that is drawn from its name, always the same for the same album.
import { useState } from 'preact/hooks';
import { COVER_SIZES } from '../../../adapters/derived/cover-sizes.ts';
import type { Side } from '../../../adapters/http/shapes.ts';
import { seedOf, tintOfSeed } from '../tint.ts';

export type Pictured = Pick<Side, 'passage' | 'title' | 'artist' | 'album' | 'art'>;

/** Of a picture that has at least `size` pixels on its longer side, if the original has. */
export const artUrl = (art: string | null | undefined, size: number): string | null =>
  art == null ? null : `/api/v1/art/${art}?size=${size}`;
/** All sizes there are, for the browser to choose from by how large the picture is shown and how small its pixels are. */
const artSizes = (art: string): string =>
  COVER_SIZES.map((size) => `${artUrl(art, size)} ${size}w`).join(', ');
/** How wide art is shown (style/*.css): alone, and in rows, tiles and sheets. */
const LARGE = '(min-width: 920px) min(430px, 52svh), min(100vw - 48px, 44svh)';
const SMALL = { row: '46px', subject: '60px', tile: '108px' } as const;

export const seedText = ({ passage, artist, album }: Pictured): string =>
  album == null ? (passage ?? '') : `${artist} ${album}`;

/** A small generator (mulberry32): from 0 to 1, the same row for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function Rings({ next, color }: { next: () => number; color: string }) {
  const [x, y] = [20 + next() * 60, 20 + next() * 60];
  return (
    <g fill="none" stroke={color}>
      {Array.from({ length: 9 }, (_, i) => (
        <circle
          key={i}
          cx={x}
          cy={y}
          r={6 + i * 10}
          stroke-width={1 + next() * 4}
          opacity={0.75 - i * 0.07}
        />
      ))}
    </g>
  );
}

function Bars({ next, color }: { next: () => number; color: string }) {
  return (
    <g fill={color}>
      {Array.from({ length: 13 }, (_, i) => {
        const height = 12 + next() * 56;
        return (
          <rect
            key={i}
            x={10 + i * 6.3}
            y={50 - height / 2}
            width="3.4"
            height={height}
            rx="1.7"
            opacity={0.5 + next() * 0.5}
          />
        );
      })}
    </g>
  );
}

function Waves({ next, color }: { next: () => number; color: string }) {
  return (
    <g fill="none" stroke={color} stroke-width="2.2" stroke-linecap="round">
      {Array.from({ length: 7 }, (_, i) => {
        const y = 20 + i * 10;
        const swing = 4 + next() * 14;
        return (
          <path
            key={i}
            d={`M-5 ${y}C20 ${y - swing} 30 ${y + swing} 50 ${y}S80 ${y - swing} 105 ${y}`}
            opacity={0.9 - i * 0.09}
          />
        );
      })}
    </g>
  );
}

const MOTIFS = [Rings, Bars, Waves];

function Sleeve({ seed }: { seed: number }) {
  const { hue } = tintOfSeed(seed);
  const next = random(seed);
  const Motif = MOTIFS[(seed >>> 5) % MOTIFS.length] ?? Rings;
  const id = `sleeve${seed}`;
  return (
    <svg viewBox="0 0 100 100" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
      <linearGradient id={id} x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" stop-color={`oklch(0.42 0.11 ${hue})`} />
        <stop offset="1" stop-color={`oklch(0.24 0.07 ${hue + 55})`} />
      </linearGradient>
      <rect width="100" height="100" fill={`url(#${id})`} />
      <Motif next={next} color={`oklch(0.82 0.12 ${hue + 20})`} />
    </svg>
  );
}

export function Art({ piece, shown }: { piece: Pictured; shown: 'large' | keyof typeof SMALL }) {
  const { art } = piece;
  const [failed, setFailed] = useState<string | null>(null);
  const isLarge = shown === 'large';
  const url = artUrl(art, isLarge ? 768 : 192);
  return (
    <div class="art">
      {art != null && url !== null && art !== failed ? (
        <img
          // Before src, which would be fetched at once.
          sizes={isLarge ? LARGE : SMALL[shown]}
          srcset={artSizes(art)}
          src={url}
          alt={isLarge && piece.album ? `Cover of ${piece.album}` : ''}
          loading={isLarge ? 'eager' : 'lazy'}
          decoding="async"
          draggable={false}
          onError={() => setFailed(art)}
        />
      ) : (
        <Sleeve seed={seedOf(seedText(piece))} />
      )}
    </div>
  );
}
