import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One line of the table: the check, the expected result and the actual results. */
export interface Row {
  readonly check: string;
  readonly expected: string;
  readonly got: string;
}

/** The actual results of one check, by the framework's name. */
export type Answers = Readonly<Record<string, string>>;

/**
 * What a trial of a server needs: a folder, the rows of its table, and a list of things to stop at
 * the end.
 */
export interface Workbench {
  /** A temporary folder, which is removed at the end. */
  readonly folder: string;
  readonly rows: readonly Row[];
  /** Adds a line to the table. If all frameworks answered the same, the answer is shown once. */
  note(check: string, expected: string, got: string | Answers): void;
  /** Registers something to be stopped at the end. The latest is stopped first. */
  onEnd(stop: () => unknown): void;
  /** Stops everything. A second call waits for the first. */
  end(): Promise<void>;
}

/** Makes an empty workbench. */
export function aWorkbench(): Workbench {
  const folder = mkdtempSync(join(tmpdir(), 'authly-counterpart-'));
  const rows: Row[] = [];
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  let ending: Promise<void> | undefined;
  async function end(): Promise<void> {
    const faults: unknown[] = [];
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
      try {
        await stop();
      } catch (fault) {
        faults.push(fault);
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, 'Something did not stop');
  }
  return {
    folder,
    rows,
    note: (check, expected, got) => void rows.push({ check, expected, got: inOneText(got) }),
    onEnd: (stop) => void stops.push(stop),
    end() {
      ending ??= end();
      return ending;
    },
  };
}

function inOneText(got: string | Answers): string {
  if (typeof got === 'string') return got;
  const [first = 'no answer', ...others] = new Set(Object.values(got));
  if (others.length === 0) return first;
  return Object.entries(got)
    .map(([name, answer]) => `${name}: ${answer}`)
    .join('; ');
}
