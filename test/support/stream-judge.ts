// Judges a long capture frame by frame against what should have been played, without holding either in memory. Told apart:
// silence put in by a device that ran dry, and frames that were lost, repeated or wrong.
export interface Verdict {
  comparedFrames: number;
  /** Frames of silence in the middle: the device waited, nothing was lost. */
  insertedFrames: number;
  insertions: number;
  /** Frames that were played and never came, or came twice. */
  lostFrames: number;
  repeatedFrames: number;
  /** Frames that differ and match nothing near by; after a hundred of them nothing more is compared. */
  wrongFrames: number;
  /** Frame of the answer where the first of them is, -1: none. */
  firstWrong: number;
  worst: number;
  /** The first of them all, in order: from which frame of the answer on, and of the capture. */
  places: Place[];
}

export interface Place {
  readonly what: 'inserted' | 'lost' | 'repeated' | 'wrong';
  readonly frames: number;
  readonly atFrame: number;
  readonly capturedFrame: number;
}

const TOLERANCE = 1e-6;
/** How many frames have to agree to be sure where one is. */
const SURE_FRAMES = 32;
const HOPELESS_FRAMES = 100;
const MOST_PLACES = 1000;

/** `capturedAt` and `expectedAt` give a sample (left, right by side 0, 1) of a frame; capture begins at `offset`. */
export function judgeStream(
  capturedAt: (frame: number, side: number) => number,
  capturedFrames: number,
  expectedAt: (frame: number, side: number) => number,
  expectedFrames: number,
  offset: number,
  rangeFrames: number,
): Verdict {
  const verdict: Verdict = {
    comparedFrames: 0,
    insertedFrames: 0,
    insertions: 0,
    lostFrames: 0,
    repeatedFrames: 0,
    wrongFrames: 0,
    firstWrong: -1,
    worst: 0,
    places: [],
  };
  let captured = offset;
  let expected = 0;
  const note = (what: Place['what'], frames: number) => {
    if (verdict.places.length < MOST_PLACES)
      verdict.places.push({ what, frames, atFrame: expected, capturedFrame: captured });
  };
  const difference = (captured: number, expected: number) =>
    Math.max(
      Math.abs(capturedAt(captured, 0) - expectedAt(expected, 0)),
      Math.abs(capturedAt(captured, 1) - expectedAt(expected, 1)),
    );
  const agrees = (captured: number, expected: number) => {
    for (let n = 0; n < SURE_FRAMES; n++) {
      if (captured + n >= capturedFrames || expected + n >= expectedFrames) return n > 0;
      if (difference(captured + n, expected + n) > TOLERANCE) return false;
    }
    return true;
  };
  while (expected < expectedFrames && verdict.wrongFrames < HOPELESS_FRAMES) {
    if (captured >= capturedFrames) {
      note('lost', expectedFrames - expected);
      verdict.lostFrames += expectedFrames - expected;
      break;
    }
    const apart = difference(captured, expected);
    if (apart <= TOLERANCE) {
      verdict.worst = Math.max(verdict.worst, apart);
      verdict.comparedFrames++;
      captured++;
      expected++;
      continue;
    }
    let silent = 0;
    while (
      captured + silent < capturedFrames &&
      capturedAt(captured + silent, 0) === 0 &&
      capturedAt(captured + silent, 1) === 0
    )
      silent++;
    if (silent > 0 && agrees(captured + silent, expected)) {
      note('inserted', silent);
      verdict.insertions++;
      verdict.insertedFrames += silent;
      captured += silent;
      continue;
    }
    // Silence may stand for frames that were lost: it is skipped before looking where the capture goes on.
    const from = captured + silent;
    let shift = 0;
    while (shift <= rangeFrames && !agrees(from, expected + shift) && !agrees(from, expected - shift))
      shift++;
    if (shift > rangeFrames) {
      note('wrong', 1);
      verdict.wrongFrames++;
      if (verdict.firstWrong < 0) verdict.firstWrong = expected;
      captured++;
      expected++;
    } else if (agrees(from, expected + shift)) {
      note('lost', shift);
      verdict.lostFrames += shift;
      captured = from;
      expected += shift;
    } else {
      note('repeated', shift);
      verdict.repeatedFrames += shift;
      captured = from + shift;
    }
  }
  return verdict;
}
