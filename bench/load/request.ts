/**
 * One request to a Worker, and its time.
 *
 * @module
 */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

const agent = new Agent({ keepAlive: true });

export interface Request {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  body: string;
  /** From the request to the last byte of the answer, in milliseconds. */
  ms: number;
}

/** @throws Error where the status is none of the expected */
export async function send(
  port: number,
  { method = 'GET', path, headers = {}, body }: Request,
  expected = [200],
): Promise<Answer> {
  const start = performance.now();
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent });
  outgoing.end(body);
  const [incoming] = await once(outgoing, 'response');
  const answer = { status: incoming.statusCode, body: await text(incoming) };
  const ms = performance.now() - start;
  if (!expected.includes(answer.status))
    throw new Error(`${method} ${path}: ${answer.status} instead of ${expected}`);
  return { ...answer, ms };
}
