import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with one plain line: `412 passed, 0 failed`. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const totals = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      totals.failed += module.errors().length;
      for (const test of module.children.allTests()) totals[test.result().state]++;
    }
    const { passed, failed, skipped, pending } = totals;
    const left = skipped + pending;
    console.log(`${passed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ''}`);
  }
}
