/**
 * The fifty thousand passwords that turn up most often in breaches.
 *
 * @module
 */
import { dictionary } from '@zxcvbn-ts/language-common';

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(dictionary['passwords-common']);
