/** Where an entry stands in the log: the id of a stream's entry, `milliseconds-number`. */
export type LogPosition = string;

/** Before the first entry. */
export const LOG_START: LogPosition = '0-0';

/** Whether one entry comes after another. */
export function isAfter(one: LogPosition, other: LogPosition): boolean {
  const [oneMs, oneCount] = partsOf(one);
  const [otherMs, otherCount] = partsOf(other);
  return oneMs === otherMs ? oneCount > otherCount : oneMs > otherMs;
}

function partsOf(position: LogPosition): readonly [number, number] {
  const [ms, count] = position.split('-');
  return [Number(ms), Number(count)];
}
