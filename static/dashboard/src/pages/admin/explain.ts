/** What a refused request is called on the screen: the server's own sentence, and the code that is in its log. */
import { ApiError } from "../../api";
import { t } from "./texts";

export function explain(error: ApiError): string {
  if (error.code === "network") return t("error.network");
  return `${error.message} ${t("error.code", { code: error.code })}`;
}
