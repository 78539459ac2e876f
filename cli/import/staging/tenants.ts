/**
 * The tenants of a source whose users have a `TenantId`, as those of ABP have.
 *
 * @module
 */
import { trimName } from '../../../src/user-name.ts';
import { count } from '../../count.ts';
import type { ImportOptions } from '../options.ts';
import { column } from '../row/cell.ts';
import { readName } from '../row/names.ts';
import { lowerCaseGuid, readId } from '../row/user-id.ts';
import type { SourceColumns } from '../source.ts';
import type { Stop } from '../stop.ts';
import type { Staging } from './staging.ts';

/** `--tenant ''` names the users without a tenant, such as those of ABP's host. */
export function isOfTenant(tenant: string | null, wanted: string): boolean {
  return (tenant ?? '').toLowerCase() === trimName(wanted).toLowerCase();
}

/** Also a row that would be rejected belongs to its tenant. */
export function isOfOtherTenant(columns: SourceColumns, { tenant }: ImportOptions): boolean {
  if (tenant === undefined) return false;
  const own = readName(columns, TENANT_ID);
  return own.ok && !isOfTenant(own.value, tenant);
}

const TENANT_ID = column('TenantId');

/** What such a user has in the other tables does not count either. */
export function stageOfOtherTenant(staging: Staging, columns: SourceColumns): void {
  const id = readId(columns);
  if (!id.ok) return;
  staging.run('insert or ignore into users_of_other_tenants values (?)', lowerCaseGuid(id.value));
}

/**
 * One name may stand in several tenants, and Portero has no tenants. So an import brings one of them.
 *
 * @param otherTenants how many users of other tenants were left out
 */
export function findTenants(
  staging: Staging,
  otherTenants: number,
  { tenant }: ImportOptions,
): Stop[] {
  if (tenant !== undefined) {
    const isMissing = otherTenants > 0 && staging.count('from users') === 0;
    return isMissing ? [{ sentence: `No user has the TenantId ${tenant}.` }] : [];
  }
  const tenants = staging.all<{ tenant: string; users: number }>(
    "select coalesce(tenant, '') as tenant, count(*) as users from users where problem is null or tenant is not null group by 1 order by 1",
  );
  if (tenants.length < 2) return [];
  return [
    {
      sentence: `TenantId has ${tenants.length} values, and Portero has no tenants. --tenant ID imports the users of one of them.`,
      lines: tenants.map(
        ({ tenant: id, users }) =>
          `${count(users, 'user')} of ${id === '' ? "no tenant: --tenant ''" : `--tenant ${id}`}`,
      ),
    },
  ];
}
