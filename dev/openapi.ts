/**
 * The OpenAPI 3.1 document of the service. It is made from the schemas that validate the requests and the answers.
 * https://spec.openapis.org/oas/v3.1.1
 *
 * @module
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import manifest from '../package.json' with { type: 'json' };
import { PasswordChange } from '../src/account/change-password.ts';
import { PasswordForgotten } from '../src/account/forgotten-password.ts';
import { Me } from '../src/account/me.ts';
import { PasswordByLink } from '../src/account/set-password.ts';
import { User, UserPage, UserQuery } from '../src/administration/users.ts';
import { LoginAnswer } from '../src/login/login.ts';
import { LoginRequest } from '../src/login/login-request.ts';
import { PublicConfig } from '../src/public-config.ts';
import { KeySet, OpenIdConfiguration } from '../src/public-keys.ts';

type Schema = v.GenericSchema;
type Json = Record<string, unknown>;

/** Describes the JSON that goes over the wire. There, a date is a text. */
function jsonSchema(schema: Schema, typeMode: 'input' | 'output'): Json {
  const { $schema: _, ...json } = toJsonSchema(schema, {
    typeMode,
    errorMode: 'ignore',
    overrideSchema: ({ valibotSchema }) =>
      valibotSchema.type === 'date' ? { type: 'string', format: 'date-time' } : undefined,
  });
  return json;
}

const MEMBER_ERROR = {
  type: 'object',
  properties: { member: { type: 'string' }, detail: { type: 'string' } },
  required: ['member', 'detail'],
};

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457',
  properties: {
    type: { const: 'about:blank' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: { type: 'array', items: MEMBER_ERROR },
  },
  required: ['type', 'title', 'status'],
};

const RETRY_AFTER = { 'Retry-After': { schema: { type: 'integer' }, description: 'seconds' } };
const CHALLENGE = { 'WWW-Authenticate': { schema: { type: 'string' } } };

/** @param description a sentence for people */
function answer(description: string, schema?: Schema): Json {
  if (schema === undefined) return { description };
  return { description, content: { 'application/json': { schema: jsonSchema(schema, 'output') } } };
}

function problem(description: string, headers?: Json): Json {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, headers, content: { 'application/problem+json': { schema } } };
}

const UNAUTHORIZED = {
  description: 'No token, or one that is not valid. The body is empty.',
  headers: CHALLENGE,
};
const FORBIDDEN = problem('The token does not permit it.', CHALLENGE);
const UNAVAILABLE = problem('The database fails, or a setting.', RETRY_AFTER);
const NOT_CONFIGURED = problem('A setting is missing or unsafe.');
const BODY_FAULTS = {
  413: problem('The body has more than 16 KiB.'),
  415: problem('The content type is not JSON, or the charset is neither UTF-8 nor UTF-16.'),
};
const CAPTCHA_REFUSED = {
  description: 'The captcha did not pass. The body is empty.',
  headers: CHALLENGE,
};
const LOGIN_UNAVAILABLE = problem(
  'Turnstile, the database or a setting fails, or there is too much to hash.',
  RETRY_AFTER,
);
const BEARER = [{ bearer: [] }];

function body(schema: Schema, names: (name: string) => string): Json {
  const { properties, required } = jsonSchema(schema, 'input') as {
    properties: Json;
    required: string[];
  };
  const renamed = Object.entries(properties).map(([name, type]) => [names(name), type]);
  const json = {
    type: 'object',
    properties: Object.fromEntries(renamed),
    required: required.map(names),
  };
  return { required: true, content: { 'application/json': { schema: json } } };
}

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

function query(schema: { entries: Record<string, Schema> }): Json[] {
  return Object.entries(schema.entries).map(([name, entry]) => {
    const json = jsonSchema(entry, 'output');
    // The schema's default is a text, because the members of a query are texts. The document needs the number.
    if (json.type === 'integer') json.default = Number(json.default);
    return { name, in: 'query', description: QUERY_DESCRIPTIONS[name], schema: json };
  });
}

const QUERY_DESCRIPTIONS: Record<string, string> = {
  search:
    'A part of the name or of the e-mail address. One or two characters match only the beginning.',
};

