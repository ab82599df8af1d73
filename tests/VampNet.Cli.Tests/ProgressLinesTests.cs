using Microsoft.Extensions.Time.Testing;
using VampNet.Cli.Output;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Tests;

public sealed class ProgressLinesTests
{
    [Fact]
    public void Long_work_says_now_and_then_how_far_it_is()
    {
        var (time, output) = (new FakeTimeProvider(), new StringWriter { NewLine = "\n" });
        var lines = new ProgressLines(output, time);
        for (var step = 1u; step <= 100; step++)
        {
            lines.Report(new VampResponse { Progress = new VampProgress { Stage = Stage.Coarse, Step = step, Steps = 100 } });
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal("coarse 31 %, 67 s left\ncoarse 61 %, 38 s left\ncoarse 91 %, 9 s left\n", output.ToString());
    }

    [Fact]
    public void Short_work_says_nothing()
    {
        var output = new StringWriter();
        new ProgressLines(output, new FakeTimeProvider()).Report(
            new VampResponse { Progress = new VampProgress { Stage = Stage.Coarse, Step = 1, Steps = 1 } });
        Assert.Equal("", output.ToString());
    }
}
