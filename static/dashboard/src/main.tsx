/** The first file of the page: finds the place the page is drawn in, and draws. */
import { render } from "preact";

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no element #app");
render(<h1>Rollcall</h1>, place);
