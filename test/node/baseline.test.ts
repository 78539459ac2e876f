/**
 * The page uses nothing that a supported browser may lack. Supported are the browsers that have everything that is
 * Baseline widely available: https://web-platform-dx.github.io/web-features/
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { features } from 'web-features';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** A feature is widely available when all browsers of the core set have had it for this long. */
const MONTHS_TO_WIDELY_AVAILABLE = 30;

/** Every browser that can read the page's modules has what was Baseline by then: private methods were the last. */
const READS_MODULES = '2021-09-20';

/** What a browser may lack, because the page works without it. */
const EXTRAS: Record<string, string> = {
  'html.global_attributes.autocapitalize': 'a desktop browser capitalises nothing',
  'html.global_attributes.autocorrect': 'the other attributes turn off most of it',
  'css.properties.cursor.pointer': 'a touch screen has no pointer',
  'css.properties.cursor.progress': 'a touch screen has no pointer',
  'css.properties.font-family.ui-monospace': 'the next font of the list is used',
};

/** Names of the page's own members that are also names of something new. */
const OWN_NAMES = new Set([
  'permissions',
  'retry',
  'run',
  'session',
  'show',
  'sub',
  'token',
  'turn',
]);

/** The day since which each feature is Baseline, by its key in MDN's data. `undefined` means: not yet. */
const baselineSince = new Map<string, string | undefined>();
for (const feature of Object.values(features)) {
  if (feature.kind !== 'feature') continue;
  for (const [key, status] of Object.entries(feature.status.by_compat_key ?? {})) {
    baselineSince.set(key, status.baseline_low_date?.replace('≤', ''));
  }
}

/** The keys of members, by the member's name alone: the sources do not say the class. */
const keysByMember = Map.groupBy(
  [...baselineSince.keys()].filter((key) => /^(api|javascript\.builtins)\./.test(key)),
  (key) =>
    key
      .split('.')
      .at(-1)
      ?.replace(/_(static|event)$/, '') ?? '',
);

function isWidelyAvailable(key: string, today = new Date()): boolean {
  const since = baselineSince.get(key);
  if (since === undefined) return false;
  const widelySince = new Date(since);
  widelySince.setMonth(widelySince.getMonth() + MONTHS_TO_WIDELY_AVAILABLE);
  return widelySince <= today;
}

/** Of the features that a text may mean, the page may use it if one is widely available. @returns `[]` or the faults */
function faultsOf(keys: string[]): string[] {
  const known = keys.filter((key) => baselineSince.has(key));
  if (known.length === 0 || known.some((key) => key in EXTRAS || isWidelyAvailable(key))) return [];
  return [`${known.slice(0, 3).join(', ')}: Baseline since ${baselineSince.get(known[0] ?? '')}`];
}

const STRING = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;
const withoutComments = (source: string) =>
  source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, ' ');

