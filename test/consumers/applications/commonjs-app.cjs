// An API as most are: CommonJS, with the issuer of its tests.
const express = require('express');
const { authenticate, findPrincipal, requireScope } = require('@authly/express');

exports.createApp = (options) => {
  const app = express();
  app.use(authenticate(options), requireScope('read:users'));
  app.get('/', (req, res) => res.json({ user: findPrincipal(req).userId }));
  return app;
};
