using VampNet.Core;
using VampNet.Services.BeatTracker;
using VampNet.Services.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddStageDefaults(StageInfo.Beats.Port);
builder.AddBeatTracker();
var app = builder.Build();
app.MapStageDefaults();
app.MapBeatTracker();
app.Run();
