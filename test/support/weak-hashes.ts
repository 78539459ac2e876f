/** How the tests' builds come to have the cost of `weak-cost.ts`: those of Vite, of Node and of wrangler. */
import { join } from 'node:path';

/** For Vite. */
export const WEAK_COST = { '#password/cost.ts': join(import.meta.dirname, 'weak-cost.ts') };

const CONDITION = 'weak-hashes-for-tests';
const NODE_FLAG = `--conditions=${CONDITION}`;

/** For the programs that a test starts. The three other conditions are those that wrangler has without the variable. */
export function weakBuilds(): Record<string, string> {
  return {
    NODE_OPTIONS: `${otherNodeOptions()} ${NODE_FLAG}`,
    WRANGLER_BUILD_CONDITIONS: `workerd,worker,browser,${CONDITION}`,
  };
}

/** The environment of a program with the full cost, as a deploy has it. */
export function fullCost(): NodeJS.ProcessEnv {
  const { WRANGLER_BUILD_CONDITIONS, ...rest } = process.env;
  return { ...rest, NODE_OPTIONS: otherNodeOptions() };
}

function otherNodeOptions(): string {
  return (process.env.NODE_OPTIONS ?? '').replaceAll(NODE_FLAG, '').trim();
}
