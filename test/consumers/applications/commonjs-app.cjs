// An API as most are: CommonJS, with the issuer of its tests.
const express = require('express');
const {
  assertGuarded,
  authErrorHandler,
  authenticate,
  requireScope,
  userOf,
} = require('@authly/express');

exports.createApp = (options) => {
  const app = express();
  app.use(authenticate(options));
  app.get('/', requireScope('read:users'), (req, res) => res.json({ user: userOf(req).userId }));
  app.use(authErrorHandler());
  assertGuarded(app);
  return app;
};
