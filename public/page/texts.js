/**
 * The texts of the page. Of the browser's languages, the page uses the first that it knows.
 *
 * @module
 */

const english = {
  login: 'Log in',
  welcome: 'Use the user name and the password of your account.',
  loginAgain: 'Log in again',
  endsSoon: 'Your session ends in a moment. Log in to keep it going.',
  hasEnded: 'Your session has ended. After a login, what you were doing goes on.',
  notAccepted: 'Your session is not accepted any more. After a login, what you were doing goes on.',
  userName: 'User name',
  password: 'Password',
  show: 'Show',
  hide: 'Hide',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  retry: 'Try again',
  cancel: 'Cancel',
  busy: 'Logging in…',
  stillChecking: 'Still waiting for the check that you are human…',
  stillWorking: 'Still logging in. The first login after a quiet time takes a few seconds more.',
  broken: 'Something on this page has failed. Load it again.',
  reload: 'Load again',

  refused:
    'The login was refused. Check the user name and the password. After several failures, a name is locked for a few minutes.',
  later: 'You cannot log in at the moment. Try again soon.',
  laterIn: 'You cannot log in at the moment. Try again in {seconds} s.',
  failed: 'The login has failed, for a reason that the service does not know either.',
  unreachable: 'The login service does not answer. Check your connection, and try again.',

  forgotten: 'Forgotten your password?',
  forgottenTitle: 'Forgotten password',
  forgottenIntro: 'You get a mail with a link that sets a new password.',
  nameOrAddress: 'User name or e-mail address',
  sendLink: 'Send me a link',
  sendingLink: 'Sending…',
  stillSending: 'Still working. The first request after a quiet time takes a few seconds more.',
  linkSent: 'Check your mailbox',
  linkSentNow:
    'If there is such a user with a confirmed address, a mail with a link is on its way. If it does not come within a few minutes, look among the unwanted mails, or ask your administrator.',
  noMail: 'This service sends no mails. Ask your administrator for a link.',
  toLogin: 'To the login',
  newLink: 'Get a new link',
  setPasswordTitle: 'Set your password',
  setPasswordIntro: 'Nobody but you will know it. A few words in a row are easy to remember.',
  newPassword: 'New password',
  setPassword: 'Set the password',
  settingPassword: 'Setting…',
  stillSetting: 'Still working. This takes a few seconds where many log in at once.',
  passwordSet: 'Your password is set',
  passwordSetNow: 'You can log in with it now.',
  linkRefusedTitle: 'This link does not work',
  linkRefused:
    'It was used, has expired, or is incomplete. If you have just set a password, try to log in with it.',
  linkRefusedAsk:
    'It was used, has expired, or is incomplete. If you have just set a password, try to log in with it. Otherwise ask your administrator for a new link.',
  changePassword: 'Change the password',
  changingPassword: 'Changing…',
  currentPassword: 'Current password',
  passwordChanged: 'The password is changed. It counts from the next login on.',
  currentRefused: 'The current password is not right.',
  captchaRefused: 'The check that you are human was not accepted. Try again.',
  doLater: 'This is not possible at the moment. Try again soon.',
  doLaterIn: 'This is not possible at the moment. Try again in {seconds} s.',
  doFailed: 'This has failed, for a reason that the service does not tell.',
  passwordRefused: 'The service does not accept this password. Try another one.',
  passwordAdvice: 'At least {minLength} characters.',
  password_good: 'The password is good.',
  password_is_current: 'The password is the current password.',
  password_too_short: 'The password has fewer than {minLength} characters.',
  password_blank: 'The password is nothing but white space.',
  password_too_long: 'The password has more than {maxLength} characters.',
  password_holds_nul: 'The password holds the character U+0000.',
  password_malformed: 'The password is not valid Unicode.',
  password_common: 'The password is among the commonest, which are guessed first.',
  password_repetitive: 'The password only repeats a few characters.',
  password_is_own_name: "The password is the user's own name or e-mail address.",

  captchaInteractive: 'Please confirm in the box above that you are human.',
  captchaUnreachable:
    'The check that you are human does not load. Something may block challenges.cloudflare.com: the connection, or an extension of the browser.',
  captchaFailed:
    'The check that you are human has failed. Try again. If it fails again, try another browser or another connection.',
  captchaSilent:
    'The check that you are human does not answer. An extension of the browser may block it. Switch the extension off for this page, and try again.',
  captchaUnanswered:
    'You have not confirmed in time that you are human. Try again, and use the box above.',
  captchaForbidden:
    'A security policy keeps the check that you are human from loading. Please tell those who run this page that its Content-Security-Policy must allow https://challenges.cloudflare.com.',
  captchaReload:
    'The check that you are human could not begin. Load this page again. If that does not help, empty the cache of the browser.',
  captchaDisguised:
    'Something changes what this browser says about itself, perhaps an extension. Switch it off, and try again.',
  captchaSlow: 'The check that you are human has taken too long. Try again.',
  captchaClock: 'The clock of this device seems to be wrong. Set it, and try again.',
  captchaUnsupported:
    'The check that you are human does not support this browser. Update it, or use another one.',
  captchaMisconfigured:
    'The check that you are human is not set up for this page. Please tell those who run it.',
  captchaHostname:
    'The check that you are human is not set up for the address {hostname}. Please tell those who run this page to add it to the hostnames of the Turnstile widget.',

  loggedInAs: 'You are logged in as',
  logout: 'Log out',
  timeLeft: '{minutes} min {seconds} s left',
  expired: 'The session has ended',
  grants: 'What you may do',
  isAdmin: 'As an administrator you may do everything, in every module.',
  noGrants: 'Your role has no permissions.',
  module: 'Module',
  create: 'create',
  update: 'update',
  delete: 'delete',
  list: 'list',
  read: 'read',
  yes: 'yes',
  no: 'no',
  users: 'Users',
  more: 'More users',
  active: 'active',
  inactive: 'inactive',
  lastLogin: 'last login {time}',
  neverLoggedIn: 'never logged in',
  noUsers: 'The users cannot be read at the moment.',
  retryTitle: 'What happens to a token that is not accepted',
  retryIntro:
    'The button spoils your token and sends three requests at once. All are refused, one login is asked for, and each is sent once more.',
  spoil: 'Spoil the token and send',
  allDone: 'All three requests were answered.',
  notDone: 'The requests were not answered.',
  cancelled: 'The login was cancelled: nothing was sent again.',
  userChanged: 'Somebody else has logged in: nothing was sent again.',
  noAnswer: 'no answer',
  token: 'The token',
  tokenIntro: 'Signed, and readable by whoever has it. This page keeps it in memory alone.',
};