const PATHS = {
  '/api/Auth': {
    post: {
      operationId: 'login',
      summary: 'A token for a user name, a password and a captcha.',
      description:
        'Member names match without regard to case; CaptchaToken may be called turnstileToken.',
      security: [],
      requestBody: body(LoginRequest, capitalized),
      responses: {
        200: answer('The token, valid for 30 minutes.', LoginAnswer),
        400: problem('The body is no JSON object, or a member is not a string.'),
        401: {
          description:
            'Anything wrong with the captcha or the credentials, or a lock. The body is empty.',
          headers: CHALLENGE,
        },
        ...BODY_FAULTS,
        429: problem('Too many attempts.', RETRY_AFTER),
        503: LOGIN_UNAVAILABLE,
      },
    },
  },
  '/api/Password': {
    post: {
      operationId: 'setPassword',
      summary: 'A password for the user of a one-time link.',
      description: 'The token is what stands behind # in the link. Setting a password is no login.',
      security: [],
      requestBody: body(PasswordByLink, (name) => name),
      responses: {
        204: answer('The password is set, and the link is spent.'),
        400: problem(
          'The link is not good: errors names token. Or the new password is refused, and the link stays good: errors names newPassword.',
        ),
        401: CAPTCHA_REFUSED,
        ...BODY_FAULTS,
        429: problem('Too many attempts.', RETRY_AFTER),
        503: LOGIN_UNAVAILABLE,
      },
    },
  },
  '/api/Password/Forgotten': {
    post: {
      operationId: 'forgetPassword',
      summary: 'A one-time link by mail.',
      description:
        'userName may be an e-mail address. The answer and its time are the same for every name, and tell nothing about a user.',
      security: [],
      requestBody: body(PasswordForgotten, (name) => name),
      responses: {
        202: answer('If there is such a user with a confirmed address, a mail is on its way.'),
        400: problem('The body is no JSON object, or userName is missing.'),
        401: CAPTCHA_REFUSED,
        404: problem('Mail is not set up.'),
        ...BODY_FAULTS,
        429: problem('Too many requests.', RETRY_AFTER),
        503: problem('Turnstile, the database or a setting fails.', RETRY_AFTER),
      },
    },
  },
  '/api/Config': {
    get: {
      operationId: 'readConfig',
      summary: 'What a web app needs to render the captcha, and what it can offer.',
      security: [],
      responses: { 200: answer('The widget.', PublicConfig), 503: NOT_CONFIGURED },
    },
  },
  '/.well-known/jwks.json': {
    get: {
      operationId: 'readKeySet',
      summary: 'The public keys that verify tokens now (RFC 7517).',
      security: [],
      responses: {
        200: answer('The keys: none where a secret signs.', KeySet),
        503: NOT_CONFIGURED,
      },
    },
  },
  '/.well-known/openid-configuration': {
    get: {
      operationId: 'readOpenIdConfiguration',
      summary: 'Where the public keys are, for libraries that know the address of the issuer.',
      security: [],
      responses: {
        200: answer('Portero is no OpenID provider: it has no more to tell.', OpenIdConfiguration),
        404: problem('JWT_ISSUER is no https origin.'),
        503: NOT_CONFIGURED,
      },
    },
  },
  '/api/Users/me': {
    get: {
      operationId: 'readMe',
      summary: 'Who the caller is and what it may do.',
      security: BEARER,
      responses: {
        200: answer('From the token alone.', Me),
        401: UNAUTHORIZED,
        503: NOT_CONFIGURED,
      },
    },
  },
  '/api/Users/me/password': {
    post: {
      operationId: 'changePassword',
      summary: "The caller's own new password.",
      security: BEARER,
      requestBody: body(PasswordChange, (name) => name),
      responses: {
        204: answer('The password is changed. Tokens that are out stay valid.'),
        400: problem('The current password is wrong, or the new one is refused: see errors.'),
        401: UNAUTHORIZED,
        403: problem('The user is inactive by now, or has another name.'),
        ...BODY_FAULTS,
        429: problem('Too many attempts.', RETRY_AFTER),
        503: UNAVAILABLE,
      },
    },
  },
  '/api/Users': {
    get: {
      operationId: 'listUsers',
      summary: 'The users, by name. Permission: users.list',
      security: BEARER,
      parameters: query(UserQuery),
      responses: {
        200: answer('A page.', UserPage),
        400: problem('The query has mistakes: see errors.'),
        401: UNAUTHORIZED,
        403: FORBIDDEN,
        503: UNAVAILABLE,
      },
    },
  },
  '/api/Users/{id}': {
    get: {
      operationId: 'readUser',
      summary: 'One user. Permission: users.read',
      security: BEARER,
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: answer('The user.', User),
        401: UNAUTHORIZED,
        403: FORBIDDEN,
        404: problem('There is no such user.'),
        503: UNAVAILABLE,
      },
    },
  },
};

export const openApi = {
  openapi: '3.1.1',
  info: {
    title: 'Portero',
    version: manifest.version,
    description: 'Paths under /api match without regard to case or a trailing slash.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  paths: PATHS,
  components: {
    schemas: { Problem: PROBLEM },
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
  },
};
