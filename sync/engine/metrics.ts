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

/** Four buckets an octave from 1/16 us to an hour: a percentile is at most 19 % too high. */
const bucketsPerOctave = 4;
const lowestUs = 1 / 16;
const bucketCount = 144;

export class Metrics {
  activations = 0;
  rejected = 0;
  failed = 0;
  rateLimited = 0;
  lastActivationMs: number | null = null;
  #count = 0;
  #sumUs = 0;
  #maxUs = 0;
  readonly #buckets = new Uint32Array(bucketCount);

  record(durationMs: number): void {
    const us = durationMs * 1000;
    this.#count++;
    this.#sumUs += us;
    if (us > this.#maxUs) this.#maxUs = us;
    const bucket = us <= lowestUs ? 0 : Math.ceil(Math.log2(us / lowestUs) * bucketsPerOctave);
    const index = bucket < bucketCount ? bucket : bucketCount - 1;
    this.#buckets[index] = (this.#buckets[index] as number) + 1;
  }

  /** Upper edge of the bucket that holds the given share, never above the maximum. */
  percentileUs(share: number): number {
    const wanted = Math.ceil(share * this.#count);
    if (wanted === 0) return 0;
    let seen = 0;
    for (let i = 0; i < bucketCount; i++) {
      seen += this.#buckets[i] as number;
      if (seen >= wanted) return Math.min(this.#maxUs, lowestUs * 2 ** (i / bucketsPerOctave));
    }
    return this.#maxUs;
  }

  read(rule: string): RuleMetrics {
    return {
      rule,
      activations: this.activations,
      rejected: this.rejected,
      failed: this.failed,
      rate_limited: this.rateLimited,
      avg_duration_us: round(this.#count === 0 ? 0 : this.#sumUs / this.#count),
      max_duration_us: round(this.#maxUs),
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

/** Prometheus text, version 0.0.4. */
export function prometheusText(all: readonly RuleMetrics[]): string {
  const lines: string[] = [];
  const family = (name: string, type: string, help: string, read: (m: RuleMetrics) => number) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const m of all) lines.push(`${name}{rule="${m.rule}"} ${read(m)}`);
  };
  family('segue_rule_activations_total', 'counter', 'Times the rule matched.', (m) => m.activations);
  family('segue_rule_rejected_total', 'counter', 'Times WHERE left no row.', (m) => m.rejected);
  family('segue_rule_failed_total', 'counter', 'Times something threw.', (m) => m.failed);
  family('segue_rule_rate_limited_total', 'counter', 'Times it came too soon.', (m) => m.rate_limited);
  const quantiles: [string, (m: RuleMetrics) => number][] = [
    ['0.5', (m) => m.p50_duration_us],
    ['0.95', (m) => m.p95_duration_us],
    ['0.99', (m) => m.p99_duration_us],
  ];
  lines.push('# HELP segue_rule_duration_us Own time of an activation, microseconds.');
  lines.push('# TYPE segue_rule_duration_us gauge');
  for (const m of all) {
    for (const [quantile, read] of quantiles)
      lines.push(`segue_rule_duration_us{rule="${m.rule}",quantile="${quantile}"} ${read(m)}`);
  }
  return `${lines.join('\n')}\n`;
}
