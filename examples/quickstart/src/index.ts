export { createApp } from './authorization-server.ts';
export { type QuickstartOptions, quickstart } from './quickstart.ts';
export { REQUESTS, type SampleRequest } from './requests.ts';
export { type Stage, startStage } from './stage.ts';
export { formatTable, shortenChallenge } from './table.ts';
