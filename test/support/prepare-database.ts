import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { openLocalDatabase } from '../../dev/local-database.ts';
import { expectValue } from './expect-value.ts';
import { makeTemporaryFolder } from './make-temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    preparedFolder: string;
  }
}

/** Makes a local database for the tests to copy: one that is new takes seconds. */
export default async function setUp(project: TestProject) {
  const folder = makeTemporaryFolder();
  const local = await openLocalDatabase(folder);
  await expectValue(local).close();
  project.provide('preparedFolder', folder);
  return () => rmSync(folder, { recursive: true });
}
