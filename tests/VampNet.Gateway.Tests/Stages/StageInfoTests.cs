using VampNet.Core;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;

namespace VampNet.Gateway.Tests.Stages;

public class StageInfoTests
{
    [Fact]
    public void Services_are_called_as_the_contracts_say() => Assert.Equal(
        [CodecService.Descriptor.FullName, CoarseGeneratorService.Descriptor.FullName, FineGeneratorService.Descriptor.FullName,
        BeatService.Descriptor.FullName],
        StageInfo.All.Select(stage => stage.Service));
}
