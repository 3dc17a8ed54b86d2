/** The texts of the shell, the sign-in page and the student's page: what everybody loads. */
import en from "./en.json";
import { catalogue } from "./translate";

export const { t } = catalogue(en, () => import("./fil.json"));
