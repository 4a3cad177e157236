import type { ModelError } from '../../agent/model.ts';
import type { Translate } from '../translate.ts';

/** What can be done about it; each is a button. */
export type FaultMend = 'setKey' | 'signIn' | 'retry' | 'proxySettings' | 'baseUrlSetting';

export interface AccountFault {
	/** One sentence, for the user. */
	readonly text: string;
	/** The best one first. */
	readonly mends: readonly FaultMend[];
}

/** The codes of Node's and Chromium's certificate checks. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|certificate/i;
const PROXY = /proxy|\b407\b|TUNNEL/i;
const NAME = /ENOTFOUND|EAI_AGAIN|NAME_NOT_RESOLVED/;
const REFUSED = /ECONNREFUSED|CONNECTION_REFUSED/;

/** Says why the service could not be asked about a key. */
export function accountFault(error: ModelError, t: Translate): AccountFault {
	switch (error.kind) {
		case 'auth':
			return { text: refusalText(error, t), mends: ['setKey', 'signIn'] };
		case 'network':
			return networkFault(error, t);
		case 'silent':
			return { text: t('OpenRouter did not answer in time.'), mends: ['retry', 'proxySettings'] };
		case 'notAnAnswer':
			return {
				text: t('{0} A sign-in page of the network or a wrong base URL does this.', error.message),
				mends: ['retry', 'baseUrlSetting'],
			};
		default:
			return { text: t('OpenRouter could not be asked: {0}', error.message), mends: ['retry'] };
	}
}

function refusalText(error: ModelError, t: Translate): string {
	if (error.fields.status === undefined) {
		return error.message;
	}
	return /expired/i.test(error.message)
		? t('This key has expired.')
		: t('OpenRouter does not accept this key: it is wrong, or was revoked.');
}

function networkFault({ message, fields: { details = '' } }: ModelError, t: Translate): AccountFault {
	if (CERTIFICATE.test(details)) {
		const text = t('{0} The certificate is not trusted, as behind a proxy that reads along: {1}', message, details);
		return { text, mends: ['proxySettings', 'retry'] };
	}
	if (PROXY.test(details)) {
		return {
			text: t('{0} The proxy did not let it through: {1}', message, details),
			mends: ['proxySettings', 'retry'],
		};
	}
	if (NAME.test(details)) {
		const text = t('{0} The name is not known, as without a network.', message);
		return { text, mends: ['retry', 'proxySettings'] };
	}
	if (REFUSED.test(details)) {
		return { text: t('{0} Nothing listens there.', message), mends: ['retry', 'baseUrlSetting'] };
	}
	return { text: message, mends: ['retry', 'proxySettings'] };
}
