/**
 * Questions at the terminal.
 *
 * @module
 */
import { confirm as promptForConfirmation, password as promptForPassword } from '@clack/prompts';
import { OperatorError } from './operator-error.ts';

/**
 * Asks before something that cannot be undone. The answer is no unless the operator says yes.
 *
 * @param question without data of users in it, because a terminal would obey escape sequences in them
 * @throws OperatorError where the operator does not say yes, or where there is no terminal
 */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new OperatorError('There is no terminal to ask: use --yes.');
  const prompt = promptForConfirmation({ message: question, initialValue: false });
  if ((await answerTo(prompt)) !== true) throw cancelled();
}

/** Asks for a password, which is not shown. @throws OperatorError where the operator gives none */
export async function askPassword(message: string): Promise<string> {
  const answer = await answerTo(promptForPassword({ message }));
  if (typeof answer !== 'string') throw cancelled();
  return answer;
}

function answerTo<T>(prompt: Promise<T>): Promise<T | null> {
  return Promise.race([prompt, endOfInput()]);
}

/** After Ctrl-D the prompt never answers, and Node has nothing left to wait for: it emits `beforeExit`. */
function endOfInput(): Promise<null> {
  return new Promise((resolve) => process.once('beforeExit', () => resolve(null)));
}

function cancelled(): OperatorError {
  process.stdout.write(SHOW_CURSOR); // after Ctrl-C and Ctrl-D the prompt leaves it hidden
  return new OperatorError('Cancelled.');
}

const SHOW_CURSOR = '\u001b[?25h';
