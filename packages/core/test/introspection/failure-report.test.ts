import { describe, expect, it } from 'vitest';
import { createFailureReport } from '../../src/introspection/failure-report.ts';
import { IntrospectionFailed } from '../../src/introspection/introspection-failed.ts';
import type { AuthEvent } from '../../src/model/events.ts';

const issuer = 'https://as.example.com';

function setUp() {
  const events: AuthEvent[] = [];
  const report = createFailureReport(issuer, {
    active: true,
    emit: (event) => events.push(event),
  });
  return { report, events };
}

describe('the report of failures', () => {
  it('emits a failure once, until its cause or status changes or an answer comes', () => {
    const { report, events } = setUp();
    const down = new IntrospectionFailed('status', '', { status: 500 });
    for (const error of [down, down, new IntrospectionFailed('status', '', { status: 503 })]) {
      report.failed(error);
    }
    report.failed(new IntrospectionFailed('timeout', ''));
    expect(report.last?.failure).toBe('timeout');
    report.answered(false);
    report.answered(false);
    expect(report.last).toBeUndefined();
    report.failed(down);
    const type = 'introspection.failed';
    expect(events).toEqual([
      { type, issuer, cause: 'status', status: 500 },
      { type, issuer, cause: 'status', status: 503 },
      { type, issuer, cause: 'timeout' },
      { type: 'introspection.recovered', issuer },
      { type, issuer, cause: 'status', status: 500 },
    ]);
    expect(events[2]).not.toHaveProperty('status');
  });

  it('emits once that no token was active, after twenty answers', () => {
    const { report, events } = setUp();
    for (let index = 0; index < 19; index++) report.answered(false);
    expect(events).toEqual([]);
    for (let index = 0; index < 30; index++) report.answered(false);
    expect(events).toEqual([{ type: 'introspection.nothing_active', issuer, answers: 20 }]);
  });

  it('does not emit that once a token was active', () => {
    const { report, events } = setUp();
    report.answered(true);
    for (let index = 0; index < 30; index++) report.answered(false);
    expect(events).toEqual([]);
  });
});
