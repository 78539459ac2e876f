/** Cloudflare Email Service, as the Worker under test sees it: the binding `EMAIL`. */
import { noteSecret } from './secrets.ts';

export const PUBLIC_URL = 'https://login.example.org';

/** A mail that was sent. */
export interface SentMail {
  from: string | EmailAddress;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** What happens to one mail. */
type MailFault = 'refused' | 'hangs' | Error;

const LINK = /https?:\/\/[^\s"<>]+\/set-password#([\w-]+)/g;

/** Every mail of all tests. */
export const everythingMailed: SentMail[] = [];

/** Takes mails in. Each of the next mails meets one of the faults. */
export class Mailbox {
  mails: SentMail[] = [];
  faults: MailFault[] = [];

  /** The settings of a Worker that sends its mails here. */
  get settings(): Partial<Env> {
    const settings = { EMAIL: this, MAIL_FROM: 'Example <login@example.org>', PUBLIC_URL };
    return settings as unknown as Partial<Env>;
  }

  async send(mail: SentMail): Promise<{ messageId: string }> {
    for (const [, token] of mail.text.matchAll(LINK)) noteSecret(token);
    const fault = this.faults.shift();
    if (fault === 'hangs') return new Promise(() => {});
    if (fault === 'refused')
      throw Object.assign(new Error(mail.to), { code: 'E_SENDER_NOT_VERIFIED' });
    if (fault !== undefined) throw fault;
    this.mails.push(mail);
    everythingMailed.push(mail);
    return { messageId: '<1@example.org>' };
  }

  /** The links in the mails, in order. */
  get links(): string[] {
    return this.mails.flatMap(({ text }) => [...text.matchAll(LINK)].map(([link]) => link));
  }

  /** The tokens of the links. */
  get tokens(): string[] {
    return this.links.map((link) => link.split('#')[1] ?? '');
  }
}

/** The mails that hold a link, and are not the one that has to. */
export function mailsWithStrayLinks(mails: SentMail[]): SentMail[] {
  const isForgotten = ({ subject }: SentMail) =>
    /^(A new password|Una contraseña nueva) /.test(subject);
  return mails.filter((mail) => {
    const { subject, text, html } = mail;
    const links = new Set([...`${text}\n${html}`.matchAll(LINK)].map(([link]) => link));
    return subject.includes('#') || links.size !== (isForgotten(mail) ? 1 : 0);
  });
}
