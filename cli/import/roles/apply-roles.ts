/**
 * Makes the roles, the modules and the grants of an import.
 *
 * @module
 */
import { inArray, sql } from 'drizzle-orm';
import type { Permission } from '#portero/internal/permission.ts';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { modules, roleGrants, roles } from '../../../src/db/schema.ts';
import { audit } from '../../audit.ts';
import { grant } from '../../grants.ts';
import { readTokenClaims } from '../../token-claims.ts';
import { connectTo } from '../connect-to.ts';
import type { PlannedGrants } from './grant-plan.ts';
import type { PlannedRole } from './planned-role.ts';
import type { PorteroRoles } from './portero-roles.ts';

/**
 * New roles get their permissions in the transaction that makes them. So after a crash no role is there without its
 * permissions, which the next run would leave alone.
 */
export async function applyRoles(
  database: DatabaseAddress,
  planned: Iterable<PlannedRole>,
  grants: PlannedGrants[],
  portero: PorteroRoles,
): Promise<void> {
  const newRoles = [...planned].filter(({ isNew }) => isNew);
  const db = await connectTo(database);
  const newModules = await missingModules(database, grants);
  const moduleRows = JSON.stringify(newModules.map((key) => ({ key, name: key })));
  const roleRows = JSON.stringify(newRoles.map(({ name, isAdmin }) => ({ name, isAdmin })));
  const grantRows = grants
    .filter(({ role }) => role.isNew)
    .flatMap(({ role, permissions }) =>
      permissions.map((permission) => ({ role: role.name, ...split(permission) })),
    );
  await db.batch([
    db.execute(sql`
      insert into ${modules} (key, name)
      select key, name from jsonb_to_recordset(${moduleRows}::jsonb) as row(key text, name text)
      on conflict do nothing`),
    db.execute(sql`
      insert into ${roles} (name, is_admin)
      select name, "isAdmin"
      from jsonb_to_recordset(${roleRows}::jsonb) as row(name text, "isAdmin" boolean)
      on conflict do nothing`),
    db.execute(sql`
      insert into ${roleGrants} (role_id, module_key, action)
      select roles.id, row.module, row.action::permission_action
      from jsonb_to_recordset(${JSON.stringify(grantRows)}::jsonb)
        as row(role text, module text, action text)
        join ${roles} on roles.name = row.role
      on conflict do nothing`),
  ]);
  for (const module of newModules) audit({ event: 'module_added', module });
  for (const { name, isAdmin } of newRoles) {
    audit({ event: 'role_added', role: name, admin: isAdmin });
  }
  const claims = readTokenClaims();
  for (const { role, permissions } of grants) {
    const known = portero.named(role.name);
    if (known !== undefined) await grant(await connectTo(database), known, permissions, claims);
    audit({ event: 'permissions_granted', role: role.name, permissions });
  }
}

async function missingModules(
  database: DatabaseAddress,
  grants: PlannedGrants[],
): Promise<string[]> {
  const keys = new Set(
    grants.flatMap(({ permissions }) => permissions.map((one) => split(one).module)),
  );
  if (keys.size === 0) return [];
  const known = await (await connectTo(database))
    .select()
    .from(modules)
    .where(inArray(modules.key, [...keys]));
  return [...keys].filter((key) => !known.some((module) => module.key === key)).sort();
}

function split(permission: Permission): { module: string; action: string } {
  const [module = '', action = ''] = permission.split('.');
  return { module, action };
}
