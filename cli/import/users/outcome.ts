/**
 * What becomes of a row.
 *
 * @module
 */
import type { Comparison, ImportRecord, PresentUser } from './compare-user.ts';

export const OUTCOMES = ['created', 'updated', 'unchanged', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What an update has to know beside the row itself, in `users.details`. */
export interface UpdateDetails extends Comparison {
  /** The user as Portero has it. An update changes only what is still so. */
  present: PresentUser;
  /** The record that has to be written. `null` where it is written already. */
  record: ImportRecord | null;
  /** The user is the last active administrator, and stays active with that role. */
  isLastAdministrator?: boolean;
  /** Another user has the new name, so the user keeps the old one. */
  isNameTaken?: boolean;
  /** The user was changed in Portero while the import was running. Nothing of the row was brought. */
  isRaced?: boolean;
  /** The id of another user, who has to give up the name first. */
  nameOf?: string;
}
