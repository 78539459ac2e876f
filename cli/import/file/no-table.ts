/**
 * Files that are no table, told by their look, with what to do instead.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';

/** An export that is known to work. */
const EXPORT = 'Export the table as CSV with a heading, or as JSON.';

const WORKBOOK = 'is a workbook. Save its sheet as "CSV UTF-8", and import that file.';
const ARCHIVE = 'is compressed. Unpack it first.';
const DUMP =
  'is a dump of a database. Load it into an empty database, and import from that by its connection string.';

const UTF_32 = 'is UTF-32. Save it as UTF-8.';
const LINE_PER_VALUE = `has one line for each value. ${EXPORT}`;

const ZIP = 'PK\x03\x04';

/** The first bytes of other kinds of files, as Latin-1. */
const SIGNATURES: [bytes: string, sentence: string][] = [
  [ZIP, ARCHIVE],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', WORKBOOK], // Microsoft's Compound File Binary, of Excel before 2007
  ['\x1f\x8b', ARCHIVE], // gzip, RFC 1952
  ['BZh', ARCHIVE],
  ['\xfd7zXZ\0', ARCHIVE],
  ['7z\xbc\xaf\x27\x1c', ARCHIVE],
  ['\x28\xb5\x2f\xfd', ARCHIVE], // Zstandard, RFC 8878
  ['SQLite format 3\0', 'is a SQLite database. Write sqlite: before its name to import from it.'],
  ['PGDMP', DUMP], // pg_dump --format=custom
  ['TAPE\0', DUMP], // a backup of SQL Server
  ['\xff\xfe\0\0', UTF_32],
  ['\0\0\xfe\xff', UTF_32],
  ['%PDF', `is a PDF. ${EXPORT}`],
];

/** What the files in a zip file are called where it is a workbook. */
const WORKBOOK_PARTS = ['[Content_Types].xml', 'xl/', 'opendocument.spreadsheet'];

/** The first characters of other kinds of files. Blanks and line breaks may stand before them. */
const BEGINNINGS: [pattern: RegExp, sentence: string][] = [
  [/^(?:<!doctype html|<html|<table|<tr)\b/i, `is HTML. ${EXPORT}`],
  [/^<[?!a-z]/i, `is XML. ${EXPORT}`],
  [/^-\[ .* 1 \]/, `is expanded output of psql. ${EXPORT} psql does so with \\copy.`],
  [
    /^\*{10,} 1\. row \*{10,}/,
    `is vertical output of mysql. ${EXPORT} mysql --batch is right too.`,
  ],
  [/^\w+ = [^\n]*\n\s*\w+ = /, `${LINE_PER_VALUE} sqlite3 -header -csv is right.`],
  [/^\w+ *: [^\n]*\n\w+ *: /, `${LINE_PER_VALUE} Export-Csv of PowerShell is right.`],
  [/^'[^'\n]*'(?:,'[^'\n]*')+/, `has values in single quotation marks. ${EXPORT}`],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are its delimiters.
  [/^[^\n\x1e]*\x1f[^\n\x1e]*\x1e/, `has no lines. ${EXPORT} sqlite3 -header -csv is right.`],
  [/^\[(?:options|cols)=/, `is AsciiDoc. ${EXPORT} psql --csv is right.`],
  [
    /^(?:export\s+)?(?:const|let|var|default|module\.exports)\b[^\n]*[[{]/,
    'is a program in JavaScript. Save the list in it as JSON.',
  ],
  [
    /^\[\s*\{\s*"type"\s*:\s*"header"/,
    'is JSON of phpMyAdmin. Export the table as CSV, with the names of the columns in the first row.',
  ],
  [/^(?:--|\/\*|#)[^\n]*\b(?:dump|sandbox mode)\b/i, DUMP],
];

/** What stands before the first statement of a dump. */
const SQL_COMMENT = /^(?:--|#)[^\n]*(?:\n\s*|$)|^\/\*.*?\*\/;?\s*/s;

/** How the statements of a dump begin. */
const SQL_STATEMENTS = [
  /^insert\s+(?:into\b|\[)/i,
  /^replace\s+into\b/i,
  /^(?:create|drop|alter)\s+(?:table|database)\b/i,
  /^begin(?:\s+transaction)?;/i,
  /^start\s+transaction\b/i,
  /^lock\s+tables\b/i,
  /^pragma\s/i,
  /^use\s+\S+;?\s*$/i,
  /^set\s+\S+\s*(?:=|on\b|off\b)/i,
  /^copy\s+\S+\s*\(/i,
];

/** A dump shows in its first characters what it is. */
const DUMP_BEGINNING_LENGTH = 4096;

/** @throws OperatorError where the bytes are those of another kind of file */
export function refuseOtherBytes(name: string, bytes: Buffer): void {
  const text = bytes.toString('latin1');
  const [signature, sentence] = SIGNATURES.find(([one]) => text.startsWith(one)) ?? [];
  const isWorkbook = signature === ZIP && WORKBOOK_PARTS.some((part) => text.includes(part));
  if (sentence !== undefined)
    throw new OperatorError(`${name} ${isWorkbook ? WORKBOOK : sentence}`);
}

/** @throws OperatorError where the text is that of another kind of file */
export function refuseOtherText(name: string, text: string): void {
  const beginning = text.trimStart().slice(0, DUMP_BEGINNING_LENGTH);
  const [, sentence] = BEGINNINGS.find(([pattern]) => pattern.test(beginning)) ?? [];
  if (sentence !== undefined) throw new OperatorError(`${name} ${sentence}`);
  let sql = beginning;
  while (SQL_COMMENT.test(sql)) sql = sql.replace(SQL_COMMENT, '');
  const statement = sql.split('\n', 1).join();
  if (SQL_STATEMENTS.some((pattern) => pattern.test(statement))) {
    throw new OperatorError(`${name} ${DUMP}`);
  }
}
