// A strict reader of Prometheus text 0.0.4: what promtool would refuse or complain of is a fault in words. Reads the
// whole, with every sample by its name and labels.

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly samples: readonly Sample[];
  readonly types: ReadonlyMap<string, string>;
  readonly faults: readonly string[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([-+]?(?:\\d+(?:\\.\\d+)?(?:e[-+]?\\d+)?|Inf|NaN))$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const KINDS = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);
/** Base units only; promtool says the same. */
const OTHER_UNITS = /_(ms|us|ns|milliseconds|microseconds|minutes|hours|kb|kib|mb|kilobytes|percent)(_|$)/;

export function readExposition(text: string): Exposition {
  const faults: string[] = [];
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  const ended = new Set<string>();
  let family = '';
  if (!text.endsWith('\n')) faults.push('the last line has no end');

  const enter = (name: string, at: string) => {
    if (name === family) return;
    if (ended.has(name)) faults.push(`${at}: ${name} stands in two places`);
    if (family !== '') ended.add(family);
    family = name;
  };
  for (const [i, line] of text.split('\n').slice(0, -1).entries()) {
    const at = `line ${i + 1}`;
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment !== null) {
      const [, what, name = '', rest = ''] = comment;
      enter(name, at);
      const known = what === 'HELP' ? helps : types;
      if (known.has(name)) faults.push(`${at}: a second ${what} of ${name}`);
      if (what === 'HELP') helps.add(name);
      else {
        if (!KINDS.has(rest)) faults.push(`${at}: ${name} has no known type (${rest})`);
        types.set(name, rest);
      }
      continue;
    }
    const match = SAMPLE.exec(line);
    if (match === null) {
      faults.push(`${at}: not a sample: ${line}`);
      continue;
    }
    const [, name = '', labelText, value = ''] = match;
    enter(familyOf(name, types), at);
    if (!types.has(family)) faults.push(`${at}: ${name} has no TYPE before it`);
    const labels = labelText === undefined ? {} : readLabels(labelText);
    if (labels === null) {
      faults.push(`${at}: labels that cannot be read: ${labelText}`);
      continue;
    }
    const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
    if (seen.has(key)) faults.push(`${at}: ${name} with these labels stands there twice`);
    seen.add(key);
    samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) });
  }
  for (const [name, type] of types) faults.push(...faultsOf(name, type, helps, samples));
  return { samples, types, faults };
}

function familyOf(name: string, types: ReadonlyMap<string, string>): string {
  const base = name.replace(/_(bucket|sum|count)$/, '');
  const type = types.get(base);
  return type === 'histogram' || (type === 'summary' && !name.endsWith('_bucket')) ? base : name;
}

function readLabels(text: string): Record<string, string> | null {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = LABEL.exec(rest);
    if (match === null || match[1] === undefined || match[1] in labels) return null;
    labels[match[1]] = (match[2] ?? '').replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    rest = rest.slice(match[0].length);
  }
  return labels;
}

function faultsOf(name: string, type: string, helps: ReadonlySet<string>, all: readonly Sample[]): string[] {
  const faults: string[] = [];
  const own = all.filter((sample) => sample.name.startsWith(name));
  if (!helps.has(name)) faults.push(`${name} has no HELP`);
  if (own.length === 0) faults.push(`${name} has no sample`);
  if (OTHER_UNITS.test(name)) faults.push(`${name} is not in a base unit`);
  if ((type === 'counter') !== name.endsWith('_total')) faults.push(`${name}: _total is for counters`);
  if (type === 'counter' && own.some(({ value }) => !(value >= 0))) faults.push(`${name} is below zero`);
  if (type === 'histogram' || type === 'summary') faults.push(...spreadFaults(name, type, all));
  return faults;
}

/** Of histograms and summaries: each set of labels has its sum and its count, and its steps rise. */
function spreadFaults(name: string, type: string, all: readonly Sample[]): string[] {
  const faults: string[] = [];
  const step = type === 'histogram' ? 'le' : 'quantile';
  const stepName = type === 'histogram' ? `${name}_bucket` : name;
  const groups = new Map<string, Sample[]>();
  for (const sample of all.filter((each) => each.name === stepName)) {
    const { [step]: bound, ...rest } = sample.labels;
    if (bound === undefined) faults.push(`${stepName} without ${step}`);
    const key = JSON.stringify(rest);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, steps] of groups) {
    const one = (suffix: string) =>
      all.find((each) => each.name === `${name}${suffix}` && JSON.stringify(each.labels) === key)?.value;
    const [sum, count] = [one('_sum'), one('_count')];
    if (sum === undefined) faults.push(`${name}${key} has no _sum`);
    if (count === undefined) faults.push(`${name}${key} has no _count`);
    const bounds = steps.map(({ labels }) => Number((labels[step] ?? '').replace('+Inf', 'Infinity')));
    if (bounds.some((bound, i) => !(i === 0 || bound > (bounds[i - 1] as number))))
      faults.push(`${name}${key}: ${step} does not rise`);
    if (steps.some(({ value }, i) => i > 0 && value < (steps[i - 1] as Sample).value))
      faults.push(`${name}${key}: its values fall`);
    if (type === 'summary') continue;
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) faults.push(`${name}${key} has no bucket +Inf`);
    if (steps.at(-1)?.value !== count) faults.push(`${name}${key}: +Inf is not its count`);
    // No bucket can hold less than its lower bound, nor more than its upper one.
    let least = 0;
    let most = 0;
    for (const [i, { value }] of steps.entries()) {
      const inIt = value - (steps[i - 1]?.value ?? 0);
      least += inIt * (bounds[i - 1] ?? 0);
      most += inIt === 0 ? 0 : inIt * (bounds[i] as number);
    }
    if (sum !== undefined && !(sum >= least && sum <= most)) faults.push(`${name}${key}: its sum cannot be`);
  }
  return faults;
}
