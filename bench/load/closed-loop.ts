/**
 * Load from a few connections. Each sends its next request when it has the answer to the last one.
 *
 * The client is written on bare sockets. Node's own clients take more CPU for a request than the Worker does, and then
 * the bench would measure them.
 *
 * @module
 */
import { connect } from 'node:net';
import type { Request } from './request.ts';

export interface LoadOptions {
  connections: number;
  /** How long to send requests, in milliseconds. */
  ms: number;
  /** Yields the requests, as bytes. */
  next: () => Buffer;
}

export interface Load {
  /** How many requests were answered with 200. */
  answers: number;
  ms: number;
}

/** @throws Error where an answer is not a 200 */
export async function sendLoad(
  port: number,
  { connections, ms, next }: LoadOptions,
): Promise<Load> {
  const start = performance.now();
  const end = start + ms;
  const counts = await Promise.all(
    Array.from({ length: connections }, () => sendUntil(end, port, next)),
  );
  const answers = counts.reduce((sum, count) => sum + count, 0);
  return { answers, ms: performance.now() - start };
}

/** @returns how many requests were answered */
function sendUntil(end: number, port: number, next: () => Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let answers = 0;
    let received = '';
    socket.setEncoding('latin1'); // a character is a byte
    socket.on('connect', () => socket.write(next()));
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (!isComplete(received)) return;
      if (!received.startsWith('HTTP/1.1 200 ')) {
        socket.destroy(new Error(`no 200: ${received.slice(0, 200)}`));
        return;
      }
      received = '';
      answers++;
      if (performance.now() < end) socket.write(next());
      else socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answers));
  });
}

/** Whether an answer with a length has arrived as a whole. */
function isComplete(received: string): boolean {
  const bodyStart = received.indexOf('\r\n\r\n') + 4;
  if (bodyStart < 4) return false;
  const [, length = '0'] = /\r\ncontent-length: (\d+)/i.exec(received) ?? [];
  return received.length >= bodyStart + Number(length);
}

/** Writes a request without a body. */
export function toBytes({ path, headers = {} }: Request): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: login.example.org\r\n${lines.join('')}\r\n`);
}
