// segued: the daemon's entry. Reads the configuration, opens what there is, composes the appliance and runs it until
// it is told to stop.
import { ConfigError, HELP, readConfig } from './config.ts';
import { runDaemon } from './lifecycle.ts';

async function main(): Promise<number> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  try {
    return await runDaemon(readConfig(process.argv.slice(2), process.env));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 2;
  }
}

process.exit(await main());
