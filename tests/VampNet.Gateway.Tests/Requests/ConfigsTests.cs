using Google.Protobuf.Reflection;
using VampNet.Client;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Tests.Requests;

public class ConfigsTests
{
    public static TheoryData<string> Parts => [PreviewConfig.Descriptor.Name, CompressConfig.Descriptor.Name];

    [Theory]
    [MemberData(nameof(Parts))]
    public void Fields_are_those_of_a_vamp_as_the_contract_says(string name)
    {
        foreach (var field in VampReflection.Descriptor.MessageTypes.Single(type => type.Name == name).Fields.InDeclarationOrder())
        {
            var same = VampConfig.Descriptor.FindFieldByName(field.Name);
            Assert.Equal(Shape(same), Shape(field));
        }
    }

    [Fact]
    public void What_both_have_is_copied_and_what_is_unset_stays_so()
    {
        var vamp = new VampConfig
        {
            Prompt = new Prompt { Periodic = new PeriodicPrompt { Period = 7 } },
            CoarseSampling = new Sampling { Steps = 3 },
            Model = "piano",
            Feedback = 2,
            Variations = 5,
            Stereo = StereoPolicy.Dual,
            Stretch = 0.5,
        };
        var preview = vamp.ToPreview();
        Assert.Equal(new PreviewConfig { Prompt = vamp.Prompt, Model = "piano", Stretch = 0.5 }, preview);
        Assert.False(preview.HasSeed);
        Assert.Equal(
            new CompressConfig
            {
                Prompt = vamp.Prompt,
                CoarseSampling = vamp.CoarseSampling,
                Model = "piano",
                Feedback = 2,
                Stereo = StereoPolicy.Dual,
                Stretch = 0.5,
            }, vamp.ToCompress());
        vamp.Variations = 0;
        vamp.Seed = 0;
        Assert.Equal(vamp, vamp.ToCompress().ToVamp());
        Assert.True(vamp.ToPreview().ToVamp().HasSeed);
        vamp.Prompt.Periodic.Period = 8;
        Assert.Equal(7, preview.Prompt.Periodic.Period);
    }

    private static (int, FieldType, string?, bool) Shape(FieldDescriptor field) => (
        field.FieldNumber, field.FieldType,
        field.FieldType == FieldType.Message ? field.MessageType.FullName
            : field.FieldType == FieldType.Enum ? field.EnumType.FullName : null,
        field.HasPresence);
}
