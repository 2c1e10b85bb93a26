// Calls an API as a user, as a user without the scope, as nobody, and as a machine, for which the handler
// throws. Prints the four answers.
const { createServer } = require('node:http');
const { authly } = require('@authly/core/providers');

exports.answersOf = async (createApp) => {
  const { testIssuer } = await import('@authly/testing');
  const { issuer, jwks, audience, aUserToken, aClientToken } = testIssuer();
  const server = createServer(createApp({ issuer: authly({ issuer, jwks }), audience }));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ask = async (token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers });
    return [
      response.status,
      response.ok ? await response.json() : await response.text().then(() => ({})),
    ];
  };
  const answers = [
    await ask(aUserToken({ sub: 'ada', scope: 'read:users' })),
    await ask(aUserToken()),
    await ask(),
    await ask(aClientToken({ scope: 'read:users' })),
  ];
  server.closeAllConnections();
  server.close();
  return answers;
};

if (require.main === module) {
  const { createApp } = require(process.argv[2]);
  void exports
    .answersOf(createApp)
    .then((answers) => process.stdout.write(JSON.stringify(answers)));
}
