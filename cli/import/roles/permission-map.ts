/**
 * Which permission a claim of the old system stands for.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { isPermission, type Permission } from '#portero/internal/permission.ts';
import { OperatorError } from '../../operator-error.ts';

/** The permissions of each spelling. A spelling without permissions is left out on purpose. */
export type PermissionMap = ReadonlyMap<string, readonly Permission[]>;

const permission = v.custom<Permission>(isPermission);

const PermissionFile = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value)), // which JavaScript takes for a record too
  v.record(
    v.string(),
    v.union([
      v.pipe(
        permission,
        v.transform((one) => [one]),
      ),
      v.array(permission),
      v.pipe(
        v.null(),
        v.transform((): Permission[] => []),
      ),
    ]),
  ),
  v.transform((entries) => new Map(Object.entries(entries))),
);

/**
 * Reads a file such as `{"factura.editar": "invoices.update", "factura.todo": ["invoices.read", "invoices.list"], "old": null}`.
 *
 * @throws OperatorError where it is no such file
 */
export function readPermissionMap(file: string | undefined): PermissionMap {
  if (file === undefined) return new Map();
  const parsed = v.safeParse(PermissionFile, parseJson(file));
  if (parsed.success) return parsed.output;
  const key = parsed.issues[0].path?.[0]?.key;
  throw new OperatorError(
    key === undefined
      ? `${file} is not one JSON object.`
      : `${file} gives ${JSON.stringify(key)} something else than a permission such as invoices.read, a list of them, or null.`,
  );
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new OperatorError(
      isMissing ? `There is no file ${file}.` : `${file} cannot be read, or is not JSON.`,
    );
  }
}

/**
 * ```ts
 * permissionsOf('invoices.read', new Map()); // ['invoices.read']
 * ```
 *
 * @returns `undefined` for a value that is no permission and is not in the map
 */
export function permissionsOf(
  value: string,
  map: PermissionMap,
): readonly Permission[] | undefined {
  return map.get(value) ?? (isPermission(value) ? [value] : undefined);
}
