using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Sampling;
using Xunit;

namespace VampNet.Core.Tests.Sampling;

public class MaskScheduleTests
{
    [Theory]
    [InlineData(SamplingMode.Paper)]
    [InlineData(SamplingMode.Upstream)]
    public void Every_step_shows_something_and_the_last_shows_all(SamplingMode mode) => Prop.ForAll(
        Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(0, 3000).ToArbitrary(), (steps, atStart) =>
        {
            var schedule = new MaskSchedule(steps, mode);
            var hidden = atStart;
            for (var step = 0; step < steps; step++)
            {
                var next = schedule.HiddenAfter(step, atStart, hidden);
                var isLast = step == steps - 1;
                if (next < 0 || (isLast && next != 0) || (!isLast && hidden > 1 && (next < 1 || next >= hidden)) || next > hidden)
                    return false;
                hidden = next;
            }
            return hidden == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Half_of_an_even_count_is_exactly_half_at_two_thirds() =>
        Assert.Equal(1150, new MaskSchedule(12, SamplingMode.Paper).HiddenAfter(7, 2300, 2300)); // cos(π/3)

    [Fact]
    public void Steps_below_one_are_refused() =>
        Assert.Equal("steps", Assert.Throws<ArgumentOutOfRangeException>(() => new MaskSchedule(0, SamplingMode.Paper)).ParamName);

    [Fact]
    public void Noise_falls_to_nothing()
    {
        var schedule = new MaskSchedule(4, SamplingMode.Paper);
        Assert.Equal([7.5f, 5f, 2.5f, 0f], Enumerable.Range(0, 4).Select(i => schedule.MaskTemperature(i, 10)));
    }
}
