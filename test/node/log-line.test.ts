/** The Worker's log, as a person at a terminal reads it. */
import { expect, test } from 'vitest';
import { readableLine } from '../../dev/log-line.ts';

test.each<[string, string | null]>([
  [
    '{"event":"login","status":401,"reason":"wrong_password","userName":"jdoe","userId":"1","captchaMs":3,"sqlMs":2,"hashMs":231}',
    'jdoe  401  wrong_password  captcha 3 ms · sql 2 ms · hash 231 ms',
  ],
  [
    '{"event":"login","status":401,"reason":"captcha_invalid","captchaErrors":["a","b"],"captchaMs":3}',
    '(unknown)  401  captcha_invalid (a, b)  captcha 3 ms',
  ],
  [
    '{"event":"login","status":503,"reason":"database_error","sqlState":"42P01","captchaMs":3,"sqlMs":9}',
    '(unknown)  503  database_error (42P01)  captcha 3 ms · sql 9 ms',
  ],
  ['{"event":"login","status":400,"reason":"body_not_json"}', '(unknown)  400  body_not_json'],
  [
    '{"event":"settings_refused","faults":[{"setting":"JWT_SECRET","problem":"is missing"},{"setting":"A","problem":"b"}]}',
    'JWT_SECRET is missing\nA b',
  ],
  [
    '\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1m{"event":"login","status":503,"reason":"turnstile_unreachable","captchaMs":6}\u001b[0m',
    '(unknown)  503  turnstile_unreachable  captcha 6 ms',
  ],
  ['{"event":"token_refused","reason":"claims"}', '(unknown)  401  token_refused (claims)'],
  ['{"event":"name_locked","minutes":5,"userName":"jdoe"}', 'jdoe  locked for 5 min'],
  ['{"event":"name_locked","minutes":5}', '(unknown)  locked for 5 min'],
  [
    '{"event":"rate_limit_off","limit":"address","fault":"binding_missing"}',
    'The limit of logins per address is off: binding_missing',
  ],
  ['', null],
  ['[wrangler:info] POST /api/Auth 401 Unauthorized (12ms)', null],
  ['[wrangler:info] POST /api/auth/ 200 OK (12ms)', null],
  [
    '[wrangler:info] POST /api/Auth 500 Internal Server Error (1ms)',
    'POST /api/Auth 500 Internal Server Error (1ms)',
  ],
  ['[wrangler:info] POST /api/Auth/x 404 Not Found (1ms)', 'POST /api/Auth/x 404 Not Found (1ms)'],
  ['[wrangler:info] GET /api/Users/me 200 OK (3ms)', 'GET /api/Users/me 200 OK (3ms)'],
  ['{"event":', '{"event":'],
  ['✘ [ERROR] Unexpected "}"', '✘ [ERROR] Unexpected "}"'],
])('%s', (line, readable) => {
  expect(readableLine(line)).toBe(readable);
});
