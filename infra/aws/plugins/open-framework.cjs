/**
 * Stops under the licensed Serverless Framework 4, which reads the same file: rackless deploys with
 * osls, its open continuation.
 */
class OpenFramework {
  constructor(serverless) {
    const { name } = require('osls/package.json');
    const isOpen = name === 'osls' && require.resolve('osls').includes('osls');
    const running = serverless.serviceDir && process.argv[1];
    if (!isOpen || (running && /[\\/]serverless[\\/]/.test(running) && !/osls/.test(running))) {
      throw new serverless.classes.Error(
        'this service deploys with osls, not with the licensed Serverless Framework: run npx osls deploy'
      );
    }
  }
}

module.exports = OpenFramework;