/** @typedef {keyof typeof english} TextKey */

/** @type {Record<TextKey, string>} */
const spanish = {
  login: 'Iniciar sesión',
  welcome: 'Usa el usuario y la contraseña de tu cuenta.',
  loginAgain: 'Inicia sesión de nuevo',
  endsSoon: 'Tu sesión está a punto de terminar. Inicia sesión para seguir.',
  hasEnded: 'Tu sesión ha terminado. Al iniciar sesión continúa lo que estabas haciendo.',
  notAccepted: 'Tu sesión ya no se acepta. Al iniciar sesión continúa lo que estabas haciendo.',
  userName: 'Usuario',
  password: 'Contraseña',
  show: 'Mostrar',
  hide: 'Ocultar',
  showPassword: 'Mostrar la contraseña',
  hidePassword: 'Ocultar la contraseña',
  retry: 'Reintentar',
  cancel: 'Cancelar',
  busy: 'Iniciando sesión…',
  stillChecking: 'Se sigue esperando la comprobación de que eres una persona…',
  stillWorking:
    'Se sigue iniciando sesión. Tras un rato sin uso, el primer inicio tarda unos segundos más.',
  broken: 'Algo ha fallado en esta página. Cárgala de nuevo.',
  reload: 'Cargar de nuevo',

  refused:
    'No se ha podido iniciar sesión. Comprueba el usuario y la contraseña. Tras varios fallos, el usuario queda bloqueado unos minutos.',
  later: 'Ahora mismo no se puede iniciar sesión. Inténtalo dentro de poco.',
  laterIn: 'Ahora mismo no se puede iniciar sesión. Inténtalo dentro de {seconds} s.',
  failed: 'No se ha podido iniciar sesión, por un motivo que tampoco el servicio conoce.',
  unreachable: 'El servicio no responde. Comprueba la conexión e inténtalo de nuevo.',

  forgotten: '¿Has olvidado tu contraseña?',
  forgottenTitle: 'Contraseña olvidada',
  forgottenIntro: 'Recibirás un correo con un enlace para crear una contraseña nueva.',
  nameOrAddress: 'Usuario o dirección de correo',
  sendLink: 'Enviarme un enlace',
  sendingLink: 'Enviando…',
  stillSending:
    'Se sigue trabajando. Tras un rato sin uso, la primera petición tarda unos segundos más.',
  linkSent: 'Revisa tu correo',
  linkSentNow:
    'Si existe ese usuario y su dirección está confirmada, un correo con un enlace está en camino. Si no llega en unos minutos, búscalo en el correo no deseado o pregunta a quien administra el servicio.',
  noMail: 'Este servicio no envía correos. Pide un enlace a quien lo administra.',
  toLogin: 'Ir al inicio de sesión',
  newLink: 'Pedir otro enlace',
  setPasswordTitle: 'Crea tu contraseña',
  setPasswordIntro: 'Solo tú la sabrás. Unas cuantas palabras seguidas son fáciles de recordar.',
  newPassword: 'Contraseña nueva',
  setPassword: 'Guardar la contraseña',
  settingPassword: 'Guardando…',
  stillSetting:
    'Se sigue trabajando. Tarda unos segundos cuando muchas personas inician sesión a la vez.',
  passwordSet: 'Contraseña guardada',
  passwordSetNow: 'Ya puedes iniciar sesión con ella.',
  linkRefusedTitle: 'Este enlace no es válido',
  linkRefused:
    'Ya se ha usado, ha caducado o está incompleto. Si acabas de guardar una contraseña, intenta iniciar sesión con ella.',
  linkRefusedAsk:
    'Ya se ha usado, ha caducado o está incompleto. Si acabas de guardar una contraseña, intenta iniciar sesión con ella. Si no, pide otro enlace a quien administra el servicio.',
  changePassword: 'Cambiar la contraseña',
  changingPassword: 'Cambiando…',
  currentPassword: 'Contraseña actual',
  passwordChanged: 'La contraseña ha cambiado. Vale desde el próximo inicio de sesión.',
  currentRefused: 'La contraseña actual no es correcta.',
  captchaRefused: 'La comprobación de que eres una persona no se ha aceptado. Inténtalo de nuevo.',
  doLater: 'Ahora mismo no es posible. Inténtalo dentro de poco.',
  doLaterIn: 'Ahora mismo no es posible. Inténtalo dentro de {seconds} s.',
  doFailed: 'No se ha podido hacer, por un motivo que el servicio no dice.',
  passwordRefused: 'El servicio no acepta esta contraseña. Prueba con otra.',
  passwordAdvice: 'Al menos {minLength} caracteres.',
  password_good: 'La contraseña es buena.',
  password_is_current: 'La contraseña es la actual.',
  password_too_short: 'La contraseña tiene menos de {minLength} caracteres.',
  password_blank: 'La contraseña solo tiene espacios en blanco.',
  password_too_long: 'La contraseña tiene más de {maxLength} caracteres.',
  password_holds_nul: 'La contraseña contiene el carácter U+0000.',
  password_malformed: 'La contraseña no es Unicode válido.',
  password_common: 'La contraseña está entre las más comunes, las primeras que se prueban.',
  password_repetitive: 'La contraseña solo repite unos pocos caracteres.',
  password_is_own_name: 'La contraseña es tu propio nombre de usuario o tu dirección de correo.',

  captchaInteractive: 'Confirma en el recuadro de arriba que eres una persona.',
  captchaUnreachable:
    'La comprobación de que eres una persona no se carga. Puede que algo bloquee challenges.cloudflare.com: la conexión o una extensión del navegador.',
  captchaFailed:
    'La comprobación de que eres una persona ha fallado. Inténtalo de nuevo. Si se repite, prueba con otro navegador u otra conexión.',
  captchaSilent:
    'La comprobación de que eres una persona no responde. Puede que la bloquee una extensión del navegador. Desactívala en esta página e inténtalo de nuevo.',
  captchaUnanswered:
    'No has confirmado a tiempo que eres una persona. Inténtalo de nuevo y usa el recuadro de arriba.',
  captchaForbidden:
    'Una política de seguridad impide que se cargue la comprobación de que eres una persona. Avisa a quienes mantienen esta página: su Content-Security-Policy debe permitir https://challenges.cloudflare.com.',
  captchaReload:
    'La comprobación de que eres una persona no ha podido empezar. Carga de nuevo esta página. Si no sirve, vacía la caché del navegador.',
  captchaDisguised:
    'Algo cambia lo que este navegador dice de sí mismo, quizá una extensión. Desactívala e inténtalo de nuevo.',
  captchaSlow: 'La comprobación de que eres una persona ha tardado demasiado. Inténtalo de nuevo.',
  captchaClock: 'El reloj de este dispositivo parece estar mal. Ajústalo e inténtalo de nuevo.',
  captchaUnsupported:
    'La comprobación de que eres una persona no admite este navegador. Actualízalo o usa otro.',
  captchaMisconfigured:
    'La comprobación de que eres una persona no está configurada para esta página. Avisa a quienes la mantienen.',
  captchaHostname:
    'La comprobación de que eres una persona no está configurada para la dirección {hostname}. Avisa a quienes mantienen esta página: deben añadirla a los nombres de host del widget de Turnstile.',

  loggedInAs: 'Has iniciado sesión como',
  logout: 'Cerrar sesión',
  timeLeft: 'Quedan {minutes} min {seconds} s',
  expired: 'La sesión ha terminado',
  grants: 'Lo que puedes hacer',
  isAdmin: 'Con tu rol de administración puedes hacerlo todo, en todos los módulos.',
  noGrants: 'Tu rol no tiene permisos.',
  module: 'Módulo',
  create: 'crear',
  update: 'modificar',
  delete: 'borrar',
  list: 'listar',
  read: 'leer',
  yes: 'sí',
  no: 'no',
  users: 'Usuarios',
  more: 'Más usuarios',
  active: 'activo',
  inactive: 'inactivo',
  lastLogin: 'última sesión {time}',
  neverLoggedIn: 'nunca ha iniciado sesión',
  noUsers: 'Ahora mismo no se puede leer la lista de usuarios.',
  retryTitle: 'Qué pasa con un token que no se acepta',
  retryIntro:
    'El botón estropea tu token y envía tres peticiones a la vez. Todas se rechazan, se pide iniciar sesión una sola vez y cada una se envía de nuevo.',
  spoil: 'Estropear el token y enviar',
  allDone: 'Las tres peticiones han tenido respuesta.',
  notDone: 'Las peticiones no han tenido respuesta.',
  cancelled: 'Se ha cancelado el inicio de sesión: no se ha enviado nada más.',
  userChanged: 'Ha iniciado sesión otra persona: no se ha enviado nada más.',
  noAnswer: 'sin respuesta',
  token: 'El token',
  tokenIntro:
    'Está firmado, y lo puede leer quien lo tenga. Esta página solo lo guarda en memoria.',
};

/** @type {Record<string, Record<TextKey, string>>} */
const TEXTS = { en: english, es: spanish };

const tag = navigator.languages.find((tag) => tag.slice(0, 2) in TEXTS) ?? 'en';

/** The language of the page: `en` or `es`. */
export const language = tag.slice(0, 2);

/** The locale for writing times. It is a BCP 47 tag, such as `es-MX`. */
export const locale = isWellFormed(tag) ? tag : language;

/** Some systems pass on a locale in a format of their own, such as `en-US@posix`. @param {string} tag */
function isWellFormed(tag) {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/**
 * @param {TextKey} key
 * @param {Record<string, string | number>} values they replace the names in braces
 */
export function text(key, values = {}) {
  const sentence = TEXTS[language]?.[key] ?? english[key];
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}
