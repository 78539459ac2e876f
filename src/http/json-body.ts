/**
 * JSON bodies, read as leniently as the ASP.NET Core service reads them that existing clients were written for.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/** The largest body in bytes. The longest name, password and captcha token fit into it, escaped or not. */
export const MAX_BODY_BYTES = 16 * 1024;

/** Why a body was not read. */
export type BodyReason =
  | 'content_type_not_json'
  | 'body_too_large'
  | 'body_cut_short'
  | 'body_not_utf8'
  | 'body_not_json'
  | 'body_not_an_object';

/** The members of a body that a route asks for. A missing one is absent. */
export type Members<Name extends string> = Partial<Record<Name, unknown>>;

/**
 * Reads the members of a request's JSON object. A UTF-8 byte order mark is skipped. `null` is the same as missing. Where
 * a member is repeated, the last one wins. Other members are ignored.
 *
 * @param names the members to read, each with the spellings that it may have
 */
export async function readMembers<Name extends string>(
  request: Request,
  names: Record<Name, RegExp>,
): Promise<Result<Members<Name>, BodyReason>> {
  if (!isJson(request.headers.get('Content-Type'))) return fail('content_type_not_json');
  const body = await readBody(request);
  if (!body.ok) return body;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body.value);
  } catch {
    return fail('body_not_utf8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('body_not_json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('body_not_an_object');
  }
  return succeed(knownMembers(text, names));
}

/** Whether a `Content-Type` is `application/json`, whatever its parameters are. */
function isJson(contentType: string | null): boolean {
  return /^\s*application\/json\s*(;|$)/i.test(contentType ?? '');
}

/** Stops reading at the limit, whatever length the caller has announced. */
async function readBody(request: Request): Promise<Result<Uint8Array, BodyReason>> {
  const announced = Number(request.headers.get('Content-Length') ?? 0);
  if (announced > MAX_BODY_BYTES) return fail('body_too_large');
  const body = new Uint8Array(MAX_BODY_BYTES);
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      if (length + chunk.length > MAX_BODY_BYTES) return fail('body_too_large');
      body.set(chunk, length);
      length += chunk.length;
    }
  } catch {
    return fail('body_cut_short');
  }
  return succeed(body.subarray(0, length));
}

function knownMembers<Name extends string>(
  object: string,
  names: Record<Name, RegExp>,
): Members<Name> {
  const patterns = Object.entries<RegExp>(names);
  const known: Members<string> = {};
  for (const [name, value] of membersInOrder(object)) {
    const member = patterns.find(([, pattern]) => pattern.test(name))?.[0];
    if (member !== undefined && value !== null) known[member] = value;
  }
  return known as Members<Name>;
}

/** A string, a bracket, a comma, a colon, or another literal. */
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * Yields the members of a JSON object in the order of the text. `JSON.parse` does not keep this order: a repeated member
 * stays at the place of its first appearance. In `{"a": 1, "A": 2, "a": 3}` the last member would seem to be `A`.
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
