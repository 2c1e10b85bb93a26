// Adding a name here makes it public: `@authly/core/node`.
export { type FileKeySnapshotsOptions, fileKeySnapshots } from './stores/file-key-snapshots.ts';
