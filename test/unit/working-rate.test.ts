// At which rate everything is mixed: the device's own first, then that of the music.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workingRateHz } from '../../daemon/working-rate.ts';

const cases = [
  {
    device: [48_000],
    library: 44_100,
    rate: 48_000,
    why: 'a server runs at one rate: nobody converts after us',
  },
  {
    device: [44_100, 48_000, 96_000],
    library: 48_000,
    rate: 48_000,
    why: 'a card with both: as the music is',
  },
  {
    device: [44_100, 48_000, 96_000],
    library: 44_100,
    rate: 44_100,
    why: 'a card with both: as the music is',
  },
  { device: [44_100, 48_000], library: null, rate: 44_100, why: 'no music yet: what most has' },
  { device: [44_100, 48_000, 96_000], library: 96_000, rate: 44_100, why: 'more only when asked' },
  { device: [48_000, 96_000], library: 44_100, rate: 48_000, why: 'the card has not that of the music' },
  {
    device: [96_000, 192_000],
    library: 44_100,
    rate: 48_000,
    why: 'more only when asked: it only has to double it',
  },
  { device: [176_400], library: 48_000, rate: 44_100, why: 'a quarter of what it has' },
  { device: [8000, 16_000], library: 44_100, rate: 16_000, why: 'the best of what is not enough' },
  { device: [], library: 48_000, rate: 48_000, why: 'not known: as the music is' },
  { device: [], library: null, rate: 44_100, why: 'nothing is known' },
  { device: [], library: 22_050, rate: 44_100, why: 'nothing that helps is known' },
];

for (const { device, library, rate, why } of cases) {
  test(`device [${device}], music ${library}: ${rate} (${why})`, () => {
    assert.equal(workingRateHz({ askedHz: null, deviceHz: device, libraryHz: library }), rate);
  });
}

test('what is asked for is what is done', () => {
  assert.equal(workingRateHz({ askedHz: 96_000, deviceHz: [48_000], libraryHz: 44_100 }), 96_000);
});
