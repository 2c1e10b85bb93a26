export { type AppOptions, createApp } from './app.ts';
export { type AuthorizationServer, createAuthorizationServer } from './authorization-server.ts';
export { connect, type MachineCredentials, machine, withToken } from './client.ts';
export { demonstrate } from './demo.ts';
export { type LoopbackServer, openLoopbackServer } from './loopback-server.ts';
export { NOTES_SCOPES, notesServerFactory, TOOL_REQUIREMENTS } from './notes-server.ts';
export { expressServers } from './servers.ts';
export { type RunningExample, type Servers, startExample } from './start.ts';
