using VampNet.Services.FineGenerator;
using VampNet.Services.Hosting;
using VampNet.Services.Inference.Generation;

var builder = WebApplication.CreateBuilder(args);
builder.AddStageDefaults(FineGeneratorStage.Port);
builder.AddFineGenerator();
var app = builder.Build();
app.MapStageDefaults();
app.MapGenerator();
app.Run();
