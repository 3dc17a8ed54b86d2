/** The first file of the page: restores what was chosen on this device, opens the connection, draws. */
import { render } from "preact";
import { App } from "./app";
import { startClock } from "./clock";
import { preferredLanguage, setLanguage } from "./i18n/translate";
import { onNews, startLive } from "./live";
import { restoreNotifications } from "./notify";
import { loadSession } from "./session";
import { tell } from "./tell";
import { restoreTheme } from "./theme";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/toasts.css";

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no element #app");

restoreTheme();
restoreNotifications();
startClock();
onNews(tell);
if (location.pathname !== "/login") {
  void loadSession();
  startLive(); // beside the question who this is, not after it: the server asks for itself
}
await setLanguage(preferredLanguage());
render(<App />, place);
