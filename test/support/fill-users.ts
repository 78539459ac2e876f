import type { Client } from 'pg';

const FIRST_NAMES =
  'Ana Bruno Carlos Diego Elena Fernando Gloria Hugo Irene Jorge Lucia Maria Nuria Oscar Pablo Quique Rosa Sara Teresa Zoe';
const LAST_NAMES =
  'Alonso Blanco Castro Delgado Espino Flores Garcia Herrera Iglesias Jimenez Lopez Molina Navarro Ortega Perez Quiroga Ramos Suarez Torres Vega';

/**
 * Fills a database with users whose names and addresses look like those of people. Most addresses end in one domain. Every
 * tenth user has a number for a name. One in a thousand is inactive, and one in two thousand is an auditor.
 */
export async function fillUsers(client: Client, count: number): Promise<void> {
  await client.query(`insert into roles (name) values ('Sales'), ('Auditor'), ('Empty')`);
  await client.query(
    `insert into users (id, user_name, normalized_user_name, email, password_hash, active, role_id)
    select gen_random_uuid(), name, upper(name), lower(person) || '@' || domain, repeat('x', 150),
      i % 1000 <> 1, case when i % 2000 = 7 then 2 else 1 end
    from generate_series(1, $1::integer) as i,
      lateral (select ($2::text[])[1 + i % 20] || '.' || ($3::text[])[1 + i / 20 % 20] || i as person) as a,
      lateral (select case when i % 10 = 0 then 'u-' || i else person end as name) as b,
      lateral (select case when i % 5 = 0 then 'example.org' else 'example.com' end as domain) as c
    order by md5(i::text)`,
    [count, FIRST_NAMES.split(' '), LAST_NAMES.split(' ')],
  );
}
