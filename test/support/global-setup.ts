import type { TestProject } from 'vitest/node';
import { startInternet } from './internet.ts';
import { TEST_ENV } from './test-env.ts';

declare module 'vitest' {
  interface ProvidedContext {
    internetAddress: string;
    /** Whether the database runs statements at the same time. */
    hasRaces: boolean;
  }
}

export default async function setUp(project: TestProject) {
  const internet = await startInternet(TEST_ENV.TURNSTILE_SECRET_KEY);
  project.provide('internetAddress', internet.address);
  project.provide('hasRaces', Boolean(process.env.POSTGRES_BIN));
  return internet.close;
}
