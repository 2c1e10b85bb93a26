const plugin = require('eslint-plugin-import');

module.exports = [
  {
    files: ['**/imports.mjs'],
    plugins: { import: plugin },
    rules: { 'import/no-unresolved': ['error', { commonjs: true }] },
  },
];
