/**
 * JSON bodies, read as leniently as the ASP.NET Core service reads them that existing clients were written for.
 *
 * @module
 */
import MIMEType from 'whatwg-mimetype';
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/** The largest body in bytes. The longest name, password and captcha token fit into it, escaped or not. */
export const MAX_BODY_BYTES = 16 * 1024;

/** Why a body was not read. */
export type BodyReason =
  | 'content_type_not_json'
  | 'charset_not_supported'
  | 'body_too_large'
  | 'body_cut_short'
  | 'body_not_utf8'
  | 'body_not_utf16'
  | 'body_not_json'
  | 'body_not_an_object';

/** The members of a body that a route asks for. A missing one is absent. */
export type Members<Name extends string> = Partial<Record<Name, unknown>>;

/**
 * Reads the members of a request's JSON object. `null` is the same as missing. Where a member is repeated, the last one wins.
 * Other members are ignored.
 *
 * @param names the members to read, each with the spellings that it may have
 */
export async function readMembers<Name extends string>(
  request: Request,
  names: Record<Name, RegExp>,
): Promise<Result<Members<Name>, BodyReason>> {
  const encoding = readEncoding(request.headers.get('Content-Type'));
  if (!encoding.ok) return encoding;
  const body = await readBody(request);
  if (!body.ok) return body;
  const text = decode(body.value, encoding.value);
  if (!text.ok) return text;
  let value: unknown;
  try {
    value = JSON.parse(text.value);
  } catch {
    return fail('body_not_json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('body_not_an_object');
  }
  return succeed(knownMembers(text.value, names));
}

/** The encodings that ASP.NET Core's JSON formatter reads, named as the WHATWG Encoding Standard names them. */
type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * Reads a `Content-Type` as ASP.NET Core's JSON formatter does: `application/json`, `text/json` and `application/*+json`, with
 * any parameters. A charset is a label of the Encoding Standard, so `utf8` is UTF-8, and `utf-16` is little-endian.
 */
function readEncoding(
  contentType: string | null,
): Result<Encoding, 'content_type_not_json' | 'charset_not_supported'> {
  const type = MIMEType.parse(contentType ?? '');
  if (type === null || !JSON_TYPE.test(type.essence)) return fail('content_type_not_json');
  const encoding = encodingOf(type.parameters.get('charset') || 'utf-8');
  return encoding === undefined ? fail('charset_not_supported') : succeed(encoding);
}

const JSON_TYPE = /^(application|text)\/json$|^application\/[^/]+\+json$/;

/** https://encoding.spec.whatwg.org/#names-and-labels */
function encodingOf(label: string): Encoding | undefined {
  try {
    const { encoding } = new TextDecoder(label);
    return ENCODINGS.find((known) => known === encoding);
  } catch {
    return undefined; // no label of any encoding
  }
}

const ENCODINGS: Encoding[] = ['utf-8', 'utf-16le', 'utf-16be'];

/** A byte order mark wins over the charset: https://encoding.spec.whatwg.org/#bom-sniff */
function decode(
  body: Uint8Array,
  charset: Encoding,
): Result<string, 'body_not_utf8' | 'body_not_utf16'> {
  const encoding = encodingOfMark(body) ?? charset;
  try {
    return succeed(new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    return fail(encoding === 'utf-8' ? 'body_not_utf8' : 'body_not_utf16');
  }
}

function encodingOfMark([first, second, third]: Uint8Array): Encoding | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return undefined;
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
