/**
 * Files as tools write them: one file of users, or a folder with one file a table.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';
import type { Source } from '../source.ts';
import { makeRereadable } from './input-file.ts';
import { type FileOptions, openTable } from './open-table.ts';

export { openFolder } from './open-folder.ts';
export type { FileOptions };

/**
 * Opens one file of users. A JSON document may have the other tables too, each as a member.
 *
 * ```ts
 * const source = await openFile('AspNetUsers.csv', {});
 * ```
 *
 * @param path a path, or `-` for standard input
 * @throws OperatorError where the file is no table of users
 */
export async function openFile(path: string, options: FileOptions): Promise<Source> {
  const file = await makeRereadable(path);
  try {
    const { tables, notices, close } = await openTable(file, 'users', options);
    if (!tables.has('users'))
      throw new OperatorError(`${file.name} has roles or claims, and no users.`);
    return {
      tables,
      notices,
      close: async () => {
        close();
        file.remove();
      },
    };
  } catch (error) {
    file.remove();
    throw error;
  }
}
