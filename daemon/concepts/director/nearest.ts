// The nearest k of many, in one pass: a heap of the k best so far with the worst on top. Pure.

export class Nearest {
  private readonly keys: Float64Array;
  private readonly items: Uint32Array;
  private size = 0;

  constructor(most: number) {
    this.keys = new Float64Array(most);
    this.items = new Uint32Array(most);
  }

  clear(): void {
    this.size = 0;
  }

  /** Whether an item with a key of at least `key` would be kept: spares the caller the rest of the work. */
  wouldKeep(key: number): boolean {
    return this.size < this.keys.length || key < (this.keys[0] as number);
  }

  /** Keeps the item if it is among the smallest keys so far; of equal keys the one that came first. */
  offer(key: number, item: number): void {
    if (this.size < this.keys.length) {
      this.size += 1;
      this.rise(this.size - 1, key, item);
    } else if (key < (this.keys[0] as number)) {
      this.sink(key, item);
    }
  }

  /** The kept items, smallest key first; of equal keys the smaller item first. */
  sorted(): number[] {
    const order = Array.from({ length: this.size }, (_, i) => i);
    const { keys, items } = this;
    order.sort(
      (a, b) => (keys[a] as number) - (keys[b] as number) || (items[a] as number) - (items[b] as number),
    );
    return order.map((i) => items[i] as number);
  }

  private rise(from: number, key: number, item: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((this.keys[parent] as number) >= key) break;
      this.keys[i] = this.keys[parent] as number;
      this.items[i] = this.items[parent] as number;
      i = parent;
    }
    this.keys[i] = key;
    this.items[i] = item;
  }

  private sink(key: number, item: number): void {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && (this.keys[child + 1] as number) > (this.keys[child] as number))
        child += 1;
      if ((this.keys[child] as number) <= key) break;
      this.keys[i] = this.keys[child] as number;
      this.items[i] = this.items[child] as number;
      i = child;
    }
    this.keys[i] = key;
    this.items[i] = item;
  }
}
