// The flavors of all passages as one Float32Array, a row a passage, and the distances of all rows to a target in one pass.
// Pure data. NaN marks a value that a passage does not have: it costs no second array and one comparison.
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import { firstLabel, isBinary } from '../../policy/flavor.ts';

/** Distances are kept in whole millionths: exact to compare, short to store, and the same on every machine. */
export const MICRO = 1_000_000;

interface Columns {
  readonly isBinary: boolean;
  /** Label -> column. A binary characteristic needs the column of its first label alone. */
  readonly labels: Map<string, number>;
}

export class FlavorMatrix {
  readonly rows: number;
  private width = 0;
  private values: Float32Array<ArrayBuffer>;
  private readonly characteristics = new Map<string, Columns>();

  constructor(rows: number) {
    this.rows = rows;
    this.values = new Float32Array(0);
  }

  get bytes(): number {
    return this.values.byteLength;
  }

  /** Makes room for the characteristics of a flavor; cheap when they are known. */
  learn(flavors: readonly Flavor[]): void {
    let width = this.width;
    for (const flavor of flavors) {
      for (const [name, labels] of Object.entries(flavor)) {
        if (Object.keys(labels).length === 0) continue;
        let columns = this.characteristics.get(name);
        if (columns === undefined) {
          columns = { isBinary: isBinary(labels), labels: new Map() };
          this.characteristics.set(name, columns);
        }
        if (columns.isBinary) {
          if (columns.labels.size === 0) columns.labels.set(firstLabel(labels), width++);
        } else {
          for (const label of Object.keys(labels)) {
            if (!columns.labels.has(label)) columns.labels.set(label, width++);
          }
        }
      }
    }
    if (width > this.width) this.widen(width);
  }

  /** Writes what a flavor has into a row; what it has not stays as it was. */
  set(row: number, flavor: Flavor): void {
    if (!this.knows(flavor)) this.learn([flavor]);
    const start = row * this.width;
    for (const [name, labels] of Object.entries(flavor)) {
      const columns = this.characteristics.get(name);
      if (columns === undefined) continue;
      for (const [label, column] of columns.labels) {
        const value = labels[label];
        if (value !== undefined) this.values[start + column] = value;
      }
    }
  }

  /** The distance of every row to `target`, in millionths, into `out`. */
  distances(target: Flavor, out: Uint32Array): void {
    const { values, width } = this;
    const binary = this.aim(target, true);
    const complex = this.aim(target, false);
    for (let row = 0; row < this.rows; row += 1) {
      const start = row * width;
      const binaryHalf = half(values, start, binary);
      const complexHalf = half(values, start, complex);
      out[row] = Math.round(((binaryHalf + complexHalf) / 2) * MICRO);
    }
  }

  /** The characteristics of one kind that target and matrix share. */
  private aim(target: Flavor, binary: boolean): Aim {
    const columns: number[] = [];
    const wanted: number[] = [];
    const ends: number[] = [];
    for (const [name, characteristic] of this.characteristics) {
      const labels = target[name];
      if (labels === undefined || characteristic.isBinary !== binary) continue;
      for (const [label, column] of characteristic.labels) {
        const value = labels[label];
        if (value === undefined) continue;
        columns.push(column);
        wanted.push(value);
      }
      ends.push(columns.length);
    }
    return {
      columns: Int32Array.from(columns),
      wanted: Float64Array.from(wanted),
      ends: Int32Array.from(ends),
    };
  }

  private knows(flavor: Flavor): boolean {
    for (const name in flavor) {
      const columns = this.characteristics.get(name);
      if (columns === undefined) return false;
      if (columns.isBinary) continue;
      for (const label in flavor[name]) if (!columns.labels.has(label)) return false;
    }
    return true;
  }

  private widen(width: number): void {
    const wider = new Float32Array(this.rows * width).fill(Number.NaN);
    for (let row = 0; row < this.rows; row += 1) {
      wider.set(this.values.subarray(row * this.width, (row + 1) * this.width), row * width);
    }
    this.values = wider;
    this.width = width;
  }
}

/** What of a row is compared with what: columns and wanted values, the characteristics one after the other. */
interface Aim {
  readonly columns: Int32Array;
  readonly wanted: Float64Array;
  /** Where each characteristic ends. */
  readonly ends: Int32Array;
}

/** Mean over the characteristics that the row has of the mean of (a - b)^2 over its labels; 1 if it has none. */
function half(values: Float32Array, start: number, { columns, wanted, ends }: Aim): number {
  let total = 0;
  let shared = 0;
  let i = 0;
  for (let c = 0; c < ends.length; c += 1) {
    const end = ends[c] as number;
    let sum = 0;
    let count = 0;
    for (; i < end; i += 1) {
      const d = (values[start + (columns[i] as number)] as number) - (wanted[i] as number);
      if (!Number.isNaN(d)) {
        sum += d * d;
        count += 1;
      }
    }
    if (count > 0) {
      total += sum / count;
      shared += 1;
    }
  }
  return shared === 0 ? 1 : total / shared;
}
