import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../cli/import/database/open-database.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { OLD_SERVERS, type OldServer } from '../support/old-system-server.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Makes a certificate that signs itself. */
function makeCertificate(folder: string, host: string) {
  const [certificate, key] = [`${folder}/${host}.crt`, `${folder}/${host}.key`];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-days', '2'],
      ...['-keyout', key, '-out', certificate],
    ],
    { stdio: 'ignore' },
  );
  return { certificate, key };
}

describe.each(OLD_SERVERS)('$name with TLS', ({ start }) => {
  describe.skipIf(start === undefined || !hasOpenssl).each(['localhost', 'otra.example'])(
    'and a certificate for %s that nobody knows',
    (host) => {
      let server: OldServer;
      let certificate: string;
      const folder = makeTemporaryFolder();
      beforeAll(async () => {
        if (start === undefined) return;
        const files = makeCertificate(folder, host);
        certificate = files.certificate;
        server = await start(files);

        await server.execute(
          'create table AspNetUsers (Id text, UserName text, PasswordHash text)',
        );
      });
      afterAll(async () => {
        await server?.stop();
        rmSync(folder, { recursive: true });
      });

      /** @returns the sentence, or `opened` */
      const open = (parameters: string) =>
        openDatabase(`${server.addressOf()}?${parameters}`, {}).then(
          async (source) => {
            await source.close();
            return 'opened';
          },
          (error: Error) => error.message,
        );

      it('is not trusted', async () => {
        expect(await open('sslmode=require')).toMatch(
          /^The certificate of localhost:\d+ is not signed by anyone whom this machine trusts.*sslmode=no-verify/,
        );
      });

      it('is trusted by who has the certificate, where the name is right', async () => {
        expect(await open(`sslmode=verify-full&sslrootcert=${certificate}`)).toMatch(
          host === 'localhost'
            ? /^opened$/
            : /^The certificate of localhost:\d+ is for another host/,
        );
      });

      it('is read all the same where that is asked for', async () => {
        expect(await open('sslmode=no-verify')).toBe('opened');
      });

      it('tells a file that is not there', async () => {
        expect(await open('sslmode=require&sslrootcert=/none.pem')).toMatch(
          /names \/none\.pem, which cannot be read\.$/,
        );
      });
    },
  );
});
