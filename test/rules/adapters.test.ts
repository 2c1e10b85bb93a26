import * as core from '@authly/core';
import * as presets from '@authly/core/providers';
import * as expressKit from '@authly/express';
import * as expressPresets from '@authly/express/providers';
import * as koaKit from '@authly/koa';
import * as koaPresets from '@authly/koa/providers';
import { describe, expect, it } from 'vitest';

const adapters = [
  { name: '@authly/express', kit: expressKit, providers: expressPresets },
  { name: '@authly/koa', kit: koaKit, providers: koaPresets },
] as const;

it('both adapters have the same functions', () => {
  expect(Object.keys(expressKit).sort()).toEqual(Object.keys(koaKit).sort());
});

describe.each(adapters)('$name', ({ kit, providers }) => {
  it('has every preset of core, and is no other copy of it', () => {
    expect(providers).toEqual(presets);
  });

  it('re-exports all of core’s own functions and classes, not copies', () => {
    expect(kit).toMatchObject(core);
    for (const [name, value] of Object.entries(core)) expect(Reflect.get(kit, name)).toBe(value);
  });
});
