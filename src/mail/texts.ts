/**
 * The texts of the mails. None of them has a password, a picture, or anything else that tells when it is read.
 *
 * @module
 */
import type { Language } from './language.ts';

/** A mail, without its addresses. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** A link that sets a new password, for a user who has forgotten the old one. */
export interface ForgottenMail {
  kind: 'forgotten';
  userName: string;
  link: string;
  /** How long the link is good. */
  hours: number;
}

/** Tells a user what was changed (ASVS 5.0, requirement 6.3.7). */
export interface NoticeMail {
  kind: 'password_set' | 'renamed' | 'address_changed';
  /** The name before the change. */
  userName: string;
  at: Date;
  /** The name after the change. */
  newName?: string;
}

export type MailContent = ForgottenMail | NoticeMail;
export type MailKind = MailContent['kind'];

/** The subject, and then the paragraphs. A paragraph that is nothing but an address becomes a link. */
type Lines = [subject: string, ...paragraphs: string[]];

/** The host stands for the service, because users do not know Portero. */
interface Place {
  host: string;
  publicUrl: string;
}

type Texts = { [Kind in MailKind]: (content: ContentOf<Kind>, place: Place) => Lines };
type ContentOf<Kind extends MailKind> = Kind extends 'forgotten' ? ForgottenMail : NoticeMail;

const english: Texts = {
  forgotten: ({ userName, link, hours }, { host }) => [
    `A new password for ${host}`,
    `Somebody has asked for a new password for the user ${userName} at ${host}.`,
    `If it was you, set it with this link. It is good once, for ${hours === 1 ? 'an hour' : `${hours} hours`}:`,
    link,
    'If it was not you, do nothing. Your password stays as it is.',
  ],
  password_set: ({ userName, at }, { host, publicUrl }) => [
    `Your password for ${host} was set`,
    `The password of the user ${userName} at ${host} was set on ${timeOf(at)}.`,
    'If it was not you, tell your administrator at once, and set a new password:',
    `${publicUrl}/forgotten-password`,
  ],
  renamed: ({ userName, newName, at }, { host }) => [
    `Your user name for ${host} was changed`,
    `The user ${userName} at ${host} was renamed on ${timeOf(at)}. From now on, log in as ${newName}.`,
    'If you did not expect this, tell your administrator.',
  ],
  address_changed: ({ userName, at }, { host }) => [
    `Your e-mail address for ${host} was changed`,
    `The user ${userName} at ${host} got another e-mail address on ${timeOf(at)}. This address gets no more mails about this user.`,
    'If you did not expect this, tell your administrator.',
  ],
};

const spanish: Texts = {
  forgotten: ({ userName, link, hours }, { host }) => [
    `Una contraseña nueva para ${host}`,
    `Alguien ha pedido una contraseña nueva para el usuario ${userName} en ${host}.`,
    `Si has sido tú, créala con este enlace. Vale una sola vez, durante ${hours === 1 ? 'una hora' : `${hours} horas`}:`,
    link,
    'Si no has sido tú, no hagas nada. Tu contraseña no cambia.',
  ],
  password_set: ({ userName, at }, { host, publicUrl }) => [
    `Se ha cambiado tu contraseña de ${host}`,
    `El ${timeOf(at)} se guardó una contraseña nueva para el usuario ${userName} en ${host}.`,
    'Si no has sido tú, avisa enseguida a quien administra el servicio y crea una contraseña nueva:',
    `${publicUrl}/forgotten-password`,
  ],
  renamed: ({ userName, newName, at }, { host }) => [
    `Tu nombre de usuario en ${host} ha cambiado`,
    `El usuario ${userName} en ${host} cambió de nombre el ${timeOf(at)}. Desde ahora, inicia sesión como ${newName}.`,
    'Si no lo esperabas, avisa a quien administra el servicio.',
  ],
  address_changed: ({ userName, at }, { host }) => [
    `Tu dirección de correo en ${host} ha cambiado`,
    `El usuario ${userName} en ${host} cambió de dirección de correo el ${timeOf(at)}. A esta dirección ya no llegan mensajes sobre este usuario.`,
    'Si no lo esperabas, avisa a quien administra el servicio.',
  ],
};

const TEXTS: Record<Language, Texts> = { en: english, es: spanish };

/**
 * Writes a mail, in one language or in several one after the other.
 *
 * @param publicUrl the origin of Portero
 */
export function writeMail(content: MailContent, publicUrl: string, languages: Language[]): Mail {
  const place = { host: new URL(publicUrl).host, publicUrl };
  const versions = languages.map((language) => {
    const write = TEXTS[language][content.kind] as (content: MailContent, place: Place) => Lines;
    const [subject, ...paragraphs] = write(content, place);
    const html = `<div lang="${language}">\n${paragraphs.map(toHtml).join('\n')}\n</div>`;
    return { subject, text: paragraphs.join('\n\n'), html };
  });
  return {
    subject: versions.map(({ subject }) => subject).join(' · '),
    text: `${versions.map(({ text }) => text).join(RULE)}\n`,
    html: `<!doctype html>\n<html><body>\n${versions.map(({ html }) => html).join('\n<hr>\n')}\n</body></html>\n`,
  };
}

/** It stands between two languages. */
const RULE = '\n\n* * *\n\n';

/** `2026-11-26 13:05 UTC`: the same for everybody, and nobody knows the user's time zone. */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A user name may hold any character. */
function toHtml(paragraph: string): string {
  const escaped = paragraph.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const isLink = /^https?:\/\/\S+$/.test(paragraph);
  return isLink ? `<p><a href="${escaped}">${escaped}</a></p>` : `<p>${escaped}</p>`;
}
