// Drives a terminal with Adyen's library, as a shop's till does: a plan on standard input, one line of JSON per answer.
//
// {"endpoint", "certificate", "key": {...} or null, "requests": [{"header": {...}, "name": "LoyaltyRequest", "body": {...}}]}
"use strict";

const { Client, Config, TerminalLocalAPI } = require("@adyen/api-library");
const Unencrypted = require("@adyen/api-library/lib/src/services/terminalLocalAPIUnencrypted").default;
const { ObjectSerializer } = require("@adyen/api-library/lib/src/typings/terminal/models");

function connect(plan) {
  const config = new Config({
    apiKey: "none",
    environment: "TEST",
    terminalApiLocalEndpoint: "https://127.0.0.1",
    certificatePath: plan.certificate,
    connectionTimeoutMillis: 60000,
  });
  const client = new Client(config);
  const api = plan.key ? new TerminalLocalAPI(client) : new Unencrypted(client);
  api.localRequest.endpoint = plan.endpoint; // the library knows port 8443 only
  return api;
}

async function ask(api, plan, request) {
  const message = { SaleToPOIRequest: { MessageHeader: request.header, [request.name]: request.body } };
  const typed = ObjectSerializer.deserialize(message, "TerminalApiRequest");
  const answer = plan.key ? await api.request(typed, plan.key) : await api.request(typed);
  return { answer: ObjectSerializer.serialize(answer, "TerminalApiResponse") };
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const plan = JSON.parse(Buffer.concat(chunks).toString());
  const api = connect(plan);
  for (const request of plan.requests) {
    let told;
    try {
      told = await ask(api, plan, request);
    } catch (error) {
      told = { error: error.constructor.name, message: String(error.message) };
    }
    process.stdout.write(JSON.stringify(told) + "\n");
  }
}

main();
