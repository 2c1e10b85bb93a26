// The entry points of every installed package of Authly, by what their manifests say.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const scope = join(__dirname, 'node_modules', '@authly');
const all = readdirSync(scope).flatMap((folder) => {
  const { name, exports: paths } = JSON.parse(
    readFileSync(join(scope, folder, 'package.json'), 'utf8'),
  );
  return Object.entries(paths)
    .filter(([path]) => path !== './package.json')
    .map(([path, conditions]) => ({ name: name + path.slice(1), conditions }));
});

const isCommonJs = ({ conditions }) => conditions.require !== undefined;
const namesOf = (entries) => entries.map(({ name }) => name);

exports.commonJs = namesOf(all.filter(isCommonJs));
exports.esmOnly = namesOf(all.filter((entry) => !isCommonJs(entry)));
