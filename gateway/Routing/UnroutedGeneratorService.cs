using Grpc.Core;
using VampNet.Client;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Routing;

/// <summary>ResponseWriter generator calls that do not say which generator they mean.</summary>
internal sealed class UnroutedGeneratorService : GeneratorService.GeneratorServiceBase
{
    public override Task Generate(GenerateRequest request, IServerStreamWriter<GenerateResponse> responseStream, ServerCallContext context) => throw Missing();

    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context) => throw Missing();

    private static InvalidRequestException Missing() => new(VampNetClient.StageHeader, "the metadata header must be \"coarse\" or \"fine\"");
}
