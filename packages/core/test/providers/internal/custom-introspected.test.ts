import { describe, expect, it } from 'vitest';
import { customIntrospected } from '../../../src/providers/internal/custom-introspected.ts';

const accepts = () => true;
const classify = () => 'user' as const;

describe('the operator’s rule for answers', () => {
  it('has the configured functions and members, and the ids that the operator reads', () => {
    const given = { accepts, classify, requiredMembers: ['username'] };
    const rule = customIntrospected(given, { userId: ({ username }) => String(username) });
    expect(rule.requiredMembers).toEqual(['username']);
    expect(rule.accepts).toBe(accepts);
    expect(rule.classify({ username: 'ada', client_id: 'web' })).toMatchObject({
      kind: 'user',
      userId: 'ada',
      clientId: 'web',
    });
    expect(Object.isFrozen(rule) && Object.isFrozen(rule.requiredMembers)).toBe(true);
    expect(customIntrospected({ accepts, classify }, {}).requiredMembers).toEqual([]);
  });

  it('gets an empty header, and refuses answers for which it gives no verdict', () => {
    const headers: unknown[] = [];
    const rule = customIntrospected(
      {
        accepts,
        classify: (_answer, header) => {
          headers.push({ ...header });
          return 'refuse';
        },
      },
      {},
    );
    expect(rule.classify({ sub: 'ada' }).kind).toBe('unknown');
    expect(headers).toEqual([{}]);
  });

  it.each([
    [{ classify }, 'needs accepts and classify'],
    [{ accepts }, 'needs accepts and classify'],
    [{ accepts: true, classify }, 'needs accepts and classify'],
    [{ accepts, classify: 'user' }, 'needs accepts and classify'],
    [{ accepts, classify, requiredMembers: 'sub' }, 'requiredMembers: ['],
    [{ accepts, classify, requiredMembers: [7] }, 'requiredMembers: ['],
    [{ accepts, classify, required: [] }, 'has no option'],
    [undefined, 'takes an object'],
  ])('is checked: %#', (given, line) => {
    expect(() => customIntrospected(given as never, {})).toThrow(line);
  });
});
