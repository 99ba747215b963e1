// The owner's rules: reads rules/*.yaml of the state directory into the engine, again when they change. Main thread.
// A file with a fault changes nothing: its last good version goes on. The compiler is loaded with the first file.
import type { Door, Origin } from '../../sync/door.ts';
import { dryRun, type Engine, type FlowView, type Rule, type WouldHave } from '../../sync/engine/index.ts';
import type { Fault } from '../../sync/script/faults.ts';
import type { ReadRules } from '../../sync/script/rule-file.ts';
import type { Failure } from '../../sync/vocabulary/common.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import { localTimeAt } from '../local-time.ts';
import type { Log } from '../ports.ts';
import type { Change, RuleFiles } from './rule-files.ts';

export interface RuleFileState {
  readonly file: string;
  readonly rules: readonly string[];
  /** Of the file as it is; while there is one, its rules are those of the version before. */
  readonly faults: readonly Fault[];
}

export interface OwnerRule {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  readonly enabled: boolean;
  readonly when: readonly string[];
  readonly where: readonly string[];
  readonly does: readonly string[];
}

export interface TestReport {
  readonly rule: string;
  readonly flows: number;
  readonly matched: number;
  readonly rejected: number;
  readonly limited: number;
  readonly failed: number;
  /** The latest ones, oldest first. */
  readonly would: readonly WouldHave[];
}

export interface OwnerRules {
  /** Looks at the files; `atOnce`: also at those that have changed a moment ago. */
  look(atOnce?: boolean): Promise<void>;
  /** After a change of the setting rules_off. */
  applySwitches(): void;
  list(): { directory: string; files: readonly RuleFileState[]; rules: readonly OwnerRule[] };
  check(text: string): Promise<{ rules: readonly string[]; faults: readonly Fault[] }>;
  setEnabled(
    name: string,
    on: boolean,
    origin: Origin,
  ): Promise<{ name: string; enabled: boolean } | Failure>;
  test(what: { text: string } | { name: string }, hours: number): Promise<{ tests: TestReport[] } | Failure>;
}

export interface OwnerRulesPorts {
  readonly engine: Engine<Vocabulary>;
  readonly door: Door;
  readonly files: RuleFiles;
  readonly directory: string;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly rulesOff: () => string;
  /** Somebody has switched a rule on: if it failed before, it has another go. */
  readonly onSwitchedOn?: (name: string) => void;
  readonly timeZone: () => string;
  /** Recorded flows since a moment, oldest first, in parts. */
  readonly flowsSince: (fromMs: number) => Iterable<readonly FlowView[]>;
}

const hourMs = 3_600_000;
const mostShown = 50;
const groupOf = (file: string) => `rules/${file}`;
const placeOf = (file: string, { line, column, message }: Fault) =>
  `rules/${file}:${line}:${column}: ${message}`;
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

