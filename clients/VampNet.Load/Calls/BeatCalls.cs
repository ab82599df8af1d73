using Grpc.Core;
using VampNet.Client;
using VampNet.Protos.Beats.V1;

namespace VampNet.Load.Calls;

/// <summary>Beats of audio; the answer comes in one part.</summary>
internal sealed class BeatCalls(BeatService.BeatServiceClient client, RequestMix mix, Music music, LoadRequests requests) : ILoadTarget
{
    public CallShape Describe(int number) => new(mix[number].Name, mix[number].Seconds);

    public Task SendAsync(int number, CallOptions options, Action first) =>
        client.TrackAsync(
            new TrackConfig { Input = Music.Format, Model = requests.Model }, music.Chunks(number, mix[number].Seconds), options);
}
