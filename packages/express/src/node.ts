// What core has for Node.js only, so that one dependency is enough. Adding a name here makes it public.
export {
  type FileKeySnapshotsOptions,
  fileKeySnapshots,
  type NodeFetchOptions,
  nodeFetch,
} from '@authly/core/node';
