import { AuthError } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { jsonRpcRefusal } from '../src/json-rpc-refusal.ts';

const error = new AuthError('user_required');

describe('jsonRpcRefusal', () => {
  it('is a JSON-RPC error with the id of the message and the public text of the refusal', () => {
    expect(jsonRpcRefusal({ jsonrpc: '2.0', id: 7, method: 'tools/call' }, error)).toEqual({
      jsonrpc: '2.0',
      id: 7,
      error: { code: -32001, message: 'Only a user may do this' },
    });
  });

  it.each([0, -1, Number.MAX_SAFE_INTEGER, '', 'call-1', 'x'.repeat(128)])(
    'repeats the id %j',
    (id) => {
      expect(jsonRpcRefusal({ id }, error).id).toBe(id);
    },
  );

  it.each<[string, unknown]>([
    ['a text of 129 characters', { id: 'x'.repeat(129) }],
    ['a fraction', { id: 1.5 }],
    ['a number that JSON has no exact form for', { id: 2 ** 53 }],
    ['no number', { id: Number.NaN }],
    ['null', { id: null }],
    ['an object', { id: { toJSON: () => 'injected' } }],
    ['a list', { id: [1] }],
    ['a truth', { id: true }],
    ['an inherited id', Object.create({ id: 1 })],
    ['a message without an id', { method: 'notifications/initialized' }],
    ['a batch', [{ id: 1 }]],
    ['bytes', new Uint8Array([1])],
    ['nothing', undefined],
    ['a text', '{"id":1}'],
  ])('has the id null for %s', (_, body) => {
    expect(jsonRpcRefusal(body, error).id).toBeNull();
  });
});
