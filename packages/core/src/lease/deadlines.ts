/** An item of a {@link Deadlines}. It stores its own position, so that it is found without a search. */
export interface Scheduled {
  /** Written only by {@link Deadlines}. Negative while the item is in none. */
  position: number;
}

/**
 * Items, each with a time, ordered as a binary heap. The earliest item is found at once; to add, move or remove an
 * item takes O(log n) steps.
 */
export class Deadlines<Item extends Scheduled> {
  // Two lists instead of one list of pairs: so the times take 8 bytes each, and no object.
  readonly #times: number[] = [];
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The items, in no particular order. Do not add or remove items while you iterate over them. */
  get items(): readonly Item[] {
    return this.#items;
  }

  /** The earliest time; `undefined` when there are no items. */
  get earliest(): number | undefined {
    return this.#times[0];
  }

  /** The item with the earliest time. It is not removed. */
  get first(): Item | undefined {
    return this.#items[0];
  }

  /** The time of an item; `undefined` for an item that was not added. */
  timeOf({ position }: Item): number | undefined {
    return this.#times[position];
  }

  /** Adds an item, or changes the time of an item that was added before. */
  set(item: Item, time: number): void {
    const { position } = item;
    if (position < 0) {
      this.#times.push(time);
      this.#items.push(item);
      this.#up(item, time, this.#items.length - 1);
      return;
    }
    const before = this.#times[position] ?? time;
    if (time < before) this.#up(item, time, position);
    else this.#down(item, time, position);
  }

  remove(item: Item): void {
    const { position } = item;
    if (position < 0) return;
    item.position = -1;
    const time = this.#times.pop();
    const last = this.#items.pop();
    if (time === undefined || last === undefined || last === item) return;
    const parent = this.#times[(position - 1) >> 1];
    if (position > 0 && parent !== undefined && time < parent) this.#up(last, time, position);
    else this.#down(last, time, position);
  }

  #up(item: Item, time: number, from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentTime = this.#times[parent];
      const parentItem = this.#items[parent];
      if (parentTime === undefined || parentItem === undefined || parentTime <= time) break;
      this.#put(parentItem, parentTime, at);
      at = parent;
    }
    this.#put(item, time, at);
  }

  #down(item: Item, time: number, from: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      let childTime = this.#times[child];
      const rightTime = this.#times[child + 1];
      if (rightTime !== undefined && childTime !== undefined && rightTime < childTime) {
        child += 1;
        childTime = rightTime;
      }
      const childItem = this.#items[child];
      if (childTime === undefined || childItem === undefined || childTime >= time) break;
      this.#put(childItem, childTime, at);
      at = child;
    }
    this.#put(item, time, at);
  }

  #put(item: Item, time: number, at: number): void {
    this.#times[at] = time;
    this.#items[at] = item;
    item.position = at;
  }
}
