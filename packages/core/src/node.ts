// Adding a name here makes it public: `@authly/core/node`.
export { type NodeFetchOptions, nodeFetch } from './keys/node-fetch.ts';
export { type FileKeySnapshotsOptions, fileKeySnapshots } from './stores/file-key-snapshots.ts';
