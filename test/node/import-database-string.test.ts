import { describe, expect, it } from 'vitest';
import {
  isConnectionString,
  parseConnectionString,
} from '../../cli/import/database/connection-string.ts';

const sentenceOf = (source: string): string => {
  try {
    parseConnectionString(source);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('what is a connection string', () => {
  it.each([
    'postgresql://reader@db.example.org/shop',
    'postgres://reader@db.example.org/shop',
    'MySQL://reader@db.example.org/shop',
    'mariadb://reader@db.example.org/shop',
    'sqlserver://reader@db.example.org/shop',
    'mssql://reader@db.example.org/shop',
    'sqlite:app.db',
    'sqlite:///var/lib/app.db',
  ])('takes %s for one', (source) => {
    expect(isConnectionString(source)).toBe(true);
    expect(() => parseConnectionString(source)).not.toThrow();
  });

  it.each(['users.csv', './export', 'C:\\export\\users.csv', '-', 'a:b.csv', 'data source.csv'])(
    'takes %s for a file',
    (source) => expect(isConnectionString(source)).toBe(false),
  );

  // Taken for a file, its name would be printed, and the password with it.
  it.each([
    'Server=tcp:db.example.org;Database=shop;User Id=sa;Password=Canario-1234',
    'Data Source=db.example.org;Initial Catalog=shop;Password=Canario-1234',
    'Host=db.example.org;Username=reader;Password=Canario-1234',
    'jdbc:postgresql://db.example.org/shop?password=Canario-1234',
    'oracle://scott:Canario-1234@db.example.org/shop',
  ])('says which forms there are instead of looking for a file %s', (source) => {
    expect(isConnectionString(source)).toBe(true);
    expect(sentenceOf(source)).toMatch(/has none of the forms postgresql:\/\//);
    expect(sentenceOf(source)).not.toContain('Canario');
  });
});

describe('the parts of a connection string', () => {
  it('reads user, password, host, port and database with their escapes', () => {
    expect(
      parseConnectionString('postgresql://le%40ctor:p%2Fa%3Ass@db.example.org:6543/ti%C3%A9nda'),
    ).toMatchObject({
      kind: 'postgresql',
      user: 'le@ctor',
      password: 'p/a:ss',
      host: 'db.example.org',
      port: 6543,
      database: 'tiénda',
    });
  });

  it.each([
    ['postgresql', 5432],
    ['mysql', 3306],
    ['sqlserver', 1433],
  ])('knows the usual port of %s', (scheme, port) => {
    expect(parseConnectionString(`${scheme}://u@h/d`)).toMatchObject({ port });
  });

  it('takes the last @ as the end of a password', () => {
    expect(parseConnectionString('mysql://u:p@ss:word@h/d')).toMatchObject({
      password: 'p@ss:word',
      host: 'h',
    });
  });

  it('takes the password of the environment only where the string has none', () => {
    const passwordOf = (source: string) => parseConnectionString(source, 'environment');
    expect(passwordOf('mysql://u@h/d')).toMatchObject({ password: 'environment' });
    expect(passwordOf('mysql://u:own@h/d')).toMatchObject({ password: 'own' });
  });

  it.each([
    ['postgresql://u@[::1]:5432/d', { host: '::1', port: 5432 }],
    ['postgresql://u@%2Fvar%2Frun%2Fpostgresql/d', { host: '/var/run/postgresql' }],
    ['sqlserver://u@h/d?instance=SQLEXPRESS', { instance: 'SQLEXPRESS' }],
    ['postgresql://u@h/d?channel_binding=require', { channelBinding: true }],
    ['sqlite:app%20b.db', { kind: 'sqlite', file: 'app%20b.db' }],
    ['sqlite:///var/app%20b.db', { kind: 'sqlite', file: '/var/app b.db' }],
    ['sqlite://data/app.db', { kind: 'sqlite', file: 'data/app.db' }],
  ])('reads %s', (source, parts) => {
    expect(parseConnectionString(source)).toMatchObject(parts);
  });

  it.each([
    ['postgresql://u:Canario/1234@h/d', /has an @ or a # behind the host/],
    ['postgresql://u:Canario#1234@h/d', /has an @ or a # behind the host/],
    ['postgresql://u:Canario?1234@h/d', /has an @ or a # behind the host/],
    ['postgresql://u:12/Canario@h/d', /write @ as %40/],
    ['postgresql://u@h/d#Canario', /has an @ or a # behind the host/],
    ['postgresql://u:Canario%1234%@h/d', /a % that begins no escape/],
    ['postgresql://u:Canario', /has no host, or a port that is not a number/],
    ['postgresql://u:Canario@h:port/d', /has no host, or a port that is not a number/],
    ['postgresql://h/d', /has no user/],
    ['postgresql://u:Canario@h', /needs one database name/],
    ['postgresql://u:Canario@h/d/e', /needs one database name/],
    ['postgresql://u@h/d?password=Canario', /a parameter that is not known.*Known are sslmode/],
    ['mysql://u@h/d?sslmode=disable&sslmode=require', /or has one twice/],
    ['mysql://u@h/d?sslmode=Canario', /none of disable, require, verify-full and no-verify/],
    ['mysql://u@h/d?channel_binding=require', /not known/],
    ['sqlite:', /names no file/],
    ['sqlite::memory:', /names no file/],
  ])('refuses %s without a word of the password', (source, sentence) => {
    expect(sentenceOf(source)).toMatch(sentence);
    expect(sentenceOf(source)).not.toContain('Canario');
  });
});

describe('TLS', () => {
  it.each([
    ['postgresql://u@db.example.org/d', 'verified'],
    ['mysql://u@192.0.2.1/d', 'verified'],
    ['mysql://u@localhost.example.org/d', 'verified'],
    ['sqlserver://u@db.example.org/d', 'verified'],
    ['postgresql://u@localhost/d', 'off'],
    ['mysql://u@127.0.0.1/d', 'off'],
    ['mysql://u@[::1]/d', 'off'],
    ['postgresql://u@%2Frun%2Fpostgresql/d', 'off'],
    ['postgresql://u@localhost/d?sslmode=require', 'verified'],
    ['postgresql://u@db.example.org/d?sslmode=disable', 'off'],
    ['postgresql://u@db.example.org/d?sslmode=no-verify', 'unverified'],
    ['mysql://u@db.example.org/d?ssl-mode=REQUIRED', 'verified'],
    ['mysql://u@db.example.org/d?ssl-mode=VERIFY_IDENTITY', 'verified'],
  ])('of %s is %s', (source, tls) => {
    expect(parseConnectionString(source)).toMatchObject({ tls });
  });
});