export function createOwnerRules(ports: OwnerRulesPorts): OwnerRules {
  const { engine, door, files, directory, log } = ports;
  const states = new Map<string, RuleFileState>();
  const rulesOf = new Map<string, readonly Rule[]>();
  let off: ReadonlySet<string> = new Set();
  let isLooking = false;

  const read = async (text: string): Promise<ReadRules> =>
    (await import('../../sync/script/rule-file.ts')).readRuleFile(text);
  const namesOff = () => new Set(ports.rulesOff().split(' ').filter(Boolean));
  const isBuiltIn = (name: string) =>
    engine.rules().some((rule) => rule.name === name && rule.group === 'built-in');

  /** A name that another group has is a fault of this file. */
  function withTaken({ rules, faults, lineOf }: ReadRules, group: string | null): readonly Fault[] {
    const others = engine.rules().filter((rule) => rule.group !== group);
    const taken = rules.flatMap(({ definition: { name } }) => {
      const other = others.find((rule) => rule.name === name);
      if (other === undefined || (group === null && other.group !== 'built-in')) return [];
      const line = lineOf.get(name) ?? 1;
      return [
        {
          line,
          column: 1,
          message: `there is a rule called ${name} already (${other.group}): choose another name`,
        },
      ];
    });
    return [...faults, ...taken];
  }

  function told(file: string, rules: number, faults: readonly Fault[], message: string): void {
    if (faults.length === 0) log.info(message);
    else for (const fault of faults) log.warn(placeOf(file, fault));
    engine.emit(
      'Appliance',
      'rulesRead',
      { file: groupOf(file), rules, faults: faults.length, message },
      { door: 'start' },
    );
  }

  async function take({ file, text }: Change): Promise<void> {
    if (text === null) {
      engine.replace(groupOf(file), []);
      states.delete(file);
      rulesOf.delete(file);
      told(file, 0, [], `The rules of ${groupOf(file)} are gone with their file.`);
      return;
    }
    const result = await read(text);
    let faults = withTaken(result, groupOf(file));
    if (faults.length === 0) {
      const replaced = engine.replace(groupOf(file), result.rules);
      if ('error' in replaced) faults = [{ line: 1, column: 1, message: replaced.message }];
      else {
        rulesOf.set(file, result.rules);
        const names = result.rules.map(({ definition }) => definition.name);
        states.set(file, { file, rules: names, faults: [] });
        told(file, names.length, [], `${groupOf(file)} is read: ${names.join(', ') || 'no rules'}.`);
        return;
      }
    }
    const kept = states.get(file)?.rules ?? [];
    states.set(file, { file, rules: kept, faults });
    const goesOn = kept.length > 0 ? ' The version before goes on.' : '';
    told(file, kept.length, faults, `${placeOf(file, faults[0] as Fault)}.${goesOn}`);
  }

  function applySwitches(): void {
    const now = namesOff();
    for (const name of now) if (!off.has(name) && !isBuiltIn(name)) engine.setEnabled(name, false);
    for (const name of off) if (!now.has(name)) engine.setEnabled(name, true);
    off = now;
  }

  /** The clock is that of the flow; whatever else a rule asks is answered as it is now. */
  function ask(key: string, input: object, atMs: number): readonly object[] {
    if (key === 'Appliance.now') return [{ nowMs: atMs }];
    if (key === 'Appliance.localTime') return [localTimeAt(atMs, ports.timeZone())];
    const [concept = '', name = ''] = key.split('.');
    return door.query(concept as 'Queue', name as 'head', input);
  }

  async function testRule(rule: Rule, fromMs: number): Promise<TestReport> {
    const run = dryRun(rule, ask);
    let would: WouldHave[] = [];
    for (const part of ports.flowsSince(fromMs)) {
      for (const flow of part) would.push(...run.add(flow));
      would = would.slice(-mostShown);
      // The daemon goes on meanwhile.
      await tick();
    }
    would.push(...run.end());
    return { rule: rule.definition.name, ...run.counts(), would: would.slice(-mostShown) };
  }

  return {
    async look(atOnce = false) {
      if (isLooking || files.isUnused()) return;
      isLooking = true;
      try {
        for (const change of files.changes(atOnce)) await take(change);
      } catch (error) {
        log.error('The rules could not be read.', { error: String(error) });
      } finally {
        isLooking = false;
      }
    },
    applySwitches,
    list: () => ({
      directory,
      files: [...states.values()],
      rules: engine
        .rules()
        .filter(({ group }) => group !== 'built-in')
        .map(({ name, summary, group, enabled, when, where, does }) => ({
          name,
          summary,
          group,
          enabled,
          when,
          where,
          does,
        })),
    }),
    async check(text) {
      const result = await read(text);
      const faults = withTaken(result, null);
      return { rules: faults.length > 0 ? [] : [...result.lineOf.keys()], faults };
    },
    async setEnabled(name, on, origin) {
      const rule = engine.rules().find((each) => each.name === name);
      if (rule === undefined)
        return { error: 'NO_SUCH_RULE', message: `There is no rule "${name}": segue rules list.` };
      if (rule.group === 'built-in')
        return { error: 'FORBIDDEN', message: `${name} is built in: without it Segue is not what it is.` };
      const names = namesOff();
      if (on) names.delete(name);
      else names.add(name);
      const value = [...names].sort().join(' ');
      const answer = await door.run('Settings', 'set', { key: 'rules_off', value }, origin);
      if ('error' in answer) return answer;
      applySwitches();
      if (on) ports.onSwitchedOn?.(name);
      return { name, enabled: on };
    },
    async test(what, hours) {
      let rules: readonly Rule[];
      if ('text' in what) {
        const result = await read(what.text);
        if (result.faults.length > 0)
          return { error: 'BAD_RULE', message: (result.faults[0] as Fault).message, details: result.faults };
        rules = result.rules;
      } else {
        rules = [...rulesOf.values()].flat().filter(({ definition }) => definition.name === what.name);
        if (rules.length === 0)
          return {
            error: 'NO_SUCH_RULE',
            message: `No file of rules/ has a rule "${what.name}": segue rules list.`,
          };
      }
      const fromMs = ports.nowMs() - hours * hourMs;
      const tests: TestReport[] = [];
      for (const rule of rules) tests.push(await testRule(rule, fromMs));
      return { tests };
    },
  };
}
