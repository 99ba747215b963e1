// Many whole numbers as a short text, after the variable-length quantities of source maps: five bits a sign, the sixth says that
// there is more. A third to a half of what they take as JSON, and a row keeps to one page. Pure.

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Uint8Array(128);
for (let i = 0; i < SIGNS.length; i += 1) VALUES[SIGNS.charCodeAt(i)] = i;

/** Safe integers, none below 0. */
export function numbersToText(numbers: readonly number[]): string {
  let text = '';
  for (const number of numbers) {
    // Not by shifting, which would end at 32 bits.
    let rest = number;
    while (rest >= 32) {
      text += SIGNS[32 + (rest % 32)];
      rest = Math.floor(rest / 32);
    }
    text += SIGNS[rest];
  }
  return text;
}

export function textToNumbers(text: string): number[] {
  const numbers: number[] = [];
  let [sum, place] = [0, 1];
  for (let i = 0; i < text.length; i += 1) {
    const value = VALUES[text.charCodeAt(i)] as number;
    sum += (value % 32) * place;
    place *= 32;
    if (value >= 32) continue;
    numbers.push(sum);
    [sum, place] = [0, 1];
  }
  return numbers;
}

/** What each is more than the one before it, which is to be no larger. */
export const steps = (numbers: readonly number[]): number[] =>
  numbers.map((number, i) => number - (numbers[i - 1] ?? 0));

export function sums(steps: readonly number[]): number[] {
  let sum = 0;
  return steps.map((step) => {
    sum += step;
    return sum;
  });
}
