export { type ApiClient, type ApiRequest, createApiClient } from './api-client.ts';
export { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts';
