// A variation of a file, then the same by a stream: node vamp-file.js GATEWAY IN OUT
import { Client } from "vampnet";

const [gateway, source, target] = process.argv.slice(2);
const client = new Client(gateway);
console.log("models", (await client.models()).map((model) => model.name));

const { path, seed } = await client.vamp(source, target, { prompt: "medium-variation", seed: 7n });
console.log("wrote", path, "seed", seed);

let received = 0;
for await (const { content } of client.stream(source, { prompt: { kind: { case: "periodic", value: { period: 7 } } }, seed: 7n })) {
  if (content.case === "audio") received += content.value.length;
}
console.log("received", received);

try {
  await client.vamp(source, target, { prompt: "medium-varation" });
} catch (error) {
  console.log("refused", error.rawMessage);
}
