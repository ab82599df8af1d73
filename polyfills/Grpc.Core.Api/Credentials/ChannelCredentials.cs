namespace Grpc.Core;

/// <summary>How a channel is secured.</summary>
public abstract class ChannelCredentials
{
    public static ChannelCredentials Insecure { get; } = new InsecureCredentials();

    /// <summary>TLS with the system's roots.</summary>
    public static ChannelCredentials SecureSsl { get; } = new SslCredentials();

    internal virtual bool IsComposable => false;

    /// <summary>Adds per-call credentials to channel credentials that can carry them.</summary>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials) => new CompositeChannelCredentials(channelCredentials, callCredentials);

    /// <summary>Double dispatch: tells the configurator what these credentials hold. For gRPC implementations.</summary>
    public abstract void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state);

    private sealed class InsecureCredentials : ChannelCredentials
    {
        public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state) => configurator.SetInsecureCredentials(state);
    }

    private sealed class CompositeChannelCredentials : ChannelCredentials
    {
        private readonly ChannelCredentials _channel;
        private readonly CallCredentials _call;

        public CompositeChannelCredentials(ChannelCredentials channel, CallCredentials call)
        {
            _channel = channel ?? throw new ArgumentNullException(nameof(channel));
            _call = call ?? throw new ArgumentNullException(nameof(call));
            if (!channel.IsComposable)
                throw new ArgumentException($"CallCredentials can't be composed with {channel.GetType().Name}. CallCredentials must be used with secure channel credentials like SslCredentials.", nameof(channel));
        }

        public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state) => configurator.SetCompositeCredentials(state, _channel, _call);
    }
}

/// <summary>Receives what <see cref="ChannelCredentials"/> hold. For gRPC implementations.</summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    public abstract void SetInsecureCredentials(object state);

    public abstract void SetSslCredentials(object state, string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback);

    public abstract void SetCompositeCredentials(object state, ChannelCredentials channelCredentials, CallCredentials callCredentials);
}
