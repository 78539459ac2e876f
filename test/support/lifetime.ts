/** When what a test has started ends: with the test, or with its file. */
import { afterAll, beforeAll, onTestFinished } from 'vitest';

type Step = () => void | Promise<void>;

/** Where a step is kept until it is due. */
let keep: (step: Step) => void = onTestFinished;

/** Runs a step when the test is over, or what {@link forAllTests} starts. The last step comes first. */
export function whenOver(step: Step): void {
  keep(step);
}

/** Starts something before the tests of a file, which ends after them. */
export function forAllTests(start: () => Promise<void>): void {
  const steps: Step[] = [];
  beforeAll(async () => {
    keep = (step) => steps.push(step);
    await start().finally(() => {
      keep = onTestFinished;
    });
  });
  afterAll(async () => {
    for (const step of steps.reverse()) await step();
  });
}
