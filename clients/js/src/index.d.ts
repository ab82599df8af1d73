import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Model } from "../stubs/vampnet/models/v1/models_pb.js";
import type { PromptSchema } from "../stubs/vampnet/prompt/v1/prompt_pb.js";
import type { VampConfigSchema, VampProgress, VampResponse, VampSummary } from "../stubs/vampnet/vamp/v1/vamp_pb.js";

/** Fields of VampConfig; the prompt may be the name of a preset. */
export type VampOptions = Omit<Extract<MessageInitShape<typeof VampConfigSchema>, { $typeName?: never }>, "prompt" | "output"> & {
  /** The name of a preset of the model, or what stays of the music. */
  prompt?: string | MessageInitShape<typeof PromptSchema>;
  signal?: AbortSignal;
};

/** A path, or the bytes of an audio file. */
export type Source = string | Uint8Array;

/** A gateway. */
export class Client {
  /**
   * @param gateway its address, such as http://localhost:5100
   * @param options a key that is sent with every call, and CAs to trust (PEM)
   */
  constructor(gateway?: string, options?: { apiKey?: string; ca?: string | Buffer });

  /** Makes a variation of music and writes it to a file, .wav or .flac. */
  vamp(
    source: Source,
    path: string,
    options?: VampOptions & { progress?: (progress: VampProgress) => void },
  ): Promise<{ path: string; seed: bigint; summary: VampSummary }>;

  /** The answers of a vamp as they come in; output is a file name or an extension, .wav or .flac. */
  stream(source: Source, options?: VampOptions & { output?: string }): AsyncIterable<VampResponse>;

  /** The models that requests may name, the default first. */
  models(): Promise<Model[]>;
}