/** Each thing that a script uses, as the keys that it may be. */
function usedByScript(source: string): string[][] {
  const code = withoutComments(source);
  const bare = code.replace(STRING, "''");
  const statics = [...bare.matchAll(/\b([A-Z]\w*)\??\.(\w+)/g)].map(([, type, name]) => [
    `api.${type}.${name}_static`,
    `javascript.builtins.${type}.${name}`,
  ]);
  const isStatic = new Set(
    statics.filter((keys) => keys.some((key) => baselineSince.has(key))).map(String),
  );
  const members = [...bare.matchAll(/(\b[A-Z]\w*)?\??\.([a-zA-Z]\w*)/g)]
    .filter(([, type, name]) => {
      const keys = [`api.${type}.${name}_static`, `javascript.builtins.${type}.${name}`];
      return !isStatic.has(String(keys)) && !OWN_NAMES.has(name ?? '');
    })
    .map(([, , name = '']) => [
      ...(keysByMember.get(name) ?? []),
      ...(keysByMember.get(name.replace(/^on/, '')) ?? []).filter((key) => key.endsWith('_event')),
    ]);
  const names = [...bare.matchAll(/(?<![.\w$#])([a-zA-Z]\w*)/g)].map(([, name]) => [
    `api.${name}`,
    `api.${name}_static`,
    `api.Window.${name}`,
    `javascript.builtins.${name}`,
  ]);
  const events = [...code.matchAll(/addEventListener\(\s*'(\w+)'/g)].map(([, name = '']) =>
    (keysByMember.get(name) ?? []).filter((key) => key.endsWith('_event')),
  );
  return [...statics, ...members, ...names, ...events, ...syntaxOf(bare)];
}

/** New syntax. Older syntax is in every browser that reads modules with private methods. */
function syntaxOf(code: string): string[][] {
  const patterns: [RegExp, string][] = [
    [/\busing\s+\w+\s*=/, 'javascript.statements.using'],
    [/\bwith\s*\{/, 'javascript.statements.import.import_attributes'],
    [/\(\?[ims]*-?[ims]+:/, 'javascript.regular_expressions.modifier'],
    [/\/[dgimsuy]*v[dgimsuy]*[.,;)\s]/, 'javascript.builtins.RegExp.unicodeSets'],
    [/\bimport\s+(defer|source)\b/, 'javascript.statements.import.defer'],
  ];
  const found = patterns.filter(([pattern]) => pattern.test(code)).map(([, key]) => [key]);
  return hasTopLevelAwait(code) ? [...found, ['javascript.operators.await.top_level']] : found;
}

/** In a function that is not `async`, an `await` of the top level is no syntax. */
function hasTopLevelAwait(code: string): boolean {
  const body = code.replace(/^import[^;]*;$/gm, '').replace(/^export (default )?/gm, '');
  try {
    return !new Script(`(function () {'use strict';${body}\n})`);
  } catch (error) {
    if (/\bawait\b/.test(String(error))) return true;
    throw error;
  }
}

function usedByStyles(source: string): string[][] {
  const css = source.replace(/\/\*[\s\S]*?\*\//g, ' ');
  const preludes = [...css.matchAll(/([^{};]+)\{/g)].map(([, prelude = '']) => prelude.trim());
  const selectors = preludes.filter((prelude) => !prelude.startsWith('@'));
  const rules = preludes.filter((prelude) => prelude.startsWith('@'));
  const declarations = [...css.matchAll(/([\w-]+):\s*([^;{}]+)(?=;|\s*\})/g)].filter(
    ([, property = '']) => !property.startsWith('--'),
  );
  const values = [...css.matchAll(/:\s*([^;{}]+)(?=;|\s*\})/g)].map(([, value = '']) => value);
  return [
    ...declarations.map(([, property]) => [`css.properties.${property}`]),
    ...declarations.flatMap(([, property, value = '']) =>
      value.split(/[\s,]+/).map((word) => [`css.properties.${property}.${word}`]),
    ),
    ...values.flatMap((value) =>
      [...value.matchAll(/([\w-]+)\(/g)].map(([, name]) =>
        [...baselineSince.keys()].filter(
          (key) => key.startsWith('css.types.') && key.split('.').at(-1) === name,
        ),
      ),
    ),
    ...selectors.flatMap((selector) =>
      [...selector.matchAll(/::?([\w-]+)/g)].map(([, name]) => [`css.selectors.${name}`]),
    ),
    ...selectors.flatMap((selector) =>
      [...selector.matchAll(/:(nth-[\w-]+)\([^)]*\bof\b/g)].map(([, name]) => [
        `css.selectors.${name}.of_syntax`,
      ]),
    ),
    ...selectors.filter((selector) => selector.includes('&')).map(() => ['css.selectors.nesting']),
    ...rules.map((rule) => [`css.at-rules.${/@([\w-]+)/.exec(rule)?.[1]}`]),
    ...rules.flatMap((rule) =>
      [...rule.matchAll(/\(([\w-]+)/g)].map(([, name]) => [`css.at-rules.media.${name}`]),
    ),
    ...rules.filter((rule) => /[<>]/.test(rule)).map(() => ['css.at-rules.media.range_syntax']),
  ];
}

function usedByMarkup(source: string): string[][] {
  return [...source.matchAll(/<([a-z][\w-]*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>/g)].flatMap(
    ([, tag = '', attributes = '']) => [
      [`html.elements.${tag}`],
      ...[...attributes.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].flatMap(([, name, value]) => [
        [`html.elements.${tag}.${name}`, `html.global_attributes.${name}`],
        [`html.elements.${tag}.${name}_${value}`, `html.elements.${tag}.${name}.${value}`],
      ]),
    ],
  );
}

const WIDGET = 'dev/widget/api.js';
const SCRIPTS = [
  'public/client.js',
  WIDGET,
  ...readdirSync(join(ROOT, 'public/page'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `public/page/${name}`),
];
const widgetStyles = /replaceSync\(`([^`]*)`/.exec(read(WIDGET))?.[1] ?? '';

describe('everything that the page uses is widely available', () => {
  test.each(SCRIPTS)('in %s', (path) => {
    expect(usedByScript(read(path)).flatMap(faultsOf)).toEqual([]);
  });

  test.each([
    ['public/page/page.css', read('public/page/page.css')],
    [`the styles of ${WIDGET}`, widgetStyles],
  ])('in %s', (_, styles) => {
    expect(styles).toContain('color');
    expect(usedByStyles(styles).flatMap(faultsOf)).toEqual([]);
  });

  test('in public/index.html', () => {
    expect(usedByMarkup(read('public/index.html')).flatMap(faultsOf)).toEqual([]);
  });
});

test('start.js asks for everything that a browser may lack that reads the modules of the page', () => {
  const listed = /NEEDED = \[([^\]]*)\]/.exec(read('public/page/start.js'))?.[1]?.match(/[\w.]+/g);
  const page = SCRIPTS.filter((path) => path !== WIDGET);
  const younger = page
    .flatMap((path) => usedByScript(read(path)))
    .map((keys) => keys.filter((key) => baselineSince.has(key)))
    .filter((keys) => keys.length > 0)
    .filter((keys) => keys.every((key) => (baselineSince.get(key) ?? '9') > READS_MODULES))
    .map(([key = '']) => key.replace(/^(api|javascript\.builtins)\./, ''))
    .map((key) => (key.endsWith('_static') ? key.slice(0, -7) : key.replace('.', '.prototype.')));
  expect([...new Set(younger)].toSorted()).toEqual(listed?.toSorted());
});

describe('the check of the page finds', () => {
  test.each([
    ['a static method', 'const { promise } = Promise.try(work);'],
    ['a static method of the web', 'const url = URL.parse(address);'],
    ['a method', 'list.moveBefore(first, second);'],
    ['a class', 'const cookies = new CookieChangeEvent("x");'],
    ['a function', 'scheduler.yield();'],
    ['an event', "element.addEventListener('scrollsnapchange', () => {});"],
    ['an event handler', 'dialog.oncommand = () => {};'],
    ['an await of the top level', "import { a } from './a.js';\nfor (;;) {\n  await a();\n}"],
    ['a declaration', 'using file = open();'],
    ['an import attribute', "import texts from './texts.json' with { type: 'json' };"],
  ])('%s that is too young', (_, script) => {
    expect(usedByScript(script).flatMap(faultsOf)).not.toEqual([]);
  });

  test.each([
    ['a property', 'p { corner-shape: squircle; }'],
    ['a value', 'p { display: grid-lanes; }'],
    ['a function', 'p { width: calc-size(auto, size); }'],
    ['a selector', ':heading { margin: 0; }'],
    ['an at-rule', '@function --half(--x) { result: calc(var(--x) / 2); }'],
  ])('%s of styles that is too young', (_, styles) => {
    expect(usedByStyles(styles).flatMap(faultsOf)).not.toEqual([]);
  });

  test.each([
    ['an element', '<fencedframe></fencedframe>'],
    ['an attribute', '<dialog closedby="any"></dialog>'],
  ])('%s that is too young', (_, markup) => {
    expect(usedByMarkup(markup).flatMap(faultsOf)).not.toEqual([]);
  });

  test('nothing in what is old', () => {
    expect(usedByScript('await0(document.body.append(Object.keys(x)));').flatMap(faultsOf)).toEqual(
      [],
    );
    expect(usedByStyles('p:hover { color: rgb(0 0 0); }').flatMap(faultsOf)).toEqual([]);
  });
});
