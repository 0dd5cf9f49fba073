import { translator } from "./core";
import { therapistEn } from "./therapist.en";
import { therapistIt } from "./therapist.it";

/** Say a message of the therapist's pages in the page's language. */
export const t = translator({ en: therapistEn, it: therapistIt });
