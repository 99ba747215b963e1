// Metrics: how often a rule fired and how long it took. A histogram, since counters cannot give a percentile.

/** What GET /dev/syncs/<name>/metrics answers. Durations in microseconds: own time of an activation. */
export interface RuleMetrics {
  readonly rule: string;
  readonly activations: number;
  readonly rejected: number;
  readonly failed: number;
  readonly rate_limited: number;
  readonly avg_duration_us: number;
  readonly max_duration_us: number;
  readonly p50_duration_us: number;
  readonly p95_duration_us: number;
  readonly p99_duration_us: number;
  /** Calendar ms; null: never. */
  readonly last_activation_ms: number | null;
}

/** Eight buckets an octave of nanoseconds, so that a percentile is at most an eighth too high; integers only, since
 *  this runs on every activation. What takes longer than two seconds counts as that. */
const bucketsPerOctave = 8;
const lowestOctave = 3;
const longestNs = 2 ** 31 - 1;
const bucketCount = (31 - lowestOctave + 1) * bucketsPerOctave;

function bucketOf(ns: number): number {
  if (ns < bucketsPerOctave) return ns;
  const octave = 31 - Math.clz32(ns);
  const within = (ns >> (octave - lowestOctave)) & (bucketsPerOctave - 1);
  return (octave - lowestOctave + 1) * bucketsPerOctave + within;
}

/** The first duration that is no longer in the bucket. */
function upperEdgeNs(bucket: number): number {
  const octave = Math.floor(bucket / bucketsPerOctave);
  const within = bucket % bucketsPerOctave;
  return octave === 0 ? bucket + 1 : (bucketsPerOctave + within + 1) * 2 ** (octave - 1);
}

export class Metrics {
  activations = 0;
  rejected = 0;
  failed = 0;
  rateLimited = 0;
  lastActivationMs: number | null = null;
  /** Durations recorded, and all of them together. */
  count = 0;
  sumNs = 0;
  #maxNs = 0;
  readonly #buckets = new Uint32Array(bucketCount);

  record(durationMs: number): void {
    const ns = Math.round(durationMs * 1e6);
    this.count++;
    this.sumNs += ns;
    if (ns > this.#maxNs) this.#maxNs = ns;
    const bucket = bucketOf(ns < longestNs ? (ns > 0 ? ns : 0) : longestNs);
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
  }

  /** Upper edge of the bucket that holds the given share, never above the maximum. */
  percentileUs(share: number): number {
    const wanted = Math.ceil(share * this.count);
    if (wanted === 0) return 0;
    let seen = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.#buckets[bucket] as number;
      if (seen >= wanted) return Math.min(this.#maxNs, upperEdgeNs(bucket)) / 1000;
    }
    return this.#maxNs / 1000;
  }

  read(rule: string): RuleMetrics {
    return {
      rule,
      activations: this.activations,
      rejected: this.rejected,
      failed: this.failed,
      rate_limited: this.rateLimited,
      avg_duration_us: round(this.count === 0 ? 0 : this.sumNs / this.count / 1000),
      max_duration_us: round(this.#maxNs / 1000),
      p50_duration_us: round(this.percentileUs(0.5)),
      p95_duration_us: round(this.percentileUs(0.95)),
      p99_duration_us: round(this.percentileUs(0.99)),
      last_activation_ms: this.lastActivationMs,
    };
  }
}

/** To a nanosecond. */
function round(us: number): number {
  return Math.round(us * 1000) / 1000;
}

/** Prometheus text, version 0.0.4. Durations in seconds, as a summary: quantiles, their sum and their count. */
export function prometheusText(all: readonly { readonly name: string; readonly metrics: Metrics }[]): string {
  const lines: string[] = [];
  const family = (
    name: string,
    type: string,
    help: string,
    write: (m: Metrics, label: string) => string[],
  ) => {
    lines.push(`# HELP segue_rule_${name} ${help}`, `# TYPE segue_rule_${name} ${type}`);
    for (const { name: rule, metrics } of all) {
      for (const line of write(metrics, `rule="${escaped(rule)}"`)) lines.push(`segue_rule_${name}${line}`);
    }
  };
  const counter = (name: string, help: string, read: (m: Metrics) => number) =>
    family(name, 'counter', help, (m, label) => [`{${label}} ${read(m)}`]);
  counter('activations_total', 'Times the rule matched.', (m) => m.activations);
  counter('rejected_total', 'Times WHERE left no row.', (m) => m.rejected);
  counter('failed_total', 'Times something threw.', (m) => m.failed);
  counter('rate_limited_total', 'Times it came too soon.', (m) => m.rateLimited);
  family('duration_seconds', 'summary', 'Own time of an activation.', (m, label) => [
    ...[0.5, 0.95, 0.99].map((share) => `{${label},quantile="${share}"} ${m.percentileUs(share) / 1e6}`),
    `_sum{${label}} ${m.sumNs / 1e9}`,
    `_count{${label}} ${m.count}`,
  ]);
  return `${lines.join('\n')}\n`;
}

/** A name as the value of a label. */
function escaped(name: string): string {
  return name.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
