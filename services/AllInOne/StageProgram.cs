using Microsoft.AspNetCore.Builder;
using VampNet.Core;
using VampNet.Services.BeatTracker;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Codec;
using VampNet.Services.FineGenerator;

namespace VampNet.Services.AllInOne;

/// <summary>How each stage becomes a server.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Add">Adds its services to a server that has the defaults of all stages.</param>
/// <param name="Map">Maps its calls.</param>
public sealed record StageProgram(StageInfo Stage, Action<WebApplicationBuilder> Add, Action<WebApplication> Map)
{
    /// <summary>In the order of <see cref="StageInfo.All"/>.</summary>
    public static IReadOnlyList<StageProgram> All { get; } =
    [
        new(StageInfo.Codec, builder => builder.AddCodec(), app => app.MapCodec()),
        new(StageInfo.Coarse, builder => builder.AddCoarseGenerator(), app => app.MapCoarseGenerator()),
        new(StageInfo.Fine, builder => builder.AddFineGenerator(), app => app.MapFineGenerator()),
        new(StageInfo.Beats, builder => builder.AddBeatTracker(), app => app.MapBeatTracker()),
    ];
}
