/**
 * The rows of an export file: JSON Lines, a JSON array or CSV, one at a time.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { JSONParser } from '@streamparser/json-node';
import { parse as parseCsv } from 'csv-parse';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { OperatorError } from './operator-error.ts';

/** The columns of a row by their names in lower case, or what is wrong with the row: fixed text for people. */
type Columns = Result<Record<string, unknown>, string>;

export interface UserRecord {
  /** The line on which the row begins. In a JSON array, its place in the array. */
  line: number;
  columns: Columns;
}

/**
 * Reads a file of users. The first character tells which of the three forms it has.
 *
 * @param roleColumn a column that a CSV file has to have too
 * @throws OperatorError where the file as a whole cannot be read
 */
export async function* readUserRecords(
  file: string,
  roleColumn?: string,
): AsyncGenerator<UserRecord> {
  try {
    const beginning = await firstCharacters(file);
    if (beginning === '') throw new OperatorError(`${file} is empty.`);
    if (beginning.startsWith('[')) yield* readJsonArray(file);
    else if (beginning.startsWith('{')) yield* readJsonLines(file);
    else yield* readCsv(file, beginning, roleColumn);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${file} cannot be read: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'there is no such file.';
  if (code === 'EISDIR') return 'it is a folder.';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8.';
  if (code.startsWith('CSV_') && 'lines' in error) {
    return `the quotation marks of line ${error.lines} do not match.`;
  }
  // Not the parser's message: it quotes the row with its password hash.
  return code === '' ? 'it is not JSON.' : `${code}.`;
}

/** Yields the text of a file, without a byte order mark. */
async function* readText(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  for await (const chunk of createReadStream(file)) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

const HEADER_CHARACTERS = 4096;

async function firstCharacters(file: string): Promise<string> {
  let text = '';
  for await (const chunk of readText(file)) {
    text = (text + chunk).trimStart();
    if (text.length >= HEADER_CHARACTERS) break;
  }
  // Text in UTF-16 has zero bytes. Valid text in UTF-8 has none.
  if (text.includes('\0')) throw new OperatorError(`${file} cannot be read: it is not UTF-8.`);
  return text;
}

async function* readJsonArray(file: string): AsyncGenerator<UserRecord> {
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
  let line = 0;
  for await (const { value } of Readable.from(readText(file)).compose(parser)) {
    yield { line: ++line, columns: asColumns(value) };
  }
}

async function* readJsonLines(file: string): AsyncGenerator<UserRecord> {
  let line = 0;
  for await (const text of readLines(file)) {
    line++;
    if (text.trim() !== '') yield { line, columns: parseLine(text) };
  }
}

/** Only a line feed ends a line. JSON may hold the other characters at which Node ends a line. */
async function* readLines(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of readText(file)) {
    const [first = '', ...others] = chunk.split('\n');
    rest += first;
    for (const line of others) {
      yield rest;
      rest = line;
    }
  }
  yield rest;
}

function parseLine(text: string): Columns {
  try {
    return asColumns(JSON.parse(text));
  } catch {
    return fail('is not JSON');
  }
}

function asColumns(value: unknown): Columns {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('is not a JSON object');
  }
  return succeed(lowerCaseNames(Object.entries(value)));
}

function lowerCaseNames(entries: [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(entries.map(([name, value]) => [name.trim().toLowerCase(), value]));
}

/** Without one of these, every row would be wrong, or every user would have no password. */
const REQUIRED_COLUMNS = ['Id', 'UserName', 'PasswordHash'];

function refuseOtherHeader(file: string, names: string[], roleColumn?: string): void {
  const present = names.map((name) => name.trim().toLowerCase());
  for (const name of [...REQUIRED_COLUMNS, ...(roleColumn === undefined ? [] : [roleColumn])]) {
    const times = present.filter((other) => other === name.toLowerCase()).length;
    if (times === 0) throw new OperatorError(`${file} has no column ${name} in its first line.`);
    if (times > 1) throw new OperatorError(`${file} has the column ${name} twice.`);
  }
}

/** The characters that separate columns in the exports of different tools. */
const DELIMITERS = [',', ';', '\t', '|'];

async function* readCsv(
  file: string,
  beginning: string,
  roleColumn?: string,
): AsyncGenerator<UserRecord> {
  const [header = ''] = beginning.split('\n');
  const count = (delimiter: string) => header.split(delimiter).length;
  const [delimiter] = DELIMITERS.toSorted((one, other) => count(other) - count(one));
  const parser = parseCsv({
    delimiter,
    raw: true,
    record_delimiter: ['\r\n', '\n', '\r'], // some tools end the header differently from the rows
    relax_column_count: true,
  });
  let names: string[] | undefined;
  let nextLine = 1;
  for await (const { record, raw } of Readable.from(readText(file)).compose(parser)) {
    const values: string[] = record;
    const line = nextLine;
    nextLine += raw.trimEnd().split('\n').length;
    if (values.length === 1 && values[0]?.trim() === '') continue;
    if (names === undefined) {
      names = values;
      refuseOtherHeader(file, names, roleColumn);
    } else if (values.length === names.length) {
      const cells = names.map((name, i): [string, unknown] => [name, cell(values[i])]);
      yield { line, columns: succeed(lowerCaseNames(cells)) };
    } else {
      const problem = `has ${values.length} columns instead of ${names.length}`;
      yield { line, columns: fail(problem) };
    }
  }
}

/** How the tools of SQL Server and PostgreSQL write NULL into CSV, which has no word for it. */
const NULLS = ['', 'NULL', '\\N'];

function cell(text = ''): string | null {
  return NULLS.includes(text.trim().toUpperCase()) ? null : text;
}
