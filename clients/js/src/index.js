// Client of VampNet.Mesh: variations, fill-ins and continuations of music.
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { OutputEncoding } from "../stubs/vampnet/audio/v1/audio_pb.js";
import { ModelService } from "../stubs/vampnet/models/v1/models_pb.js";
import { VampConfigSchema, VampService } from "../stubs/vampnet/vamp/v1/vamp_pb.js";

const encodings = { ".wav": OutputEncoding.WAV_S16, ".flac": OutputEncoding.FLAC };

/** A gateway. */
export class Client {
  #vamps;
  #models;

  /**
   * @param {string} gateway its address, such as http://localhost:5100
   * @param {{ apiKey?: string, ca?: string | Buffer }} options a key that is sent with every call, and CAs to trust (PEM)
   */
  constructor(gateway = "http://localhost:5100", { apiKey, ca } = {}) {
    const authorize = (next) => (request) => {
      if (apiKey) request.header.set("x-api-key", apiKey);
      return next(request);
    };
    const transport = createGrpcTransport({ baseUrl: gateway, interceptors: [authorize], nodeOptions: ca ? { ca } : undefined });
    this.#vamps = createClient(VampService, transport);
    this.#models = createClient(ModelService, transport);
  }

  /**
   * Makes a variation of music and writes it to a file, .wav or .flac.
   * @returns {Promise<{ path: string, seed: bigint, summary: object }>}
   */
  async vamp(source, path, { progress, signal, ...config } = {}) {
    const partial = join(dirname(path), `.${basename(path)}.part`);
    const file = await open(partial, "w");
    let summary;
    try {
      for await (const { content } of this.stream(source, { output: path, signal, ...config })) {
        if (content.case === "audio") await file.write(content.value);
        else if (content.case === "summary") summary = content.value;
        else if (content.case === "progress") progress?.(content.value);
      }
      if (!summary) throw new Error("the gateway ended without a summary");
      await file.close();
      await rename(partial, path);
      return { path, seed: summary.seed, summary };
    } finally {
      await file.close().catch(() => {});
      await rm(partial, { force: true });
    }
  }

  /** The answers of a vamp as they come in: progress, audio, summaries. */
  stream(source, { prompt = "medium-variation", output = ".wav", signal, ...config } = {}) {
    const extension = (extname(output) || output).toLowerCase();
    if (!(extension in encodings)) throw new RangeError(`${output}: audio is written as ${Object.keys(encodings).join(" or ")}`);
    const settings = create(VampConfigSchema, {
      output: { encoding: encodings[extension] },
      ...config,
      prompt: typeof prompt === "string" ? { kind: { case: "preset", value: prompt } } : prompt,
    });
    return this.#vamps.vamp(requests(settings, source), { signal });
  }

  /** The models that requests may name, the default first. */
  async models() {
    const found = [];
    let pageToken = "";
    do {
      const page = await this.#models.listModels({ pageSize: 1000, pageToken });
      found.push(...page.models);
      pageToken = page.nextPageToken;
    } while (pageToken);
    return found;
  }
}

async function* requests(config, source) {
  yield { content: { case: "config", value: config } };
  const chunks = typeof source === "string" ? createReadStream(source, { highWaterMark: 64 * 1024 }) : [source].flat();
  for await (const chunk of chunks) yield { content: { case: "audio", value: chunk } };
}
