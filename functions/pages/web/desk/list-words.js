// @ts-check
// The words of the lists, which no saga's page needs.
import { moreWords } from '../core/i18n.js';

await moreWords({ en: () => import('./words/lists-en.js'), 'pt-BR': () => import('./words/lists-pt-BR.js') });
