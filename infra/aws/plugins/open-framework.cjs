const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const refusal =
  'rackless deploys with osls, the open Serverless Framework, and not with the licensed one: run npx osls deploy';

/** The name in the nearest package.json at or above a folder. */
const packageNameAbove = (folder) => {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).name;
  return dirname(folder) === folder ? undefined : packageNameAbove(dirname(folder));
};

/** The package that a class was loaded from; undefined when it came in no module, but in a bundle. */
const packageNameOf = (Class) => {
  const loaded = Object.values(require.cache).find((it) => it?.exports === Class);
  return loaded && packageNameAbove(dirname(loaded.filename));
};

/**
 * Stops under the licensed Serverless Framework 4, which reads the same file and answers to the same
 * version. It asks the framework that runs, since both may be installed.
 */
class OpenFramework {
  constructor(serverless) {
    if (packageNameOf(serverless.constructor) === 'osls') return;
    throw new (serverless.classes?.Error ?? Error)(refusal);
  }
}

module.exports = OpenFramework;
