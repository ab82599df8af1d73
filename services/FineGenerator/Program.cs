using VampNet.Core;
using VampNet.Services.FineGenerator;
using VampNet.Services.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddStageDefaults(StageInfo.Fine.Port);
builder.AddFineGenerator();
var app = builder.Build();
app.MapStageDefaults();
app.MapFineGenerator();
app.Run();
