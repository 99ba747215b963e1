// The crossfade as it happens: two equal-power curves that cross, and where between them the sound is now.

const WIDTH = 120;
const HEIGHT = 34;
const STEPS = 24;

/** An equal-power curve over the picture: gain = cos or sin of the share of a quarter turn. */
function curve(gain: (share: number) => number): string {
  const points = Array.from({ length: STEPS + 1 }, (_, i) => {
    const share = i / STEPS;
    return `${(share * WIDTH).toFixed(1)} ${(HEIGHT - 3 - gain(share) * (HEIGHT - 6)).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}

const QUARTER = Math.PI / 2;
const FALLING = curve((share) => Math.cos(share * QUARTER));
const RISING = curve((share) => Math.sin(share * QUARTER));

export function Crossing({ from, to, share }: { from: string; to: string; share: number }) {
  const x = share * WIDTH;
  const y = (gain: number) => HEIGHT - 3 - gain * (HEIGHT - 6);
  return (
    <div class="crossing">
      <p class="unseen">{`Blending from ${from} into ${to}`}</p>
      <p class="from" aria-hidden="true">
        {from}
      </p>
      <svg viewBox={`-4 0 ${WIDTH + 8} ${HEIGHT}`} aria-hidden="true" focusable="false">
        <path class="fall" d={FALLING} />
        <path class="rise" d={RISING} />
        <path class="head" d={`M${x} 0V${HEIGHT}`} />
        <circle class="fall" cx={x} cy={y(Math.cos(share * QUARTER))} r="3.6" />
        <circle class="rise" cx={x} cy={y(Math.sin(share * QUARTER))} r="3.6" />
      </svg>
      <p class="to" aria-hidden="true">
        {to}
      </p>
    </div>
  );
}
