import { translator } from "./core";
import { opsEn } from "./ops.en";
import { opsIt } from "./ops.it";

/** Say a message of the operator's page in the page's language. */
export const t = translator({ en: opsEn, it: opsIt });
