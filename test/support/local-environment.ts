import { freePort } from './free-port.ts';
import { temporaryDatabase } from './temporary-folder.ts';

/** A folder and settings of the test's own for `npm run dev`, whatever `.dev.vars` says. */
export async function localEnvironment() {
  const databasePort = await freePort();
  return {
    PORTERO_LOCAL_FOLDER: temporaryDatabase(),
    DATABASE_URL: `postgresql://portero:portero@127.0.0.1:${databasePort}/portero`,
    TURNSTILE_SECRET_KEY: '1x0000000000000000000000000000000AA',
    JWT_SECRET: 'a-secret-of-the-test-0123456789-0123456789',
  };
}
