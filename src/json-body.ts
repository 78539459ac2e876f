/**
 * JSON bodies, read as leniently as the ASP.NET Core service that existing clients were written against.
 *
 * @module
 */

/** The largest body: the longest name, password and captcha token fit, escaped or not. */
export const MAX_BODY_BYTES = 16 * 1024;

export type BodyFault =
  | 'content_type_not_json'
  | 'body_too_large'
  | 'body_cut_short'
  | 'body_not_utf8'
  | 'body_not_json'
  | 'body_not_an_object';

/**
 * Reads the members of a request's JSON object. A UTF-8 byte order mark is skipped; `null` is the same as
 * missing; of repeated members the last wins; others are ignored.
 *
 * @param names of the members to read, each with what it may be called
 */
export async function readMembers<T extends string>(
  request: Request,
  names: Record<T, RegExp>,
): Promise<Partial<Record<T, unknown>> | BodyFault> {
  if (!isJson(request.headers.get('Content-Type'))) return 'content_type_not_json';
  const body = await readBody(request);
  if (typeof body === 'string') return body;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    return 'body_not_utf8';
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'body_not_json';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'body_not_an_object';
  }
  return knownMembers(text, names);
}

/** Whether a `Content-Type` is `application/json`, whatever its parameters. */
function isJson(contentType: string | null): boolean {
  return /^\s*application\/json\s*(;|$)/i.test(contentType ?? '');
}

/** Reads no further than the limit, whatever length the caller has announced. */
async function readBody(request: Request): Promise<Uint8Array | BodyFault> {
  const announced = Number(request.headers.get('Content-Length') ?? 0);
  if (announced > MAX_BODY_BYTES) return 'body_too_large';
  const body = new Uint8Array(MAX_BODY_BYTES);
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      if (length + chunk.length > MAX_BODY_BYTES) return 'body_too_large';
      body.set(chunk, length);
      length += chunk.length;
    }
  } catch {
    return 'body_cut_short';
  }
  return body.subarray(0, length);
}

function knownMembers<T extends string>(
  object: string,
  names: Record<T, RegExp>,
): Partial<Record<T, unknown>> {
  const patterns = Object.entries<RegExp>(names);
  const known: Partial<Record<string, unknown>> = {};
  for (const [name, value] of membersInOrder(object)) {
    const member = patterns.find(([, pattern]) => pattern.test(name))?.[0];
    if (member !== undefined && value !== null) known[member] = value;
  }
  return known as Partial<Record<T, unknown>>;
}

/** A string, a bracket, a comma or colon, or another literal. */
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * The members of a JSON object as they stand in its text. `JSON.parse` cannot tell: it keeps the
 * place of a repeated member's first appearance, so that of `{"a": 1, "A": 2, "a": 3}` the last
 * seems to be `A`.
 *
 * @param object the text of a JSON object that `JSON.parse` has accepted
 */
function* membersInOrder(object: string): Generator<[name: string, value: unknown]> {
  let depth = 0;
  let name: string | undefined;
  let valueStart = 0;
  let lastString = '';
  for (const { 0: token, index } of object.matchAll(JSON_TOKEN)) {
    const isOpening = token === '{' || token === '[';
    const isClosing = token === '}' || token === ']';
    if (depth === 1 && token === ':') {
      name = JSON.parse(lastString);
      valueStart = index + 1;
    } else if (depth === 1 && (token === ',' || isClosing) && name !== undefined) {
      yield [name, JSON.parse(object.slice(valueStart, index))];
      name = undefined;
    }
    if (token.startsWith('"')) lastString = token;
    if (isOpening) depth++;
    if (isClosing) depth--;
  }
}
