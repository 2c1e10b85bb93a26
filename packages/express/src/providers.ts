// The presets, so that one dependency is enough.
export * from '@authly/core/providers';
