// The official JavaScript client as a child of a test: it opens sockets, tells every event as a line of JSON on stdout,
// and does what lines of JSON on stdin say. It resumes as a dashboard does: newest key, newest cursor.
//
//   in   {"open": "a", "url": …, "token": …, "options": {…}}   {"call": "a", "id": 1, "name": …, "argument": …}
//        {"cut": "a"}  (the transport breaks)                  {"close": "a"}
//   out  {"socket": "a", "heard": [name, body, meta?]}   {"socket": "a", "is": "connect" | "disconnect" | …, "why": …}
//        {"answer": 1, "ack": …}
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { io } = createRequire(process.argv[2])("socket.io-client");
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const sockets = new Map();

function open({ open: name, url, token, options }) {
  const resume = { key: "", cursor: "" };
  const auth = (give) => give(resume.cursor ? { token, resume } : { token });
  const socket = io(url, { reconnectionDelay: 20, reconnectionDelayMax: 50, forceNew: true, ...options, auth });
  socket.onAny((event, body, meta) => {
    if (event === "initialState") Object.assign(resume, { key: body.resume, cursor: body.cursor });
    if (event === "cursor") resume.cursor = body.cursor;
    if (meta?.cursor) resume.cursor = meta.cursor;
    tell({ socket: name, heard: meta === undefined ? [event, body] : [event, body, meta] });
  });
  socket.on("connect", () => tell({ socket: name, is: "connect", why: socket.io.engine.transport.name }));
  socket.on("disconnect", (why) => tell({ socket: name, is: "disconnect", why }));
  socket.on("connect_error", (error) => tell({ socket: name, is: "refused", why: error.data ?? error.message }));
  socket.io.on("open", () => {
    const { engine } = socket.io;
    engine.once("upgrade", (transport) => tell({ socket: name, is: "upgrade", why: transport.name }));
  });
  sockets.set(name, socket);
}

createInterface({ input: process.stdin })
  .on("line", (text) => {
    const said = JSON.parse(text);
    if (said.open) open(said);
    if (said.call) {
      const given = said.argument === undefined ? [] : [said.argument];
      sockets.get(said.call).emit(said.name, ...given, (ack) => tell({ answer: said.id, ack }));
    }
    if (said.cut) sockets.get(said.cut).io.engine.close();
    if (said.close) sockets.get(said.close).close();
  })
  .on("close", () => process.exit(0));
