// The simulated room's page: join, see who is there, leave. Everything from elsewhere is written as text, never markup.
"use strict";

const POLL_MS = 2000;
const page = document.body.dataset;
const at = (id) => document.getElementById(id);
let ticket = null;
let timer = null;

const WORDS = {
  waiting_for_host: "Waiting for the host to start this meeting.",
  in_waiting_room: "Please wait: the host will let you in soon.",
  in_meeting: "You are in the room.",
  left: "You are no longer in this meeting.",
};

async function ask(action, body) {
  const answer = await fetch(`../room/${page.meeting}/${action}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const found = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.error || "The room did not answer."), { status: answer.status });
  return found;
}

function item(text, button) {
  const line = document.createElement("li");
  const label = document.createElement("span");
  label.textContent = text;
  line.append(label, ...(button ? [button] : []));
  return line;
}

function admitButton(person) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Admit";
  button.addEventListener("click", () => act("admit", { ticket, participant: person.participant }));
  return button;
}

function show(state) {
  const inside = state.place === "in_meeting";
  const gone = state.place === "left";
  if (gone) forget();
  at("message").textContent = "";
  if (at("status").textContent !== WORDS[state.place]) at("status").textContent = WORDS[state.place];
  at("door").hidden = true;
  at("room").hidden = !inside;
  at("count").textContent = inside ? `(${state.count})` : "";
  at("people").replaceChildren(...state.people.map((one) => item(one.is_host ? `${one.name} (host)` : one.name)));
  at("waiting").hidden = state.waiting.length === 0;
  at("waiting-people").replaceChildren(...state.waiting.map((one) => item(one.name, admitButton(one))));
  at("leave").hidden = gone;
  at("end").hidden = gone || !state.is_host;
  at("again").hidden = !gone;
}

function forget() {
  clearInterval(timer);
  ticket = null;
}

function fail(error) {
  if (error.status === 410) show({ place: "left", people: [], waiting: [] });
  else at("message").textContent = error.message;
}

async function act(action, body) {
  try {
    show(await ask(action, body));
  } catch (error) {
    fail(error);
  }
}

async function enter(action, body) {
  try {
    const state = await ask(action, body);
    ticket = state.ticket;
    show(state);
    timer = setInterval(() => ticket && act("state", { ticket }), POLL_MS);
  } catch (error) {
    fail(error);
  }
}

function sayGoodbye() {
  if (ticket === null) return;
  const farewell = new Blob([JSON.stringify({ ticket })], { type: "application/json" });
  navigator.sendBeacon(`../room/${page.meeting}/leave`, farewell);
  forget();
}

at("door").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, email, passcode } = event.target.elements;
  enter("join", { name: name.value, email: email.value, passcode: passcode.value, key: page.key });
});
at("leave").addEventListener("click", async () => {
  const mine = ticket;
  show({ place: "left", people: [], waiting: [] });
  try {
    await ask("leave", { ticket: mine });
  } catch (error) {
    fail(error);
  }
});
at("end").addEventListener("click", () => act("end", { ticket }));
at("again").addEventListener("click", () => location.reload());
window.addEventListener("pagehide", sayGoodbye);
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

at("host").hidden = page.door === "none";
at("door").hidden = page.door !== "join";
if (page.door === "start") enter("start", { key: page.key });
