/** The texts of the staff's pages; nobody else loads them. */
import { catalogue } from "../../../i18n/translate";
import en from "./en.json";

export const { t } = catalogue(en, () => import("./fil.json"));
