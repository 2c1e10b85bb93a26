// The application that the snippets test: any that takes its issuer as an option would do.
export { createApp } from '@authly-examples/express-api';
