// The demo desk: shows the kiosk's live screen, taps cards, scans, pays, returns, cuts the network.
import { NAMES, WORDS } from "./words.js";

const $ = (id) => document.getElementById(id);
const state = { words: WORDS.en, facts: null, basket: [], vouchers: [], priced: null, held: null, members: [], found: null, parked: [], tickets: [], card: null, status: null };

function word(key) { return state.words[key] ?? key; }
function money(minor) { return `${state.facts.currency} ${(minor / 100).toFixed(2)}`; }
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

async function act(name, body = {}) {
  const answer = await fetch(`do/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail ?? answer.statusText);
  return told;
}

function speak(language) {
  state.words = WORDS[language];
  document.documentElement.lang = language;
  localStorage.setItem("language", language);
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = word(node.dataset.placeholder);
  $("languages").replaceChildren(...Object.entries(NAMES).map(([code, name]) => {
    const button = element("button", { textContent: name, lang: code, onclick: () => speak(code) });
    button.setAttribute("aria-current", code === language);
    return button;
  }));
  if (state.facts) { drawCards(); drawPacks(); drawVouchers(); drawBasket(); drawTickets(); drawFound(); drawParked(); drawStatus(); }
}

function drawCards() {
  $("cards").replaceChildren(...state.facts.cards.map((card) => {
    const button = element("button", { onclick: () => tap(card) }, element("span", { textContent: card.label || "?" }),
      element("span", { className: "quiet", textContent: word(card.kind) + (card.pin ? ` · PIN ${card.pin}` : "") }));
    button.setAttribute("aria-pressed", state.card === card.id);
    return button;
  }));
  $("remove").disabled = state.card === null;
  const card = state.held;
  $("card-facts").hidden = !card?.number;
  if (card?.number) $("card-facts").textContent = `${card.label} · ${word("number")} ${card.number} · ${word("born")} ${card.birth_date}`;
}

function drawPacks() {
  const packs = [...state.facts.quick.slice(0, 4).map((code) => [code, state.facts.articles[code].name]), ["2100000099990", word("unknown_pack")]];
  $("packs").replaceChildren(...packs.map(([code, name]) => element("button", { className: "outlined small", textContent: name, onclick: guarded(() => act("scan", { code })) })));
}

function drawVouchers() {
  const left = state.facts.vouchers.filter((voucher) => !state.vouchers.includes(voucher.code));
  $("vouchers").replaceChildren(...left.map((voucher) => element("button", { className: "outlined small", textContent: `${word("show_voucher")} ${money(voucher.worth_minor)} (${voucher.owner})`, onclick: guarded(() => showVoucher(voucher.code)) })));
}

function drawFound() {
  $("found").replaceChildren(...state.members.map((member) => {
    const button = element("button", { className: "outlined small", textContent: `${word("ticket_for")} ${member.name}${member.born ? ` (${member.born})` : ""}`,
      onclick: () => { state.found = state.found === member ? null : member; drawFound(); } });
    button.setAttribute("aria-pressed", state.found === member);
    return button;
  }));
}

async function find() {
  Object.assign(state, { members: await act("find", { name: $("find-name").value.trim(), born: $("find-born").value.trim() }), found: null });
  if (state.members.length === 1) state.found = state.members[0];
  $("answer").hidden = true;
  drawFound();
}

function drawParked() {
  $("parked").replaceChildren(...state.parked.map(({ parked, label }) => element("button", { className: "outlined small", textContent: `${word("take_up")} ${label}`, onclick: guarded(() => takeUp(parked)) })));
}

async function park() {
  state.parked = await act("park", { lines: state.basket });
  Object.assign(state, { basket: [], vouchers: [] });
  await price();
  drawParked();
}

async function takeUp(parked) {
  const lines = await act("take", { parked });
  for (const { code, quantity } of lines) {
    const line = state.basket.find((item) => item.code === code);
    if (line) line.quantity += quantity; else state.basket.push({ code, quantity });
  }
  state.parked = await act("parked");
  await price();
  drawParked();
}

async function showVoucher(code) {
  if (state.basket.length === 0) { tell(word("scan_first"), "noted"); return; }
  if (!state.vouchers.includes(code)) state.vouchers.push(code);
  await price();
}

async function price() {
  state.priced = null;
  if (state.vouchers.length && state.basket.length) {
    try {
      state.priced = await act("price", { lines: state.basket, vouchers: state.vouchers });
      $("answer").hidden = true;
    } catch (error) { state.vouchers = []; tell(error.message, "bad"); }
  } else state.vouchers = [];
  drawVouchers();
  drawBasket();
}

async function tap(card) {
  try {
    await act("tap", { card: card.id });
    state.held = card;
  } catch (error) { tell(error.message, "bad"); }
  drawCards();
}

function drawQuick() {
  $("quick").replaceChildren(...state.facts.quick.map((code) => {
    const article = state.facts.articles[code];
    return element("button", { onclick: () => scan(code) }, article.name, element("small", { textContent: money(article.price_minor) }));
  }));
  $("articles").replaceChildren(...Object.entries(state.facts.articles).map(([code, article]) => element("option", { value: code, label: article.name, textContent: article.name })));
}

function scan(text) {
  const wanted = text.trim();
  if (/^[0-9 -]{16,30}$/.test(wanted)) { guarded(() => showVoucher(wanted))(); return; }
  const code = state.facts.articles[wanted] ? wanted
    : Object.keys(state.facts.articles).find((key) => state.facts.articles[key].name.toLowerCase().includes(wanted.toLowerCase()));
  if (!wanted || !code) { tell(word("unknown"), "bad"); return; }
  const line = state.basket.find((item) => item.code === code);
  if (line) line.quantity += 1; else state.basket.push({ code, quantity: 1 });
  $("answer").hidden = true;
  price();
}

function drawBasket() {
  const lines = state.basket.map((line) => {
    const article = state.facts.articles[line.code];
    const change = (by) => { line.quantity += by; state.basket = state.basket.filter((item) => item.quantity > 0); price(); };
    const less = element("button", { className: "step", textContent: "−", onclick: () => change(-1), ariaLabel: word("less") });
    const more = element("button", { className: "step", textContent: "+", onclick: () => change(1), ariaLabel: word("more") });
    return element("tr", {}, element("td", { textContent: article.name }), element("td", { className: "number", textContent: line.quantity }),
      element("td", { className: "number", textContent: money(line.quantity * article.price_minor) }), element("td", { className: "number" }, less, " ", more));
  });
  const off = (state.priced?.vouchers ?? []).map((minor, place) => element("tr", {}, element("td", { textContent: `${word("voucher")} ${state.vouchers[place]}` }), element("td"),
    element("td", { className: "number", textContent: `−${money(minor)}` }),
    element("td", { className: "number" }, element("button", { className: "step", textContent: "−", ariaLabel: word("less"), onclick: () => { state.vouchers.splice(place, 1); price(); } }))));
  $("basket").replaceChildren(...lines, ...off);
  $("total").textContent = money(state.priced?.total ?? state.basket.reduce((sum, line) => sum + line.quantity * state.facts.articles[line.code].price_minor, 0));
  $("empty").hidden = lines.length > 0;
  $("pay").disabled = $("park").disabled = lines.length === 0;
}

function tell(text, kind = "") {
  $("answer").className = `answer ${kind}`;
  $("answer").replaceChildren(element("p", { textContent: text }));
  $("answer").hidden = false;
}

function tellAward(told, pointsWord) {
  if (told.is_queued) { tell(word("noted"), "noted"); return; }
  if (!told.is_success) { tell(`${word("failed")}: ${told.detail}`, "bad"); return; }
  const facts = [["member", told.member], [pointsWord, told.points], ["balance", told.balance]];
  if (told.total !== null) facts.push(["total", money(told.total)]);
  if (told.prices.length) facts.push(["prices", told.prices.map((price) => (price / 100).toFixed(2)).join(" · ")]);
  $("answer").className = "answer";
  $("answer").replaceChildren(element("dl", {}, ...facts.map(([key, value]) =>
    element("div", { className: key === "prices" ? "wide" : "" }, element("dt", { textContent: word(key) }), element("dd", { textContent: value ?? "–" })))));
  $("answer").hidden = false;
}

async function pay() {
  $("pay").disabled = true;
  try {
    const told = await act("pay", { lines: state.basket, vouchers: state.vouchers, found: state.found?.found ?? "" });
    if (told.is_anonymous) tell(word("no_card"), "noted"); else tellAward(told, "points");
    if (told.is_anonymous || told.is_queued || told.is_success) {
      state.tickets.unshift({ ...told, lines: state.basket.map((line, index) => ({ ...line, line_no: index, returned: 0 })) });
      if (state.vouchers.length) state.facts.vouchers = state.facts.vouchers.filter((voucher) => !state.vouchers.includes(voucher.code));
      Object.assign(state, { basket: [], vouchers: [], priced: null, members: [], found: null });
    }
  } catch (error) { tell(error.message, "bad"); }
  drawVouchers();
  drawFound();
  drawBasket();
  drawTickets();
}

function drawTickets() {
  if (state.tickets.length === 0) return;
  $("tickets").replaceChildren(...state.tickets.slice(0, 8).map((ticket, place) => {
    const rows = ticket.lines.map((line) => {
      const cells = [element("td", { textContent: `${line.quantity} × ${state.facts.articles[line.code].name}${line.returned ? ` (${line.returned} ${word("returned")})` : ""}` })];
      const button = element("button", { className: "outlined", textContent: word("give_back"), onclick: () => giveBack(ticket, line) });
      button.disabled = ticket.is_anonymous || ticket.is_by_api || line.returned >= line.quantity;
      cells.push(element("td", {}, button));
      return element("tr", {}, ...cells);
    });
    const parts = [element("strong", { textContent: ticket.ticket }), element("table", {}, ...rows)];
    if (ticket.receipt.length) parts.push(element("details", { open: place === 0 }, element("summary", { textContent: word("receipt") }), element("pre", { textContent: ticket.receipt.join("\n") })));
    return element("div", { className: "ticket" }, ...parts);
  }));
}

async function giveBack(ticket, line) {
  try {
    const told = await act("return", { ticket: ticket.ticket, line_no: line.line_no, quantity: 1 });
    tellAward(told, "taken_back");
    if (told.is_success || told.is_queued) line.returned += 1;
  } catch (error) { tell(error.message, "bad"); }
  drawTickets();
}

function drawStatus() {
  const status = state.status;
  if (!status) return;
  $("network").textContent = word(status.is_cut ? "mend" : "cut");
  $("network").setAttribute("aria-pressed", status.is_cut);
  $("reader").textContent = word(status.is_reader_plugged ? "unplug" : "plug");
  $("link").className = status.is_cut ? "chip red" : status.outbox_depth ? "chip amber" : "chip";
  $("link").textContent = (status.is_cut ? word("unlinked") : word("linked")) + (status.outbox_depth ? ` · ${word("pending")}: ${status.outbox_depth}` : "");
  $("paper").textContent = word(status.has_paper ? "paper_out" : "paper_in");
  $("paper").setAttribute("aria-pressed", !status.has_paper);
  drawOutside(status.outside);
  if (status.card !== state.card) { state.card = status.card; drawCards(); }
}

function drawOutside({ slips, letters }) {
  $("slips-folder").textContent = `${word("folder")} ${state.facts.slips_folder}`;
  $("messages-folder").textContent = `${word("folder")} ${state.facts.messages_folder}`;
  if (slips.length) $("slips").replaceChildren(...slips.map((name) => element("a", { href: `slips/${name}`, target: "_blank" }, element("img", { src: `slips/${name}`, alt: name }))));
  if (letters.length) $("messages").replaceChildren(...letters.map((letter) => element("article", { className: "letter" },
    element("p", { className: "quiet small", textContent: [letter.address, letter.subject].filter(Boolean).join(" · ") }), element("p", { textContent: letter.text }))));
}

function watchScreen() {
  const socket = new WebSocket(`ws://${location.host}/screen`);
  socket.binaryType = "arraybuffer";
  const canvas = $("screen");
  const context = canvas.getContext("2d");
  let newest = 0;
  socket.onmessage = async ({ data }) => {
    const view = new DataView(data);
    const length = view.getUint32(0);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, length)));
    const picture = await createImageBitmap(new Blob([new Uint8Array(data, 8 + length)], { type: "image/png" }));
    if (head.seq < newest) return;
    newest = head.seq;
    if (canvas.width !== head.width || canvas.height !== head.height) {
      Object.assign(canvas, { width: head.width, height: head.height });
      canvas.style.aspectRatio = `${head.width} / ${head.height}`;
    }
    context.drawImage(picture, 0, 0);
    $("screen-waiting").hidden = true;
    $("screen-name").textContent = head.screen;
  };
  const send = (phase) => (event) => {
    const box = canvas.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * canvas.width);
    const y = Math.round(((event.clientY - box.top) / box.height) * canvas.height);
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ x, y, phase, is_hand: true }));
  };
  const down = send("down"), move = send("move");
  canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); down(event); };
  canvas.onpointermove = (event) => { if (event.buttons & 1) move(event); };
  canvas.onpointerup = send("up");
  socket.onclose = () => { $("screen-waiting").hidden = false; setTimeout(watchScreen, 1000); };
}

function watchStatus() {
  const source = new EventSource("status");
  source.onmessage = ({ data }) => { state.status = JSON.parse(data); drawStatus(); };
}

const guarded = (work) => async (event) => {
  event?.preventDefault();
  try { await work(); } catch (error) { tell(error.message, "bad"); }
};
$("scan").onsubmit = guarded(() => { scan($("code").value); $("code").value = ""; });
$("pay").onclick = guarded(pay);
$("find").onsubmit = guarded(find);
$("park").onclick = guarded(park);
$("remove").onclick = guarded(async () => { await act("remove"); state.card = null; drawCards(); });
$("reader").onclick = guarded(() => act("reader", { is_plugged: !state.status.is_reader_plugged }));
$("paper").onclick = guarded(() => act("paper", { is_in: !state.status.has_paper }));
$("network").onclick = guarded(() => act("network", { is_cut: !state.status.is_cut }));

state.facts = await (await fetch("facts")).json();
$("place").textContent = `${state.facts.group} · ${state.facts.shop}`;
drawQuick();
drawBasket();
const wanted = localStorage.getItem("language") ?? navigator.language.slice(0, 2);
speak(wanted in WORDS ? wanted : "en");
watchScreen();
watchStatus();
