/** Leads every outgoing request of the Worker under test to `internet.ts`. */
import { type IncomingMessage, request, type ServerResponse } from 'node:http';

/** @param address where `internet.ts` listens */
export function leadTo(address: string) {
  return function proxy(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, headers, url } = incoming;
    const [hostname, port] = address.split(':');
    const upstream = request({ hostname, port, method, headers, path: url }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    // A connection that the service drops is one that the Worker sees dropped.
    upstream.on('error', () => incoming.socket.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  };
}
