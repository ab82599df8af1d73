using Grpc.Health.V1;
using Grpc.Reflection;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Routing;

/// <summary>Server reflection of the gateway: by itself it would find only what is mapped here, not what is routed to the stages.</summary>
internal static class RoutedReflection
{
    public static void AddRoutedReflection(this IServiceCollection services)
    {
        Google.Protobuf.Reflection.ServiceDescriptor[] all =
        [
            VampService.Descriptor, ModelService.Descriptor, CodecService.Descriptor, CoarseGeneratorService.Descriptor,
                FineGeneratorService.Descriptor, BeatService.Descriptor,
            Health.Descriptor, Grpc.Reflection.V1.ServerReflection.Descriptor, Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
        ];
        services.AddSingleton(new ReflectionV1ServiceImpl(all));
        services.AddSingleton(new ReflectionServiceImpl(all));
    }
}
