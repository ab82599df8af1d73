using VampNet.Core;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddStageDefaults(StageInfo.Coarse.Port);
builder.AddCoarseGenerator();
var app = builder.Build();
app.MapStageDefaults();
app.MapCoarseGenerator();
app.Run();
