/** What the scripts of the login page hand to each other. */
interface Window {
  /** Set by `start.js` on the page of a link: returns the token of the link, once. */
  takeLinkToken?: (() => string) | undefined;
}
