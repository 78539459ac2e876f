/**
 * What is wrong with a setting.
 *
 * @module
 */

/** A setting that is missing, unsafe or cannot be read. The problem is fixed text, and never holds the value. */
export interface SettingFault {
  setting: string;
  problem: string;
}
