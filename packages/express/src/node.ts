// What stands on Node's own modules, so that one dependency is enough. Adding a name here makes it public.
export {
  type FileKeySnapshotsOptions,
  fileKeySnapshots,
  type NodeFetchOptions,
  nodeFetch,
} from '@authly/core/node';
