// In the page that is measured: says when something was painted, in the page's own wall clock.
(() => {
  const wall = () => performance.timeOrigin + performance.now();
  const waiting = new Set();
  let frame = 0;

  // A frame is on the screen when the task after its callbacks runs; the message comes back as that task.
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    frame = 0;
    const at = wall();
    for (const one of [...waiting]) {
      if (!one.isSeen) continue;
      waiting.delete(one);
      one.resolve(at);
    }
  };

  function isThere({ selector, text }) {
    const found = document.querySelector(selector);
    return found !== null && (text === "" || new RegExp(text, "u").test(found.textContent));
  }

  function look() {
    for (const one of waiting) one.isSeen ||= isThere(one);
    if (frame === 0 && [...waiting].some((one) => one.isSeen)) {
      frame = requestAnimationFrame(() => channel.port2.postMessage(null));
    }
  }

  function watch(selector, text) {
    return new Promise((resolve) => {
      waiting.add({ selector, text, resolve, isSeen: false });
      look();
    });
  }

  const armed = new Map();
  globalThis.bench = {
    wall,
    // Two steps, so that whoever measures knows that the page watches before anything happens.
    arm: (name, selector, text) => {
      const was = isThere({ selector, text });
      armed.set(name, watch(selector, text));
      return was;
    },
    painted: (name) => armed.get(name),
    live: watch(".pill.tone-live", "").then(() => performance.now()),
  };
  const all = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(look).observe(document, all);
})();
