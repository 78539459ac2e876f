import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { compileEngine } from './compiled-engine.ts';
import { fillLocalFolder } from './local-folder.ts';
import { makeTemporaryFolder } from './make-temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    preparedFolder: string;
  }
}

/** Makes a local database for the tests to copy. */
export default async function setUp(project: TestProject) {
  const folder = makeTemporaryFolder();
  const engine = await compileEngine();
  await fillLocalFolder(folder);
  project.provide('preparedFolder', folder);
  return () => {
    rmSync(folder, { recursive: true });
    return engine; // kept until here
  };
}
