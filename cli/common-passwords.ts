/**
 * The commonest passwords, most of fifty thousand from breaches.
 *
 * @module
 */
import { dictionary } from '@zxcvbn-ts/language-common';

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(dictionary['passwords-common']);
