// @ts-check
// The words of the dialogs, which no page needs before one is opened.
import { moreWords } from '../core/i18n.js';

await moreWords({ en: () => import('./words/dialogs-en.js'), 'pt-BR': () => import('./words/dialogs-pt-BR.js') });
