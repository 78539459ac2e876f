/** Before every test in the Workers runtime. */
import { beforeEach } from 'vitest';
import { forgetAttempts } from './fixtures.ts';

// Many tests use one name and a wrong password: none of them is to meet the lock of another.
beforeEach(forgetAttempts);
