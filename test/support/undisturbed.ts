// A capture says something of the core only where the virtual device itself kept up. On a busy machine its server runs dry, or its
// recorder is too slow; both say so, and then it is played again. So it is where the machine stood still for so long that the
// music had ended before all was done with it.

export interface Disturbances {
  /** Of the server, as the core counted them. */
  readonly xruns: number;
  /** Of the recorder. */
  readonly overruns: number;
  /** The music had ended before the last act. */
  readonly isLate?: boolean;
}

/** Longer than another test builds something beside it. */
export const MOST_PLAYS = 8;

/** The first play that nothing disturbed; the last, where all were: a core that lets its server run dry does it each time. */
export async function undisturbed<T extends Disturbances>(play: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n++) {
    const played = await play();
    const { xruns, overruns, isLate = false } = played;
    if ((xruns === 0 && overruns === 0 && !isLate) || n === MOST_PLAYS) return played;
    const late = isLate ? ', ended before the last act' : '';
    console.log(
      `#told played again: ${xruns} xruns of the server, ${overruns} overruns of the recorder${late}`,
    );
  }
}
