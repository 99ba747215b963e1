// The flavors of all passages as one Float32Array, a row a passage, and the distances of all rows to a target in one pass.
// Pure data. NaN marks a value that a passage does not have: it costs no second array and one comparison.
// Columns: the binary characteristics first, then the labels of each complex one side by side, so that a row is read
// straight through (measured: twice as fast as looking columns up).
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import { firstLabel, isBinary } from '../../policy/flavor.ts';

/** Distances are kept in whole millionths: exact to compare, short to store, and the same on every machine. */
export const MICRO = 1_000_000;

interface Characteristic {
  readonly isBinary: boolean;
  /** Of a binary characteristic: the one label that is compared. */
  readonly first: string;
  /** Label -> column; of a binary characteristic its first label alone. */
  readonly columns: Map<string, number>;
}

export class FlavorMatrix {
  readonly rows: number;
  private width = 0;
  private values = new Float32Array(0);
  private readonly characteristics = new Map<string, Characteristic>();
  /** Where each group of columns ends: all binary characteristics together, then each complex one. */
  private ends = new Int32Array(1);

  constructor(rows: number) {
    this.rows = rows;
  }

  get bytes(): number {
    return this.values.byteLength;
  }

  /** Makes room for the characteristics of this flavor; whatever is new lays the matrix out anew. */
  private learn(flavor: Flavor): void {
    let isNew = false;
    for (const [name, labels] of Object.entries(flavor)) {
      if (Object.keys(labels).length === 0) continue;
      const known = this.characteristics.get(name);
      const first = firstLabel(labels);
      const characteristic = known ?? {
        isBinary: isBinary(labels),
        first,
        columns: new Map<string, number>(),
      };
      this.characteristics.set(name, characteristic);
      for (const label of characteristic.isBinary ? [characteristic.first] : Object.keys(labels)) {
        if (characteristic.columns.has(label)) continue;
        characteristic.columns.set(label, -1);
        isNew = true;
      }
    }
    if (isNew) this.layOut();
  }

  /** Writes what a flavor has into a row; what it has not stays as it was. */
  set(row: number, flavor: Flavor): void {
    if (this.write(row, flavor)) return;
    this.learn(flavor);
    this.write(row, flavor);
  }

  /** The distance of every row to `target`, in millionths, into `out`. */
  distances(target: Flavor, out: Uint32Array): void {
    const { rows, values, width, ends } = this;
    const wanted = new Float64Array(width).fill(Number.NaN);
    for (const [name, { columns }] of this.characteristics) {
      for (const [label, column] of columns) wanted[column] = target[name]?.[label] ?? Number.NaN;
    }
    for (let row = 0; row < rows; row += 1) {
      const start = row * width;
      let column = 0;
      let binaryHalf = 1;
      let complexSum = 0;
      let complexCount = 0;
      for (let group = 0; group < ends.length; group += 1) {
        const end = ends[group] as number;
        let sum = 0;
        let count = 0;
        for (; column < end; column += 1) {
          const d = (values[start + column] as number) - (wanted[column] as number);
          if (!Number.isNaN(d)) {
            sum += d * d;
            count += 1;
          }
        }
        if (count === 0) continue;
        if (group === 0) {
          binaryHalf = sum / count;
        } else {
          complexSum += sum / count;
          complexCount += 1;
        }
      }
      const complexHalf = complexCount === 0 ? 1 : complexSum / complexCount;
      out[row] = Math.round(((binaryHalf + complexHalf) / 2) * MICRO);
    }
  }

  /** False as soon as a characteristic or label is met that has no column yet. */
  private write(row: number, flavor: Flavor): boolean {
    const start = row * this.width;
    for (const name in flavor) {
      const labels = flavor[name] ?? {};
      const characteristic = this.characteristics.get(name);
      if (characteristic === undefined) return false;
      const { first, columns } = characteristic;
      if (characteristic.isBinary) {
        const value = labels[first];
        if (value !== undefined) this.values[start + (columns.get(first) as number)] = value;
        continue;
      }
      for (const label in labels) {
        const column = columns.get(label);
        if (column === undefined) return false;
        this.values[start + column] = labels[label] as number;
      }
    }
    return true;
  }

  /** Deals the columns out anew and moves the values there. */
  private layOut(): void {
    const all = [...this.characteristics.values()];
    const binary = all.filter((characteristic) => characteristic.isBinary);
    const complex = all.filter((characteristic) => !characteristic.isBinary);
    const cameFrom: number[] = [];
    const place = ({ columns }: Characteristic) => {
      for (const [label, column] of columns) columns.set(label, cameFrom.push(column) - 1);
      return cameFrom.length;
    };
    for (const characteristic of binary) place(characteristic);
    this.ends = Int32Array.from([cameFrom.length, ...complex.map(place)]);
    const width = cameFrom.length;
    const values = new Float32Array(this.rows * width).fill(Number.NaN);
    if (this.width > 0) {
      for (let row = 0; row < this.rows; row += 1) {
        for (let column = 0; column < width; column += 1) {
          const from = cameFrom[column] as number;
          if (from >= 0) values[row * width + column] = this.values[row * this.width + from] as number;
        }
      }
    }
    this.values = values;
    this.width = width;
  }
}
