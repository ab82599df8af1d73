using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;

namespace VampNet.Gateway.Songs;

/// <summary>Sends one audio stream to several stages as it arrives; nothing is kept.</summary>
internal sealed class AudioFanOut
{
    private readonly List<IUpload> _uploads = [];

    /// <summary>One more stage that hears the audio.</summary>
    public async Task AddAsync<TRequest>(IClientStreamWriter<TRequest> requests, TRequest config, Func<ByteString, TRequest> wrap)
    {
        var upload = new Upload<TRequest>(requests, wrap);
        await upload.SendAsync(config);
        _uploads.Add(upload);
    }

    /// <summary>Reads the audio to its end, or until no stage listens any more.</summary>
    public async Task PumpAsync(IAsyncEnumerable<ByteString> audio)
    {
        await foreach (var chunk in audio)
        {
            await Task.WhenAll(_uploads.Select(u => u.SendAsync(chunk)));
            if (_uploads.TrueForAll(u => u.Ended))
                return;
        }
        await Task.WhenAll(_uploads.Select(u => u.CompleteAsync()));
    }

    private interface IUpload
    {
        /// <summary>True when the stage ended its call; its status says why.</summary>
        bool Ended { get; }

        Task SendAsync(ByteString chunk);

        Task CompleteAsync();
    }

    private sealed class Upload<TRequest>(IClientStreamWriter<TRequest> requests, Func<ByteString, TRequest> wrap) : IUpload
    {
        public bool Ended { get; private set; }

        public Task SendAsync(ByteString chunk) => SendAsync(wrap(chunk));

        public Task SendAsync(TRequest request) => TryAsync(() => requests.WriteAsync(request));

        public Task CompleteAsync() => TryAsync(requests.CompleteAsync);

        private async Task TryAsync(Func<Task> send) => Ended = Ended || !await Uploads.TryAsync(send);
    }
}
