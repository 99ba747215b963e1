// Patterns become functions made from text: whatever the names and values of a rule are, they stay names and values.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compilePattern, rowMaker } from '../../../sync/engine/pattern.ts';

const hostile = [
  '"]; throw new Error("ran"); //',
  "'] = 1; //",
  '`; process.exit(1); `',
  'line\nbreak\u2028and\u2029others',
  '\\',
  '*/',
  '\ud800',
  'constructor',
  'value',
  'literal0',
  'row',
];

describe('compiled patterns', () => {
  for (const name of hostile)
    it(`take ${JSON.stringify(name)} as a name and as a value`, () => {
      const pattern = compilePattern({ [name]: `?${name}`, other: name });
      assert.deepEqual(pattern.variables, [name]);
      assert.equal(pattern.accepts({ other: name }), true);
      assert.equal(pattern.accepts({ other: `${name}.` }), false);
      const row = rowMaker(pattern.variables)();
      assert.deepEqual(Object.keys(row), [name]);
      assert.equal(row[name], undefined);
      assert.equal(pattern.bind(row, { [name]: 7 }), true);
      assert.equal(row[name], 7);
      assert.equal(pattern.bind(row, { [name]: 8 }), false);
      const whole = compilePattern(`?${name}`);
      const answer = { a: 1 };
      const wholeRow = rowMaker(whole.variables)();
      assert.equal(whole.bind(wholeRow, answer), true);
      assert.equal(wholeRow[name], answer);
    });

  it('compare values of any kind by identity', () => {
    const list = [1];
    const pattern = compilePattern({ nothing: null, list, text: '', no: false, count: 0 });
    const source = { nothing: null, list, text: '', no: false, count: 0 };
    assert.equal(pattern.accepts(source), true);
    for (const field of Object.keys(source))
      assert.equal(pattern.accepts({ ...source, [field]: [1] }), false);
    assert.equal(pattern.accepts({}), false);
  });

  it('bind what is there, and refuse what is absent or differs', () => {
    const pattern = compilePattern({ one: '?x', two: '?x', three: '?y' });
    const bound = (source: object) => {
      const row = rowMaker(pattern.variables)();
      return pattern.bind(row, source) ? { ...row } : null;
    };
    assert.deepEqual(bound({ one: 1, two: 1, three: null }), { x: 1, y: null });
    assert.equal(bound({ one: 1, two: 2, three: 3 }), null);
    assert.equal(bound({ one: 1, two: 1 }), null);
  });

  it('do what a search field by field would do', () => {
    const names = fc.constantFrom('a', 'b', 'c d', 'e"');
    const scalars = fc.constantFrom(0, 1, 'x', null, true);
    const wanted = fc.oneof(scalars, fc.constantFrom('?x', '?y', '?'));
    const dictionary = <T>(values: fc.Arbitrary<T>) => fc.dictionary(names, values);
    fc.assert(
      fc.property(dictionary(wanted), dictionary(scalars), (given, source) => {
        const { accepts, bind, variables, isEmpty } = compilePattern(given);
        const entries = Object.entries(given);
        const isVariable = (value: unknown) => value === '?x' || value === '?y';
        assert.equal(isEmpty, entries.length === 0);
        assert.equal(
          accepts(source),
          entries.every(([field, value]) => isVariable(value) || source[field] === value),
        );
        const expected = new Map<string, unknown>();
        const fits = entries.every(([field, value]) => {
          if (!isVariable(value)) return true;
          const name = String(value).slice(1);
          if (source[field] === undefined) return false;
          if (!expected.has(name)) expected.set(name, source[field]);
          return expected.get(name) === source[field];
        });
        const row = rowMaker(variables)();
        assert.equal(bind(row, source), fits);
        if (fits) assert.deepEqual(new Map(Object.entries(row)), expected);
      }),
    );
  });
});
