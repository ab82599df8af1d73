using Grpc.Core;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Services.Inference.OpenInference;

namespace VampNet.Services.BeatTracker;

/// <summary>The beat tracker as a model of the Open Inference Protocol: samples in, times in seconds out.</summary>
internal sealed class BeatInference(BeatTrackerGrpcService tracker) : IInferenceModel
{
    private const string Audio = "audio";

    private const uint SampleRate = 44_100;

    public string Suffix => "";

    public string Operation => TrackWork.Name;

    public IReadOnlyList<string> Parameters => [];

    public InferenceSignature Describe(string model) => new(
        [new TensorSpec(Audio, ElementTypes.Floats, 1, TensorSpec.Any)],
        [
            new TensorSpec("beats", ElementTypes.Floats, TensorSpec.Any),
            new TensorSpec("downbeats", ElementTypes.Floats, TensorSpec.Any),
            new TensorSpec("onsets", ElementTypes.Floats, TensorSpec.Any),
            new TensorSpec("tempo", ElementTypes.Floats, 1),
        ]);

    public async Task<InferenceResult> InferAsync(InferenceCall request, ServerCallContext context)
    {
        var config = new TrackConfig
        {
            Model = request.Model,
            Input = new InputFormat { Encoding = InputEncoding.PcmF32Le, SampleRate = SampleRate },
        };
        var track = await tracker.Track(
            new RequestList<TrackRequest>(new TrackRequest { Config = config }, new TrackRequest { Audio = request.Inputs[Audio].ToPcm() }),
            context);
        return new InferenceResult(
            Times("beats", [.. track.Beats]), Times("downbeats", [.. track.Downbeats]), Times("onsets", [.. track.Onsets]),
            InferTensor.Of("tempo", [(float)track.Tempo], 1));
    }

    private static InferTensor Times(string name, double[] seconds) =>
        InferTensor.Of(name, Array.ConvertAll(seconds, time => (float)time), seconds.Length);
}
