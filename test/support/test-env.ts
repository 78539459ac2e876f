/** The settings of the Worker under test: those of a deployed one, so that nothing local is in play. */
export const TEST_ENV = {
  DATABASE_URL:
    'postgresql://app:db-password-7Q@ep-calm-sea-123456.eu-central-1.aws.neon.tech/portero',
  JWT_SECRET: 'jwt-secret-of-the-worker-under-test-0123456789',
  JWT_ISSUER: 'https://login.example.org',
  JWT_AUDIENCE: 'https://api.example.org',
  TURNSTILE_SECRET_KEY: '0x4AAAAAAA-turnstile-secret-of-the-tests',
  TURNSTILE_SITE_KEY: '0x4AAAAAAA-site-key',
  TURNSTILE_HOSTNAMES: 'app.example.org, www.example.org',
  TURNSTILE_ACTION: '',
};

/** So wide that no test meets them by accident, but for the last. */
export const TEST_RATE_LIMITS = {
  LOGINS_PER_ADDRESS: { namespace_id: '1', simple: { limit: 1_000_000, period: 60 } },
  LOGINS_PER_NAME: { namespace_id: '2', simple: { limit: 1_000_000, period: 60 } },
  LIMIT_OF_THREE: { namespace_id: '3', simple: { limit: 3, period: 60 } },
} as const;
