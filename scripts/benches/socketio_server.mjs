// The comparison: socket.io's own server, which tells everyone in one room what it is posted at /emit.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  for (const packet of JSON.parse(Buffer.concat(parts))) io.to("staff").emit(...packet);
  response.writeHead(204).end();
});
const io = new Server(http, { perMessageDeflate: false, pingInterval: 10_000, pingTimeout: 5_000 });
io.on("connection", (socket) => socket.join("staff"));
http.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
