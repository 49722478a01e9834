

import { a } from './a.js';





export function c(b) {
(a).b = b; // stays

const accept = '*/*';
return `${b} // stays`;
}
/* stays */
