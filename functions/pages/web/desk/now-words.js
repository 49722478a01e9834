// @ts-check
// The words of the page Now, which no other page needs.
import { moreWords } from '../core/i18n.js';

await moreWords({ en: () => import('./words/now-en.js'), 'pt-BR': () => import('./words/now-pt-BR.js') });
