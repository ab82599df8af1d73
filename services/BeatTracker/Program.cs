using VampNet.Services.BeatTracker;
using VampNet.Services.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddStageDefaults(BeatTrackerStage.Port);
builder.AddBeatTracker();
var app = builder.Build();
app.MapStageDefaults();
app.MapBeatTracker();
app.Run();
