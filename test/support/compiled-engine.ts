import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const { resolve } = createRequire(import.meta.url);

/** The types of the project are those of Workers, which cannot compile. */
const { compile } = WebAssembly as unknown as { compile(code: Uint8Array): Promise<object> };

/**
 * Compiles the embedded PostgreSQL. While a process keeps the answer, each of its threads finds the code as it is by then:
 * V8 shares it among threads, and optimizes it once. It forgets the code when nobody has it any more. The engine of the next
 * test file would begin anew, which takes a second.
 */
export function compileEngine(): Promise<object> {
  const folder = dirname(resolve('@electric-sql/pglite'));
  return compile(readFileSync(join(folder, 'pglite.wasm')));
}
